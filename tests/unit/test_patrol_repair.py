"""Mending a plan: what is done stays, nothing moves that need not, and the result can be driven."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from geo.patrol.checking import faults, served_priority
from geo.patrol.problem import PatrolUnit, Plan, Problem, Rest, Route, Visit
from geo.patrol.repair import Underway, as_planned, best_insertion, cost, repair, without
from geo.patrol.timing import Since, timed

HOUR_S = 3600.0


def day(seed: int, visits: int = 60) -> Problem:
    """Six units of two towns on a plane of 40 x 40 minutes, with rests; places want one to three visits."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 2400, (2 + visits, 2))
    seconds = np.abs(xy[:, None] - xy[None]).sum(axis=2)
    rest = Rest(11 * HOUR_S, 13 * HOUR_S, 1800.0)
    units = [
        PatrolUnit(i % 2, i % 2, 8 * HOUR_S, 16 * HOUR_S, i % 2, 0, i != 5, i == 4, rest if i % 3 else None)
        for i in range(6)
    ]
    return Problem(units, list(_visits(rng, visits)), [seconds])


def _visits(rng: np.random.Generator, count: int) -> Iterator[Visit]:
    """Every fifth place wants three visits whose own windows do not keep them an hour apart."""
    made = 0
    while made < count:
        place, town = 2 + made, int(rng.integers(2))
        wanted = 3 if made % 5 == 0 and made + 3 <= count else 1
        for copy in range(wanted):
            opens_s = rng.uniform(8, 13) * HOUR_S if wanted == 1 else (8.0 + 1.5 * copy) * HOUR_S
            yield Visit(
                place,
                float(rng.integers(1, 20)),
                600.0,
                opens_s,
                opens_s + 3 * HOUR_S,
                town,
                bool(rng.random() < 0.05),
                place if wanted == 3 else -1,
                HOUR_S,
            )
            made += 1


def planned(problem: Problem) -> Plan:
    """Return a plan with everything fitted in."""
    nothing = Plan(tuple(Route() for _ in problem.units), tuple(range(len(problem.visits))))
    return repair(problem, nothing, Underway(0.0)).plan


def served(plan: Plan) -> dict[int, int]:
    return {stop.visit: unit for unit, route in enumerate(plan.routes) for stop in route.stops}


@pytest.mark.parametrize("seed", range(6))
def test_a_unit_falls_out(seed: int) -> None:
    problem = day(seed)
    plan = planned(problem)
    assert faults(problem, plan) == []
    underway = as_planned(problem, plan, 10.5 * HOUR_S, out=[1])
    mended = repair(problem, plan, underway)
    assert [fault for fault in faults(problem, mended.plan) if fault != "unit 1: takes no rest"] == []
    before, after = served(plan), served(mended.plan)
    homeless = {visit for visit, unit in before.items() if unit == 1 and visit not in underway.done}
    assert set(mended.moved) <= homeless
    assert not homeless & {visit for visit, unit in after.items() if unit == 1}
    for old, new in zip(plan.routes, mended.plan.routes, strict=True):
        done = [stop for stop in old.stops if stop.visit in underway.done]
        assert list(new.stops[: len(done)]) == done
        common = [stop.visit for stop in old.stops if stop.visit in {s.visit for s in new.stops}]
        assert [stop.visit for stop in new.stops if stop.visit in set(common)] == common


@pytest.mark.parametrize("seed", range(3))
def test_nothing_happened_nothing_changes(seed: int) -> None:
    problem = day(seed)
    plan = planned(problem)
    mended = repair(problem, plan, as_planned(problem, plan, 11.2 * HOUR_S))
    assert served(mended.plan) == served(plan)
    assert cost(problem, plan, mended.plan).moved == 0


def test_a_delay_gives_up_what_is_worth_least_or_hands_it_on() -> None:
    problem = day(7)
    plan = planned(problem)
    now_s = 9 * HOUR_S
    underway = as_planned(problem, plan, now_s)
    where = problem.visits[plan.routes[0].stops[0].visit].place
    late = replace(underway, since=[Since(where, now_s + 2 * HOUR_S), *[None] * 5])
    mended = repair(problem, plan, late)
    assert faults(problem, mended.plan) == []
    assert mended.plan.routes[1:] != plan.routes[1:] or mended.dropped
    kept = min((problem.visits[visit].priority for visit in served(mended.plan)), default=0.0)
    assert all(problem.visits[visit].priority < kept + 10 for visit in mended.dropped)
    assert cost(problem, plan, mended.plan).dropped == len(mended.dropped)


def test_who_can_neither_rest_nor_be_home_in_time_hands_everything_on() -> None:
    problem = day(3)
    plan = planned(problem)
    unit = next(number for number, who in enumerate(problem.units) if who.rest and plan.routes[number].stops)
    away = Underway(11 * HOUR_S, since=[Since(0, 12 * HOUR_S) if n == unit else None for n in range(6)])
    short = replace(problem.units[unit], shift_until_s=12.4 * HOUR_S)
    units = [short if number == unit else who for number, who in enumerate(problem.units)]
    mended = repair(replace(problem, units=units), plan, away)
    assert mended.plan.routes[unit].stops == ()
    assert sorted([*served(mended.plan), *mended.plan.unserved]) == list(range(len(problem.visits)))


def test_a_place_no_road_leads_to_any_more_is_dropped_and_all_else_stays() -> None:
    problem = day(2)
    plan = planned(problem)
    cut_off = plan.routes[2].stops[-1].visit
    seconds = problem.seconds[0].copy()
    seconds[problem.visits[cut_off].place, :] = seconds[:, problem.visits[cut_off].place] = np.inf
    mended = repair(replace(problem, seconds=[seconds]), plan, Underway(8 * HOUR_S))
    assert cut_off in mended.dropped
    assert {problem.visits[visit].place for visit in mended.dropped} == {problem.visits[cut_off].place}
    assert set(mended.moved) == set()


def test_trouble_hands_on_its_own_visits_only() -> None:
    problem = day(4, visits=150)
    plan = planned(problem)
    room = without(problem, plan, plan.routes[1].stops[-1].visit, Underway(0.0))
    away = Underway(0.0, out=frozenset({0}))
    alone = repair(problem, room, away, fill=False)
    assert not set(alone.inserted)
    assert repair(problem, room, away).inserted
    assert alone.moved


def test_a_new_must_makes_a_lesser_visit_give_way() -> None:
    problem = day(4, visits=150)
    plan = planned(problem)
    assert len(plan.unserved) > 30  # more is wanted than six units can do
    must = Visit(2, 1.0, 600.0, 12 * HOUR_S, 12.2 * HOUR_S, 0, must=True)
    more = replace(problem, visits=[*problem.visits, must])
    mended = repair(more, plan, Underway(8 * HOUR_S))
    assert 150 in served(mended.plan)
    assert faults(more, mended.plan) == []
    assert len(mended.dropped) <= 1


def test_taking_out_and_the_cheapest_way_back_in_agree_with_every_way_tried() -> None:
    problem = day(5)
    plan = planned(problem)
    visit = plan.routes[3].stops[2].visit
    start = Underway(0.0)
    short = without(problem, plan, visit, start)
    assert faults(problem, short) == []
    assert visit in short.unserved
    found = best_insertion(problem, short, visit, start)
    assert found is not None
    orders = [[stop.visit for stop in route.stops] for route in short.routes]
    order = orders[found.unit]
    order.insert(found.position, visit)
    assert timed(problem, found.unit, order) is not None
    assert found.extra_s <= cost(problem, short, plan).driving_s + problem.abroad_s + 1
    full = repair(problem, short, start)
    assert served_priority(problem, full.plan) >= served_priority(problem, plan) - 1e-9
