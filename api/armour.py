"""Armour: security headers on every answer, a limit on what is sent to us. Decides nothing about people."""

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY_BYTES = 64 * 1024
# What is sent as files may be larger; these routes check who sends before they read it.
LARGER_BODY_BYTES = {
    "/api/v1/patrol/photos": 2 * 1024**2,
    "/api/v1/patrol/calls": 8 * 1024**2,
    "/api/v1/county/imports": 128 * 1024**2,
}
# Inline style attributes are how Svelte and OpenLayers place things; scripts and style elements stay strict.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), geolocation=(self)",
}


class Armour:
    """ASGI middleware: adds the headers; what a route says about caching stays, silence means `no-store`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_armoured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        most_bytes = LARGER_BODY_BYTES.get(scope["path"], MOST_BODY_BYTES)
        await self.app(scope, _limited(receive, most_bytes), send_armoured)


def _limited(receive: Receive, most_bytes: int) -> Receive:
    """Return `receive`, refusing a body as soon as it is too large, whatever its headers say."""
    received_bytes = 0

    async def receive_limited() -> Message:
        nonlocal received_bytes
        message = await receive()
        received_bytes += len(message.get("body", b""))
        if received_bytes > most_bytes:
            raise HTTPException(413, f"The body may have {most_bytes} bytes at most.")
        return message

    return receive_limited
