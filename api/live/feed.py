"""Feed: reads the Redis stream `events` once per process and hands it to every client's bounded queue.

Who may see what is said in scope.py; how an event looks on the wire in routers/events.py.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from operations.events import STREAM

log = logging.getLogger(__name__)

QUEUE_LENGTH = 1_000
READ_AT_ONCE = 500
BLOCK_MS = 1_000
RETRY_S = 1.0
ANSWERS_WITHIN_S = 10.0  # else the connection is dead, though nobody said so

EventId = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event of the stream; `data` is its JSON read, `text` its JSON as written."""

    id: EventId
    type: str
    text: str
    data: dict[str, Any]


class Listener:
    """One client: its queue, and whether it fell too far behind."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[LiveEvent] = asyncio.Queue(QUEUE_LENGTH)
        self.dropped = False

    def offer(self, event: LiveEvent) -> None:
        """Queue an event, or drop the client: it resumes from Redis with the id it saw last."""
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            self.dropped = True


class Feed:
    """The one reader of this process, and the clients it serves."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._redis: Redis | None = None
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self.closing = False

    @property
    def clients(self) -> int:
        """Return how many clients listen."""
        return len(self._listeners)

    async def start(self) -> None:
        """Connect and begin to read; call in the event loop that serves the clients."""
        self._redis = Redis.from_url(self._url, decode_responses=True, socket_timeout=ANSWERS_WITHIN_S)
        self._task = asyncio.create_task(self._read_forever(), name="feed")

    async def stop(self) -> None:
        """Let the clients go and stop reading."""
        self.closing = True
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._redis:
            await self._redis.aclose()

    def join(self) -> Listener:
        """Add a client; everything that happens from now on is queued for it."""
        listener = Listener()
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a client."""
        self._listeners.discard(listener)

    async def newest(self) -> EventId:
        """Return the id given to the newest event; (0, 0) before the first. Raises RedisError."""
        return (await self._span())[1]

    async def has_kept(self, after: EventId) -> bool:
        """Return whether every event since `after` is still in the stream. Raises RedisError."""
        oldest, newest = await self._span()
        return after == newest or (oldest is not None and oldest <= after < newest)

    async def since(self, after: EventId) -> AsyncIterator[LiveEvent]:
        """Yield what the stream holds after an event, in parts, until its present end. Raises RedisError."""
        while True:
            entries = await self._client.xrange(STREAM, f"({_text(after)}", "+", READ_AT_ONCE)
            for event in _events(entries):
                yield event
            if not entries:
                return
            after = event_id(str(entries[-1][0]))

    @property
    def _client(self) -> Redis:
        assert self._redis, "the feed is not started"
        return self._redis

    async def _span(self) -> tuple[EventId | None, EventId]:
        if not await self._client.exists(STREAM):
            return None, (0, 0)
        about: dict[str, Any] = await self._client.xinfo_stream(STREAM)
        first = about.get("first-entry")
        return (event_id(first[0]) if first else None), event_id(str(about["last-generated-id"]))

    async def _read_forever(self) -> None:
        after: EventId | None = None
        while True:
            try:
                if after is None:
                    after = await self.newest()
                answer: Any = await self._client.xread({STREAM: _text(after)}, READ_AT_ONCE, BLOCK_MS)
            except RedisError as error:
                log.warning("The live feed waits for Redis: %s", error)
                await asyncio.sleep(RETRY_S)
                continue
            for _, entries in _streams(answer):
                self._hand_out(_events(entries))
                after = event_id(str(entries[-1][0]))

    def _hand_out(self, happened: list[LiveEvent]) -> None:
        for event in happened:
            for listener in self._listeners:
                listener.offer(event)


def event_id(text: str) -> EventId:
    """Read a stream id such as `1795406400000-0`. Raises ValueError."""
    milliseconds, _, sequence = text.partition("-")
    if not (milliseconds.isdecimal() and (sequence or "0").isdecimal()) or len(text) > 40:
        raise ValueError(f"not a stream id: {text!r}")
    return int(milliseconds), int(sequence or 0)


def _text(event: EventId) -> str:
    return f"{event[0]}-{event[1]}"


def _streams(answer: Any) -> list[tuple[str, Any]]:
    """Return XREAD's answer as pairs, whichever protocol redis-py speaks."""
    return list(answer.items()) if isinstance(answer, dict) else list(answer or [])


def _events(entries: Any) -> list[LiveEvent]:
    found = []
    for identity, fields in entries:
        try:
            data = json.loads(fields["json"])
            found.append(LiveEvent(event_id(identity), fields["type"], fields["json"], dict(data)))
        except (KeyError, TypeError, ValueError):
            log.warning("The live feed skips a malformed event %s", identity)
    return found
