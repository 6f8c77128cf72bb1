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

    Only iterations with cores=1 give the same plan twice. `enough` is asked many times a second: once it is
    true, the best plan so far is taken. `report` hears the share [0, 1] of the effort that is spent. clock:
    what counts the seconds; time.process_time gives the same search on a busy machine.
    """

    seed: int
    seconds: float = 20.0
    cores: int = 2
    iterations: int | None = None
    enough: Callable[[], bool] = _never
    report: Callable[[float], None] | None = None
    clock: Callable[[], float] = time.monotonic


class Budget:
    """What is spent of an effort, counted by all threads that search for it. Time runs from its making."""

    def __init__(self, effort: Effort) -> None:
        self.effort = effort
        self._began_s = effort.clock()
        self._iterations = 0
        self._told = 0.0
        self._enough = False

    def spent(self) -> float:
        """Return the share [0, 1 or a little above] of the effort that is spent; 1 once it is enough."""
        if self._enough:
            return 1.0
        if self.effort.iterations is not None:
            return self._iterations / max(self.effort.iterations, 1)
        return (self.effort.clock() - self._began_s) / max(self.effort.seconds, 1e-9)

    def count(self, iterations: int) -> None:
        """Count iterations made."""
        self._iterations += iterations

    def left(self, most: int) -> int:
        """Return how many iterations may be made in one go, `most` at most."""
        if self.effort.iterations is None:
            return most
        return max(min(most, self.effort.iterations - self._iterations), 1)

    def look(self) -> None:
        """Ask whether it is enough and report; only the thread that asked for the search does that."""
        self._enough = self._enough or self.effort.enough()
        spent = self.spent()
        if self.effort.report is not None and spent - self._told >= REPORT_EVERY:
            self._told = spent
            self.effort.report(min(spent, 1.0))
