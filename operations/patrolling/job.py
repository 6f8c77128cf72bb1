"""The planning job as a process of its own: it takes whole cores and much memory, which intake must not feel.

`python -m operations.patrolling.job PLAN CLAIMED_AT`; it ends with the worker that began it.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
from datetime import datetime

from config.logging import set_up_logging
from config.settings import load_settings
from operations.patrolling import planning
from operations.store import Engine, engine_from_url, reading, writing

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2
ENDS_WITHIN_S = 5.0  # the supervisor gives a worker ten
NICER_BY = 5  # cameras and intake come first


def plan_apart(engine: Engine, stop: threading.Event, now: datetime) -> int | None:
    """Have the oldest plan that waits made by a child process; return its id, None if none waits.

    Told to stop, the child leaves the plan to the next worker.
    """
    with reading(engine) as session:
        if not planning.waiting(session, now):
            return None
    with writing(engine) as session:
        plan_id = planning.claim(session, now)
    if plan_id is None:
        return None
    command = [sys.executable, "-m", "operations.patrolling.job", str(plan_id), now.isoformat()]
    child = subprocess.Popen(command)
    while child.poll() is None:
        if stop.wait(LOOK_EVERY_S):
            _end(child)
            planning.release(engine, plan_id, now)
            return plan_id
    if child.returncode != 0:
        log.error("the planner of plan %d ended with code %d", plan_id, child.returncode)
        why = f"The planner ended with code {child.returncode}; the worker's log says why."
        planning.give_up(engine, plan_id, now, why)
    return plan_id


def main(arguments: list[str]) -> int:
    """Make one claimed plan."""
    plan_id, claimed_at = int(arguments[0]), datetime.fromisoformat(arguments[1])
    settings = load_settings()
    set_up_logging("patrol plan", settings.log_level)
    stop, parent = threading.Event(), os.getppid()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    os.nice(NICER_BY)
    engine = engine_from_url(settings.database)
    planning.make(engine, plan_id, claimed_at, lambda: stop.is_set() or os.getppid() != parent)
    engine.dispose()
    return 0


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
