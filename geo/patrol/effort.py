"""How long a search may last and who is told of it. Searches nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass

REPORT_EVERY = 0.01  # of the effort


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search: `seconds` by the clock on `cores` threads, or so many iterations.

    Only iterations with cores=1 give the same plan twice. `enough` is asked in every iteration: once it is
    true, the best plan so far is taken. `report` hears the share [0, 1] of the effort that is spent.
    """

    seed: int
    seconds: float = 20.0
    cores: int = 2
    iterations: int | None = None
    enough: Callable[[], bool] = _never
    report: Callable[[float], None] | None = None


class Budget:
    """What is spent of an effort, counted by all threads that search for it."""

    def __init__(self, effort: Effort) -> None:
        self.effort = effort
        self._began_s = time.monotonic()
        self._iterations = 0
        self._told = 0.0
        self._enough = False

    def spent(self) -> float:
        """Return the share [0, 1 or a little above] of the effort that is spent; 1 once it is enough."""
        if self._enough:
            return 1.0
        if self.effort.iterations is not None:
            return self._iterations / max(self.effort.iterations, 1)
        return (time.monotonic() - self._began_s) / max(self.effort.seconds, 1e-9)

    def until(self, share: float) -> Callable[[], bool]:
        """Return what a search asks before each iteration: whether this share of the effort is spent."""

        def stop() -> bool:
            self._enough = self._enough or self.effort.enough()
            spent = self.spent()
            self._iterations += 1
            if self.effort.report is not None and spent - self._told >= REPORT_EVERY:
                self._told = spent
                self.effort.report(min(spent, 1.0))
            return spent >= share

        return stop
