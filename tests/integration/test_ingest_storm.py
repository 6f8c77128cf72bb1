"""Many cameras that come back at once, or never answer properly, are dialled at a measured pace."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis

from operations.migrate import migrate
from operations.store import engine_from_url
from tests.conftest import START
from tests.ingest_worker import add_cameras, ingest_worker
from tests.services import wait_until

CAMERAS = 200
MOST_PER_S = 30
"""20 a second are meant; a second's edge and three workers' first moments are forgiven."""


class Door:
    """A TCP server that takes every connection, notes when, and holds or drops it."""

    def __init__(self) -> None:
        self.came_s: list[float] = []
        self.drops = True
        self._held: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.came_s.append(time.monotonic())
            if self.drops:
                connection.close()
            else:
                self._held.append(connection)

    def drop_all(self) -> None:
        """Cut the power: every connection ends in one moment."""
        self.drops = True
        while self._held:
            self._held.pop().close()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.drop_all()

    def busiest_second(self, since_s: float = 0.0) -> int:
        """Return the most connections within any second."""
        came = [at_s for at_s in self.came_s if at_s >= since_s]
        return max(sum(1 for other in came if at_s <= other < at_s + 1.0) for at_s in came)


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    yield door
    door.close()


@pytest.mark.parametrize("workers", [1, 3])
def test_two_hundred_cameras_that_drop_together_are_not_stormed(
    workers: int, door: Door, redis_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    database_url = f"sqlite:///{tmp_path / 'watchgrid.db'}"
    engine = engine_from_url(database_url)
    migrate(engine, START.date())
    source = f"rtsp://127.0.0.1:{door.port}/camera"
    add_cameras(engine, {f"C{n:03d}": f"{source}{n}" for n in range(CAMERAS)})
    engine.dispose()
    door.drops = False
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(ingest_worker(database_url, redis_url, tmp_path))
        wait_until(lambda: len(door.came_s) >= 45, "the first cameras dialled")
        dropped_s = time.monotonic()
        door.drop_all()
        wait_until(lambda: len(door.came_s) >= 110, "others, and the same again")
    assert door.busiest_second() <= MOST_PER_S
    assert door.busiest_second(dropped_s) <= MOST_PER_S
