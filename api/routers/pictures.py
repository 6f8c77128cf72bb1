"""The door of the live pictures' WebSocket: signed in by cookie, from our own pages only."""

from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket
from fastapi.concurrency import run_in_threadpool

from api.doors import COOKIE, person_by_token
from api.house import house_of
from api.live.pictures import Pictures
from operations.access import NotSignedIn, Person

router = APIRouter(tags=["live"])

MAY_WATCH = ("operator", "supervisor")
FORBIDDEN = 1008


@router.websocket("/live/pictures")
async def live_pictures(socket: WebSocket) -> None:
    """Send `[uint32 big-endian camera id][JPEG]` of the cameras in `{"watch": [ids]}`, each audited once."""
    person = await _allowed(socket)
    if person is None:
        await socket.close(FORBIDDEN)  # before accepting: the client sees 403
        return
    await socket.accept()
    await Pictures(house_of(socket), person, socket).serve()


async def _allowed(socket: WebSocket) -> Person | None:
    """Return who is at the door, if they may come in: a page of another site may not use the cookie."""
    origin = socket.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != socket.headers.get("Host"):
        return None
    bearer = socket.headers.get("Authorization", "").partition("Bearer ")[2]
    token = bearer or (socket.cookies.get(COOKIE) if origin is not None else None)
    try:
        person = await run_in_threadpool(person_by_token, house_of(socket), token)
    except NotSignedIn:
        return None
    return person if person.role in MAY_WATCH else None
