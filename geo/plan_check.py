"""Checks a patrol plan against what it was made from, knowing nothing of how it was made."""

from collections import Counter

from geo.planning import Assignment, Plan

ROUNDING_S = 1e-6


def faults(assignment: Assignment, plan: Plan) -> list[str]:
    """Return one sentence for everything a plan breaks; none for a plan that can be driven."""
    found = [] if len(plan.routes) == len(assignment.units) else ["the plan has not one route per unit"]
    visits = Counter(stop.task for route in plan.routes for stop in route)
    found += [f"task {task} is visited {count} times" for task, count in visits.items() if count > 1]
    if sorted({*visits, *plan.unserved}) != list(range(len(assignment.tasks))) or visits.keys() & {
        *plan.unserved
    }:
        found.append("served and unserved tasks together are not all tasks once")
    for unit in range(min(len(plan.routes), len(assignment.units))):
        found += [f"unit {unit}: {fault}" for fault in _route_faults(assignment, plan, unit)]
    return found


def _route_faults(assignment: Assignment, plan: Plan, number: int) -> list[str]:
    unit = assignment.units[number]
    found = []
    clock_s, place = unit.shift_start_s, unit.place
    for stop in plan.routes[number]:
        task = assignment.tasks[stop.task]
        earliest_s = clock_s + assignment.seconds[place, task.place]
        begin_s = max(stop.arrive_s, task.from_s)
        if stop.arrive_s + ROUNDING_S < earliest_s:
            found.append(f"task {stop.task} is reached before the drive allows")
        if begin_s > task.until_s + ROUNDING_S:
            found.append(f"task {stop.task} begins after its window")
        if stop.leave_s + ROUNDING_S < begin_s + task.dwell_s:
            found.append(f"task {stop.task} is left before its dwell is over")
        clock_s, place = stop.leave_s, task.place
    if (
        plan.routes[number]
        and clock_s + assignment.seconds[place, unit.place] > unit.shift_end_s + ROUNDING_S
    ):
        found.append("the unit is back after its shift")
    return found


def prize_share(assignment: Assignment, plan: Plan) -> float:
    """Return the share [0, 1] of all prize that a plan collects."""
    whole = sum(task.prize for task in assignment.tasks)
    lost = sum(assignment.tasks[task].prize for task in plan.unserved)
    return 1.0 - lost / whole if whole else 1.0
