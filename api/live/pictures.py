"""Live pictures of one client: sends what changed of the cameras watched, skips what it has no time for."""

import asyncio
import json
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from fastapi.concurrency import run_in_threadpool
from redis.exceptions import RedisError
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.house import House
from api.live.watching import WATCHED_S, keep_watching
from operations.access import NotSignedIn, Person
from operations.facts import NotFound
from operations.looks import watch_cameras
from operations.media import live_path
from operations.sign_ins import still
from operations.store import DatabaseDown, reading, writing

MOST_WATCHED = 16
LOOK_EVERY_S = 0.1
RENEW_EVERY_S = WATCHED_S / 3
POLICY_VIOLATION = 1008
TRY_AGAIN = 1013


class BadWatch(Exception):
    """A client sent something that is no list of cameras; the message says what is wrong."""


@dataclass(slots=True)
class Pictures:
    """One open connection: whose it is, the cameras it watches (code by id) and what was sent of each."""

    house: House
    person: Person
    socket: WebSocket
    watched: dict[int, str] = field(default_factory=dict)
    sent: dict[int, int] = field(default_factory=dict)
    renewed_at: float = 0.0

    async def serve(self) -> None:
        """Serve until the client leaves, its session ends, or it sends nonsense."""
        both = (asyncio.create_task(self._listen()), asyncio.create_task(self._show()))
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            ends = await asyncio.gather(*both, return_exceptions=True)
        await self._say_goodbye([end for end in ends if isinstance(end, Exception)])

    async def _listen(self) -> None:
        while True:
            wanted = wanted_cameras(await self.socket.receive_text())
            new = [camera for camera in wanted if camera not in self.watched]
            codes = await run_in_threadpool(self._look, new) if new else {}
            known = {**self.watched, **codes}
            self.watched = {camera: known[camera] for camera in wanted}
            self.sent = {camera: at for camera, at in self.sent.items() if camera in self.watched}
            self.renewed_at = 0.0

    def _look(self, cameras: list[int]) -> dict[int, str]:
        """Return the codes of newly watched cameras; each look is audited."""
        with writing(self.house.engine) as session:
            return watch_cameras(session, cameras, self.person, self.house.now())

    async def _show(self) -> None:
        while not self.house.feed.closing:
            if time.monotonic() - self.renewed_at >= RENEW_EVERY_S:
                self.renewed_at = time.monotonic()
                await run_in_threadpool(self._renew)
            for message in await run_in_threadpool(self._changes):
                # While a slow client takes this one, newer pictures replace each other on disk.
                await self.socket.send_bytes(message)
            await asyncio.sleep(LOOK_EVERY_S)

    def _renew(self) -> None:
        """Keep the cameras watched. Raises NotSignedIn when the session has ended."""
        with reading(self.house.engine) as session:
            still(session, self.person, self.house.now())
        keep_watching(self.house.redis, self.watched.values())

    def _changes(self) -> list[bytes]:
        """Return a message for each camera whose picture is another than was sent last."""
        messages = []
        for camera, code in list(self.watched.items()):
            file = live_path(self.house.media, code)
            try:
                changed_at = file.stat().st_mtime_ns
                if self.sent.get(camera) != changed_at:
                    messages.append(struct.pack(">I", camera) + file.read_bytes())
                    self.sent[camera] = changed_at
            except FileNotFoundError:
                continue
        return messages

    async def _say_goodbye(self, ends: list[Exception]) -> None:
        """Close with the reason, unless the client left by itself."""
        if any(isinstance(end, WebSocketDisconnect) for end in ends):
            return
        reason = next((str(end) for end in ends if isinstance(end, GOODBYES)), "")
        code = POLICY_VIOLATION if reason else TRY_AGAIN
        for end in ends:
            if not isinstance(end, (*GOODBYES, RedisError, DatabaseDown, RuntimeError)):
                raise end
        await self.socket.close(code, reason[:120])


GOODBYES = (NotSignedIn, NotFound, BadWatch)


def wanted_cameras(text: str) -> list[int]:
    """Read `{"watch": [camera ids]}`. Raises BadWatch."""
    try:
        said: Any = json.loads(text)
        wanted = said["watch"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadWatch('send {"watch": [camera ids]}') from None
    if not isinstance(wanted, list) or any(type(camera) is not int for camera in wanted):
        raise BadWatch("watch must be a list of camera ids")
    if len(wanted) > MOST_WATCHED:
        raise BadWatch(f"watch {MOST_WATCHED} cameras at most")
    if any(not 0 < camera < 2**31 for camera in wanted):
        raise BadWatch("there is no such camera")
    return list(dict.fromkeys(wanted))
