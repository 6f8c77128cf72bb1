"""Stream: one client's live feed as server-sent events, from its first byte to the end of its session."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from fastapi.concurrency import run_in_threadpool
from redis.exceptions import RedisError

from api.house import House
from api.live.feed import EventId, Listener, LiveEvent, event_id
from api.live.scope import Scope, scope_of, visible
from operations.access import NotSignedIn, Person
from operations.sign_ins import still
from operations.store import DatabaseDown, reading

HEARTBEAT_S = 15.0
CHECK_S = 3.0
TICK_S = 1.0
RETRY_MS = 2_000


@dataclass(slots=True)
class Stream:
    """One open stream: whose it is, what they may see, and how far it has come (`after`)."""

    house: House
    person: Person
    wanted: frozenset[str]
    listener: Listener
    scope: Scope
    after: EventId = (0, 0)
    whole: bool = True
    checked_at: float = field(default_factory=time.monotonic)
    spoke_at: float = field(default_factory=time.monotonic)

    async def resume(self, last_event_id: str | None) -> None:
        """Find where to begin: after the event seen last if all since is kept, else now."""
        self.after = await self.house.feed.newest()
        if last_event_id is None:
            return
        try:
            seen = event_id(last_event_id)
        except ValueError:
            self.whole = False
            return
        self.whole = await self.house.feed.has_kept(seen)
        if self.whole:
            self.after = seen

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes of the stream until the client falls behind, signs out, or the process ends."""
        try:
            yield f"retry: {RETRY_MS}\n".encode() + self._said("ready" if self.whole else "resync")
            async for event in self.house.feed.since(self.after):
                if chunk := self._shown(event):
                    yield chunk
            async for chunk in self._live():
                yield chunk
        except (RedisError, DatabaseDown):
            return  # the client comes back with the id it saw last
        except NotSignedIn:
            yield self._said("signed_out")
        finally:
            self.house.feed.leave(self.listener)

    async def _live(self) -> AsyncIterator[bytes]:
        feed = self.house.feed
        while not (feed.closing or self.listener.dropped):
            shown = b"".join(filter(None, [self._shown(event) for event in await self._next()]))
            if time.monotonic() - self.checked_at >= CHECK_S:
                self.scope = await run_in_threadpool(_checked, self.house, self.person)
                self.checked_at = time.monotonic()
            if not shown and time.monotonic() - self.spoke_at >= HEARTBEAT_S:
                # The id alone moves the client past events it may not see, so that none count as lost.
                shown = f": still here\nid: {_text(self.after)}\n\n".encode()
            if shown:
                self.spoke_at = time.monotonic()
                yield shown

    async def _next(self) -> list[LiveEvent]:
        """Wait up to a tick for events, then take all that wait."""
        queue = self.listener.queue
        try:
            async with asyncio.timeout(TICK_S):
                events = [await queue.get()]
        except TimeoutError:
            return []
        while not queue.empty():
            events.append(queue.get_nowait())
        return events

    def _shown(self, event: LiveEvent) -> bytes | None:
        """Return an event's bytes; None when it was sent before or is not for this person."""
        if event.id <= self.after:
            return None
        self.after = event.id
        if event.type not in self.wanted:
            return None
        seen = visible(event.type, event.data, self.scope)
        if seen is None:
            return None
        text = event.text if seen is event.data else json.dumps(seen, ensure_ascii=False)
        return f"id: {_text(event.id)}\nevent: {event.type}\ndata: {text}\n\n".encode()

    def _said(self, kind: str) -> bytes:
        return f"id: {_text(self.after)}\nevent: {kind}\ndata: {{}}\n\n".encode()


def open_scope(house: House, person: Person) -> Scope:
    """Return what the person may see now."""
    with reading(house.engine) as session:
        return scope_of(session, person)


def _checked(house: House, person: Person) -> Scope:
    """Return what the person may see now. Raises NotSignedIn when the session has ended."""
    with reading(house.engine) as session:
        return scope_of(session, still(session, person, house.now()))


def _text(event: EventId) -> str:
    return f"{event[0]}-{event[1]}"
