"""Pace: how often this worker dials cameras, so that all of them coming back at once is no storm."""

import threading
import time

ALL_WORKERS_PER_S = 20.0
LEAST_PER_S = 2.0


class Pace:
    """Gives every caller a moment of its own, in the order they came. Any thread may wait."""

    def __init__(self, per_s: float = ALL_WORKERS_PER_S) -> None:
        self._lock = threading.Lock()
        self._every_s = 1.0 / per_s
        self._next_s = 0.0

    def share_with(self, workers: int) -> None:
        """Keep to this worker's share of the connects that all workers may make a second."""
        self._every_s = 1.0 / max(LEAST_PER_S, ALL_WORKERS_PER_S / max(1, workers))

    def wait(self, stop: threading.Event) -> bool:
        """Wait for the next free moment; return False if `stop` came first."""
        with self._lock:
            at_s = max(time.monotonic(), self._next_s)
            self._next_s = at_s + self._every_s
        return not stop.wait(max(0.0, at_s - time.monotonic()))
