"""Asks a server once, by hand, whether it only sends us elsewhere: FFmpeg does not tell. Follows nothing."""

import re
import socket
from urllib.parse import urlsplit

from ingest.source_vocabulary import masked

MOST_BYTES = 8192
PORTS = {"http": 80, "rtsp": 554}


def redirected_to(url: str, wait_s: float) -> str | None:
    """Return where the server of an http:// or rtsp:// URL sends us, without passwords; None if nowhere."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            return None
        with socket.create_connection((parts.hostname, parts.port or PORTS[parts.scheme]), wait_s) as asked:
            asked.settimeout(wait_s)
            asked.sendall(_question(parts.scheme, parts.path or "/", parts.netloc.rpartition("@")[2]))
            answer = _head(asked)
    except (OSError, ValueError):
        return None
    place = re.search(r"(?im)^location:[ \t]*(\S+)", answer)
    return masked(place[1])[:200] if place and re.match(r"\w+/[\d.]+ 3\d\d", answer) else None


def _question(scheme: str, path: str, host: str) -> bytes:
    if scheme == "rtsp":
        return f"DESCRIBE rtsp://{host}{path} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode()
    return f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()


def _head(asked: socket.socket) -> str:
    """Return the answer's head, as far as it comes in a few pieces: who trickles is not waited for."""
    head = b""
    for _ in range(8):
        piece = asked.recv(MOST_BYTES)
        head += piece
        if not piece or b"\r\n\r\n" in head or len(head) >= MOST_BYTES:
            break
    return head[:MOST_BYTES].decode("latin-1")
