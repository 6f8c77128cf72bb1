"""Turns: how many cameras of a worker are looked at in one moment; the others wait, first come first served.

Without it, dozens of busy threads stand between the worker's own loop and the interpreter: overloaded, it
would lose the leases of the very cameras it looks at.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = max(8, 4 * (os.cpu_count() or 1))
PATIENCE_S = 2.0
"""A camera that gets no turn for so long goes on without: somebody hangs, and must not stop the others."""


class Turns:
    """The turns of one worker."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = threading.Semaphore(at_once)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a turn while the block lasts."""
        mine = self._free.acquire(timeout=PATIENCE_S)
        try:
            yield
        finally:
            if mine:
                self._free.release()
