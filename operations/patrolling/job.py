"""The planning job as a process of its own: it takes whole cores and much memory, which intake must not feel.

`python -m operations.patrolling.job PLAN CLAIMED_AT`; it ends with the worker that began it.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime

from config.logging import set_up_logging
from config.settings import load_settings
from operations.patrolling import planning
from operations.store import Engine, engine_from_url, reading, writing

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2
ENDS_WITHIN_S = 5.0  # the supervisor gives a worker ten
NICER_BY = 5  # cameras and intake come first


class Planner:
    """Has plans made, one child process at a time; one that only bounds its finished plan may linger."""

    def __init__(self, engine: Engine, stop: threading.Event) -> None:
        self.engine, self.stop = engine, stop
        self._lingering: subprocess.Popen[bytes] | None = None

    def step(self, now: datetime) -> int | None:
        """Have the oldest plan that waits made; return its id, None if none waits.

        Told to stop, the child leaves the plan to the next worker.
        """
        with reading(self.engine) as session:
            if not planning.waiting(session, now):
                return None
        with writing(self.engine) as session:
            plan_id = planning.claim(session, now)
        if plan_id is None:
            return None
        self.close()
        child = subprocess.Popen(
            [sys.executable, "-m", "operations.patrolling.job", str(plan_id), now.isoformat()]
        )
        if self._made(child, plan_id, now):
            self._lingering = child
        return plan_id

    def close(self) -> None:
        """End what lingers."""
        if self._lingering is not None:
            _end(self._lingering)
            self._lingering = None

    def _made(self, child: "subprocess.Popen[bytes]", plan_id: int, now: datetime) -> bool:
        """Wait until a child has made its plan; return whether it still runs."""
        while child.poll() is None:
            if self.stop.wait(LOOK_EVERY_S):
                _end(child)
                planning.release(self.engine, plan_id, now)
                return False
            with reading(self.engine) as session:
                if not planning.is_claimed(session, plan_id, now):
                    return True
        if child.returncode != 0:
            log.error("the planner of plan %d ended with code %d", plan_id, child.returncode)
            why = f"The planner ended with code {child.returncode}; the worker's log says why."
            planning.give_up(self.engine, plan_id, now, why)
        return False


def main(arguments: list[str]) -> int:
    """Make one claimed plan, then say how good it could be at most: that may take longer than the plan."""
    plan_id, claimed_at = int(arguments[0]), datetime.fromisoformat(arguments[1])
    settings = load_settings()
    set_up_logging("patrol plan", settings.log_level)
    stop, parent = threading.Event(), os.getppid()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    os.nice(NICER_BY)
    engine = engine_from_url(settings.database)
    planning.make(engine, plan_id, claimed_at, lambda: stop.is_set() or os.getppid() != parent)
    if not stop.is_set():
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
        planning.add_bound(engine, plan_id, claimed_at)
    engine.dispose()
    return 0


def _end_with(parent: int) -> None:
    """End this process when its worker is gone; nothing is lost but the bound."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
