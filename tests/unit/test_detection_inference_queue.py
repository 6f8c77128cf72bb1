"""One queue for all cameras: nobody starves, nothing grows, an error reaches who asked."""

import threading

import numpy as np
import pytest

from detection.inference_queue import MOST_AT_ONCE, InferenceQueue

CAMERAS = 8


def test_under_overload_every_camera_gets_the_same_share() -> None:
    """Eight cameras that ask without a pause, one slow network: a turn of all before anyone's second."""
    asked = threading.Barrier(CAMERAS)
    served: list[int] = []
    enough = threading.Event()

    def slow(pictures: list[np.ndarray]) -> list[np.ndarray]:
        served.extend(int(picture[0]) for picture in pictures)
        enough.wait(0.002)  # the network's own time, in which the others queue up
        if len(served) >= 40 * CAMERAS:
            enough.set()
        return pictures

    queue = InferenceQueue(slow, threads=1)

    def camera(number: int) -> None:
        picture = np.full(10 + number % 2, number)  # two shapes: they cannot all run together
        asked.wait()
        while not enough.is_set():
            assert queue.answer(picture)[0] == number

    cameras = [threading.Thread(target=camera, args=(number,), daemon=True) for number in range(CAMERAS)]
    for thread in cameras:
        thread.start()
    for thread in cameras:
        thread.join(30)
    counts = np.bincount(served, minlength=CAMERAS)
    assert counts.min() > 0
    assert counts.max() - counts.min() <= 0.1 * counts.max() + 2


def test_pictures_of_one_shape_that_wait_together_run_together() -> None:
    sizes: list[int] = []
    busy, go_on = threading.Event(), threading.Event()

    def network(pictures: list[np.ndarray]) -> list[np.ndarray]:
        sizes.append(len(pictures))
        busy.set()
        assert go_on.wait(10)
        return pictures

    queue = InferenceQueue(network, threads=1)
    cameras = [
        threading.Thread(target=queue.answer, args=(np.zeros(4),), daemon=True)
        for _ in range(1 + MOST_AT_ONCE)
    ]
    cameras[0].start()
    assert busy.wait(10)
    for thread in cameras[1:]:
        thread.start()
    while len(queue._waiting) < MOST_AT_ONCE:
        threading.Event().wait(0.001)
    go_on.set()
    for thread in cameras:
        thread.join(10)
    assert sizes == [1, MOST_AT_ONCE]


def test_an_error_reaches_who_asked_and_the_next_is_served() -> None:
    def network(pictures: list[np.ndarray]) -> list[np.ndarray]:
        if pictures[0][0] < 0:
            raise RuntimeError("broken picture")
        return pictures

    queue = InferenceQueue(network, threads=1)
    with pytest.raises(RuntimeError, match="broken picture"):
        queue.answer(np.array([-1]))
    assert queue.answer(np.array([1]))[0] == 1


def test_who_comes_alone_runs_it_in_its_own_thread_and_never_more_at_once_than_cores() -> None:
    ran_in: list[str] = []
    running, most, counting = [0], [0], threading.Lock()

    def network(pictures: list[np.ndarray]) -> list[np.ndarray]:
        with counting:
            ran_in.append(threading.current_thread().name)
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.001)
        with counting:
            running[0] -= 1
        return pictures

    queue = InferenceQueue(network, threads=2)
    queue.answer(np.zeros(4))
    assert ran_in == [threading.current_thread().name]
    cameras = [
        threading.Thread(target=lambda: [queue.answer(np.zeros(4)) for _ in range(20)], daemon=True)
        for _ in range(CAMERAS)
    ]
    for thread in cameras:
        thread.start()
    for thread in cameras:
        thread.join(10)
    assert not any(thread.is_alive() for thread in cameras)
    assert most[0] == 2
