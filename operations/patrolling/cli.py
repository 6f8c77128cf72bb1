"""`watchgrid plan`: makes a patrol plan from a script, straight against the database; no worker is needed."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from config.settings import load_settings
from operations.audit import at_the_shell
from operations.county import county_row
from operations.facts import Fact
from operations.patrolling import planning, publishing
from operations.patrolling.days import site_day
from operations.patrolling.drafts import Wishes
from operations.patrolling.views import plan_json
from operations.store import DatabaseDown, Engine, engine_from_url, reading, writing
from operations.tables import PatrolPlan

FAILED, WRONG, INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str]) -> int:
    """Plan a day. 0: planned; 1: it failed; 2: wrong arguments or no county; 130: interrupted."""
    options = _parser().parse_args(argv)
    settings = load_settings()
    now = datetime.now(UTC)
    day = options.day or site_day(now, settings.site_timezone)
    wishes = Wishes(
        settings.site_timezone,
        options.shift,
        options.seconds,
        options.seed,
        options.variety,
        options.town_floor,
        units_out=tuple(options.unit_out),
        name=options.name,
        dwell_s=settings.patrol_dwell_min * 60,
    )
    engine = engine_from_url(settings.database)
    try:
        return _run(engine, day, wishes, options)
    except DatabaseDown as error:
        print(
            f"The database does not answer, check DATABASE_URL: {str(error.orig).splitlines()[0]}",
            file=sys.stderr,
        )
    except Fact as why:
        print(why, file=sys.stderr)
    finally:
        engine.dispose()
    return WRONG


def _run(engine: Engine, day: date, wishes: Wishes, options: argparse.Namespace) -> int:
    """Want the plan and claim it at once, so that no worker takes it; make, publish and print it."""
    stop, now, actor = threading.Event(), datetime.now(UTC), at_the_shell()
    with writing(engine) as session:
        county_row(session)
        plan = planning.want(session, day, wishes, actor, now)
        plan.state, plan.claimed_at = "planning", now
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    planning.make(engine, plan.id, now, stop.is_set, _reporting(wishes.seconds))
    with writing(engine) as session:
        row = session.get_one(PatrolPlan, plan.id, with_for_update=True)
        if row.state == "wanted":
            publishing.discard(session, row.id, row.revision, actor, datetime.now(UTC))
            print("\nInterrupted: nothing was planned.", file=sys.stderr)
            return INTERRUPTED
        if row.state != "draft":
            print(f"\nNo plan: {row.failed_why or row.state}", file=sys.stderr)
            return FAILED
        if options.publish:
            publishing.publish(session, row.id, row.revision, actor, datetime.now(UTC))
    if options.bound:
        planning.add_bound(engine, plan.id, datetime.now(UTC))
    _print(engine, plan.id, options.json)
    return 0


def _reporting(seconds: float) -> Callable[[float], None] | None:
    """Return what says on stderr how far the search is; None where nobody looks."""
    if not sys.stderr.isatty():
        return None

    def report(share: float) -> None:
        print(f"\rPlanning… {share:4.0%} of {seconds:.0f} s", end="", file=sys.stderr, flush=True)

    return report


def _print(engine: Engine, plan_id: int, as_json: bool) -> None:
    with reading(engine) as session:
        plan = plan_json(session, plan_id, datetime.now(UTC))
    if as_json:
        print(json.dumps(plan, ensure_ascii=False))
        return
    figures = plan["figures"]
    bound = "" if figures["bound_share"] is None else f" (at most {figures['bound_share']:.1%} is possible)"
    print(
        f"\nPlan {plan_id} of {plan['day']}, {plan['state']}: "
        f"{figures['served']} of {figures['visits']} visits, "
        f"{figures['priority_share']:.1%} of the priority{bound}, {figures['units']} units, "
        f"{figures['driving_s'] / 3600:.0f} h of driving; {figures['must_unserved']} must-visits unserved.",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="watchgrid plan", description=__doc__)
    parser.add_argument("--day", type=date.fromisoformat, help="a local day (2026-11-23); today without it")
    parser.add_argument("--shift", help="the code of the one shift to plan; all without it")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to search, 1 to 120 (20)")
    parser.add_argument("--seed", type=int, help="the same draw again; another one each time without it")
    parser.add_argument(
        "--variety", type=float, default=0.2, help="how far plans are drawn apart, 0 to 0.5 (0.2)"
    )
    parser.add_argument(
        "--town-floor", type=float, default=0.6, help="least share of each town, 0 to 1 (0.6)"
    )
    parser.add_argument(
        "--unit-out", type=int, action="append", default=[], metavar="ID", help="leave a unit out"
    )
    parser.add_argument("--name", default="", help="what the plan is called")
    parser.add_argument(
        "--bound", action="store_true", help="say what is possible at most; half a minute more"
    )
    parser.add_argument("--publish", action="store_true", help="have the units drive it at once")
    parser.add_argument(
        "--json", action="store_true", help="print the plan as GET /patrol/plans/{id} answers it"
    )
    return parser
