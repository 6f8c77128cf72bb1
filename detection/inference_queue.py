"""One queue of pictures for all cameras of a process: first come, first served. Knows no network.

A camera waits for its answer before it asks again, so at most one picture a camera is in the queue: it cannot
grow, and under overload every camera is served as often as the others.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Infer = Callable[[list[np.ndarray]], list[np.ndarray]]
"""Takes pictures of one shape, returns one array for each. Called from several threads at once."""

MOST_AT_ONCE = 4
"""Pictures of one shape run through a network together: on a CPU more of them gain nothing."""


@dataclass(slots=True, eq=False)  # two jobs are never the same, whatever their pictures
class _Job:
    picture: np.ndarray
    done: threading.Event = field(default_factory=threading.Event)
    answer: np.ndarray | None = None
    error: Exception | None = None


class InferenceQueue:
    """Runs a network for as many cameras as ask, as often at once as there are cores.

    Who comes when nobody waits and a core is free runs it in its own thread: handing over costs 0.3 ms.
    """

    def __init__(self, infer: Infer, threads: int) -> None:
        self._infer = infer
        self._waiting: deque[_Job] = deque()
        self._arrived = threading.Condition()
        self._free = threads
        for number in range(threads):
            threading.Thread(target=self._work, name=f"inference {number}", daemon=True).start()

    def answer(self, picture: np.ndarray) -> np.ndarray:
        """Wait for this picture's turn and return what the network says; raises what the network raised."""
        job = _Job(picture)
        with self._arrived:
            at_once = self._free > 0 and not self._waiting
            if at_once:
                self._free -= 1
            else:
                self._waiting.append(job)
                self._arrived.notify()
        if at_once:
            self._run([job])
        job.done.wait()
        if job.error is not None:
            raise job.error
        assert job.answer is not None
        return job.answer

    def _work(self) -> None:
        while True:
            with self._arrived:
                while not self._waiting or not self._free:
                    self._arrived.wait()
                self._free -= 1
                jobs = self._take()
            self._run(jobs)

    def _run(self, jobs: list[_Job]) -> None:
        try:
            for job, answer in zip(jobs, self._infer([job.picture for job in jobs]), strict=True):
                job.answer = answer
        except Exception as error:  # the thread's loop edge: the cameras that asked get it
            for job in jobs:
                job.error = error
        with self._arrived:
            self._free += 1
            self._arrived.notify()
        for job in jobs:
            job.done.set()

    def _take(self) -> list[_Job]:
        """Take the picture that has waited longest, and others of its shape with it."""
        first = self._waiting.popleft()
        alike = [job for job in self._waiting if job.picture.shape == first.picture.shape]
        jobs = [first, *alike[: MOST_AT_ONCE - 1]]
        for job in jobs[1:]:
            self._waiting.remove(job)
        return jobs
