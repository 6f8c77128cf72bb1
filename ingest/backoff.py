"""How long to wait before trying again: longer after every failure, and never all at once."""

import random

FIRST_S = 1.0
LAST_S = 60.0
STEADY_AFTER_S = 30.0
JITTER = (0.5, 1.5)


class Backoff:
    """The waits of one connection."""

    def __init__(self) -> None:
        self._next_s = FIRST_S

    def wait_s(self, worked_s: float) -> float:
        """Return how long to wait now; worked_s: for how long the last attempt gave pictures."""
        if worked_s > STEADY_AFTER_S:
            self._next_s = FIRST_S
        waiting_s = self._next_s * random.uniform(*JITTER)
        self._next_s = min(2 * self._next_s, LAST_S)
        return waiting_s
