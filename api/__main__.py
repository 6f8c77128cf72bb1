"""`python -m api`: one API process. Run as many as you like behind a proxy; migrating is done elsewhere."""

import socket
import sys
from types import FrameType

import uvicorn

from api.app import build_app
from api.house import House, build_house
from config.logging import set_up_logging
from config.scaling import CannotScale, refuse_unscalable
from config.settings import Settings, load_settings
from operations.store import engine_from_url

GRACE_S = 5


class PortTaken(Exception):
    """Something else listens on the port."""


class Server(uvicorn.Server):
    """A server that lets its live streams go first, so that it can stop at once."""

    def __init__(self, config: uvicorn.Config, house: House) -> None:
        super().__init__(config)
        self._house = house

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop on a signal, and end well: uvicorn itself would raise the signal again afterwards."""
        self._house.feed.closing = True
        self.force_exit = self.should_exit
        self.should_exit = True


def main() -> int:
    """Serve until a signal; return 2 with one sentence when a setting or the port forbids it."""
    settings = load_settings()
    set_up_logging("api", settings.log_level)
    try:
        refuse_unscalable(settings)
        listening = _listen(settings)
    except (CannotScale, PortTaken) as error:
        print(error, file=sys.stderr)
        return 2
    house = build_house(settings, engine_from_url(settings.database))
    config = uvicorn.Config(
        build_app(house),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=GRACE_S,
        ws_max_size=16 * 1024,
    )
    with listening:
        Server(config, house).run(sockets=[listening])
    return 0


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else, so that a port in use is one sentence."""
    family = socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET
    # With its protocol named, asyncio switches Nagle's delay off: 40 ms less for every small answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.http_host, settings.http_port))
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"HTTP_PORT {settings.http_port} on HTTP_HOST {settings.http_host} cannot be used "
            f"({error.strerror}): stop what uses it, or set another HTTP_PORT."
        ) from None
    return listening


if __name__ == "__main__":
    sys.exit(main())
