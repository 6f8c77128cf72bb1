"""Pace: how often this worker dials cameras, so that all of them coming back at once is no storm."""

import threading
import time

ALL_WORKERS_PER_S = 20.0
LEAST_PER_S = 2.0
LEAST_WAIT_S = 0.01
"""Who comes next looks again so soon."""


class Pace:
    """Gives every caller a moment of its own, in the order they came. Any thread may wait."""

    def __init__(self, per_s: float = LEAST_PER_S) -> None:
        """per_s: at first; a worker that has just started does not know yet who starts beside it."""
        self._lock = threading.Lock()
        self._per_s = per_s
        self._next_s = 0.0
        self._waiting: list[object] = []

    def share_with(self, workers: int) -> None:
        """Come nearer to this worker's share of the connects that all may make a second: slower at once,
        faster by doubling. Call it once a round.
        """
        share = max(LEAST_PER_S, ALL_WORKERS_PER_S / max(1, workers))
        self._per_s = min(share, 2 * self._per_s)

    def wait(self, stop: threading.Event) -> bool:
        """Wait for the next free moment; return False if `stop` came first.

        Nobody is promised a moment beforehand: the share may shrink while they wait.
        """
        ticket = object()
        with self._lock:
            self._waiting.append(ticket)
        try:
            while True:
                with self._lock:
                    now_s, ahead = time.monotonic(), self._waiting.index(ticket)
                    wait_s = self._next_s + ahead / self._per_s - now_s
                    if ahead == 0 and wait_s <= 0:
                        self._next_s = now_s + 1.0 / self._per_s
                        return not stop.is_set()
                if stop.wait(max(LEAST_WAIT_S, wait_s)):
                    return False
        finally:
            with self._lock:
                self._waiting.remove(ticket)
