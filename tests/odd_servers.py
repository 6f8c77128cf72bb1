"""Servers that misbehave, on real sockets: each answers connections by a script of its own."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

SDP_H264 = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:t\r\n"
)
SDP_WITHOUT_MEDIA = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n"

Script = Callable[[socket.socket], None]


@contextmanager
def odd_server(script: Script) -> Iterator["Visited"]:
    """Serve `script` to every connection while the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        visited = Visited(server.getsockname()[1])
        thread = threading.Thread(target=_accept, args=(server, script, visited))
        thread.start()
        try:
            yield visited
        finally:
            visited.closing.set()
            thread.join()


class Visited:
    """Where the server is, and how often it was called."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.times = 0
        self.closing = threading.Event()

    def url(self, scheme: str, path: str = "stream") -> str:
        return f"{scheme}://admin:s3cr3t@127.0.0.1:{self.port}/{path}"


def _accept(server: socket.socket, script: Script, visited: Visited) -> None:
    serving: list[threading.Thread] = []
    while not visited.closing.is_set():
        with contextlib.suppress(TimeoutError):
            connection, _ = server.accept()
            visited.times += 1
            connection.settimeout(2.0)
            serving.append(threading.Thread(target=_serve, args=(connection, script, visited)))
            serving[-1].start()
    for thread in serving:
        thread.join()


def _serve(connection: socket.socket, script: Script, visited: Visited) -> None:
    with connection, contextlib.suppress(OSError):
        script(connection)


def http_answer(head: str, body: bytes = b"", then: Script | None = None) -> Script:
    """Answer a request with these header lines and body, and go on with `then`."""

    def script(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(f"HTTP/1.1 {head}\r\n\r\n".encode() + body)
        if then:
            then(connection)

    return script


def trickle(content: bytes, every_s: float = 0.1) -> Script:
    """Send one byte after the other, slowly, for ever."""

    def script(connection: socket.socket) -> None:
        connection.settimeout(2.0)
        while True:
            for byte in content:
                connection.sendall(bytes([byte]))
                time.sleep(every_s)

    return script


def noise(connection: socket.socket) -> None:
    """Send random bytes until the other end has enough."""
    random = np.random.default_rng(3)
    while True:
        connection.sendall(random.bytes(65536))


def rtsp_answers(sdp: str, media: Script | None = None) -> Script:
    """Answer OPTIONS, DESCRIBE, SETUP and PLAY as a camera does that describes `sdp`; then send `media`."""

    def script(connection: socket.socket) -> None:
        for question in _questions(connection):
            verb = question.split(" ", 1)[0]
            extra, body = "", ""
            if verb == "DESCRIBE":
                extra, body = "Content-Type: application/sdp\r\n", sdp
            elif verb == "SETUP":
                extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
            elif verb == "PLAY":
                extra = "Session: 1\r\n"
            _answer(connection, question, "200 OK", extra, body)
            if verb == "PLAY" and media:
                media(connection)

    return script


def rtsp_redirects(to: Callable[[int], str]) -> Script:
    """Send whoever asks elsewhere; `to` is given the server's own port."""

    def script(connection: socket.socket) -> None:
        for question in _questions(connection):
            verb = question.split(" ", 1)[0]
            if verb == "OPTIONS":
                _answer(connection, question, "200 OK", "Public: DESCRIBE\r\n", "")
            else:
                place = to(connection.getsockname()[1])
                _answer(connection, question, "302 Moved Temporarily", f"Location: {place}\r\n", "")

    return script


def noisy_rtp(connection: socket.socket) -> None:
    """Send RTP packets, in order and in time, whose payload means nothing."""
    random, sequence = np.random.default_rng(4), 0
    while True:
        payload = random.bytes(1000)
        stamp = sequence // 5 * 3600
        header = bytes([0x80, 0x60 | (0x80 if sequence % 5 == 4 else 0)]) + sequence.to_bytes(2, "big")
        packet = header + stamp.to_bytes(4, "big") + b"\0\0\0\1" + payload
        connection.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)
        sequence = (sequence + 1) % 65536
        time.sleep(0.005)


def _questions(connection: socket.socket) -> Iterator[str]:
    waiting = b""
    while True:
        while b"\r\n\r\n" not in waiting:
            received = connection.recv(65536)
            if not received:
                return
            waiting += received
        question, _, waiting = waiting.partition(b"\r\n\r\n")
        yield question.decode(errors="replace")


def _answer(connection: socket.socket, question: str, status: str, extra: str, body: str) -> None:
    lines = question.splitlines()
    number = next((line for line in lines if line.lower().startswith("cseq")), "CSeq: 1")
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    connection.sendall(f"RTSP/1.0 {status}\r\n{number}\r\n{extra}{length}\r\n{body}".encode())
