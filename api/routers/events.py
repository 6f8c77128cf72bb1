"""The live feed as server-sent events. What is on the wire is in api/live/stream.py."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from api.doors import Anyone
from api.house import TheHouse
from api.live.stream import Stream, open_scope
from operations.events import TYPES
from operations.facts import BadInput

router = APIRouter(tags=["live"])


@router.get(
    "/events",
    summary="Live events (server-sent events)",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def live_events(
    house: TheHouse,
    person: Anyone,
    types: Annotated[str | None, Query(max_length=500, examples=["alert.raised,units.moved"])] = None,
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> StreamingResponse:
    """Stream what happens, each event with its stream id, from now or from Last-Event-ID.

    Besides the events: `ready` first, `resync` instead when some were lost and lists must be fetched anew,
    `signed_out` when the session has ended. A comment every 15 s shows that the link lives.
    """
    wanted = _wanted(types)
    scope = await run_in_threadpool(open_scope, house, person)
    stream = Stream(house, person, wanted, house.feed.join(), scope)
    try:
        await stream.resume(last_event_id)
    except BaseException:  # edge: whatever went wrong, nobody listens
        house.feed.leave(stream.listener)
        raise
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream.chunks(), media_type="text/event-stream", headers=headers)


def _wanted(types: str | None) -> frozenset[str]:
    if types is None:
        return TYPES
    wanted = frozenset(part.strip() for part in types.split(",") if part.strip())
    unknown = wanted - TYPES
    if unknown:
        raise BadInput("types", f"there is no event {min(unknown)}")
    return wanted
