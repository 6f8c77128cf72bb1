"""The camera's own clock: how far off it is, how fast it goes wrong; asked for where no stream tells it."""

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from ingest.health_vocabulary import WELL, Health
from ingest.pace import Pace

CLOCK_OFF_S = 5.0
ASK_EVERY_S = 3600.0
ASK_FIRST_AFTER_S = 20.0
ASK_TIMEOUT_S = 3.0
NOTE_EVERY_S = 60.0
DRIFT_AFTER_S = 3600.0
LEAST_DRIFT_S = 1.5
"""A clock that was asked is told in whole seconds: less is no drift."""
PORTS = {"rtsp": 554, "http": 80}

Now = Callable[[], datetime]


class ClockJudge:
    """Judges one camera's clock."""

    def __init__(self) -> None:
        self._first: tuple[float, float] | None = None
        self._last: tuple[float, float] | None = None

    def see(self, t_s: float, offset_s: float | None) -> Health:
        """Return the state by the camera's clock minus ours at t_s; a wrong one with its drift if known."""
        if offset_s is None:
            return WELL
        self._note(t_s, offset_s)
        if abs(offset_s) <= CLOCK_OFF_S:
            return WELL
        why: dict[str, object] = {"code": "clock_off", "offset_s": round(offset_s, 1)}
        words = f"The camera's clock is {abs(offset_s):.0f} s {'ahead' if offset_s > 0 else 'behind'}"
        drift_s = self.drift_s_per_day
        if drift_s is not None:
            why["drift_s_per_day"] = round(drift_s, 1)
            words += f" and {'gains' if drift_s > 0 else 'loses'} {abs(drift_s):.1f} s a day"
        return Health("wrong_clock", f"{words}: set its time server.", why)

    @property
    def drift_s_per_day(self) -> float | None:
        """How much the clock gains; None until it has been seen for an hour, and where it hardly does."""
        if self._first is None or self._last is None:
            return None
        (then_s, before), (at_s, offset_s) = self._first, self._last
        if at_s - then_s < DRIFT_AFTER_S or abs(offset_s - before) < LEAST_DRIFT_S:
            return None
        return (offset_s - before) * 86_400 / (at_s - then_s)

    def _note(self, t_s: float, offset_s: float) -> None:
        if self._last is not None and abs(offset_s - self._last[1]) > CLOCK_OFF_S:
            self._first = None  # it was set: what it did before says nothing
        if self._first is None:
            self._first = t_s, offset_s
        if self._last is None or self._first[0] == t_s or t_s - self._last[0] >= NOTE_EVERY_S:
            self._last = t_s, offset_s


class AskedClock:
    """Asks one camera for its time, beside its stream, once an hour at most."""

    def __init__(self, url: str, pace: Pace, stop: threading.Event, now: Now) -> None:
        self.offset_s: float | None = None
        self._url, self._pace, self._stop, self._now = url, pace, stop, now
        self._next_s = ASK_FIRST_AFTER_S
        self._can_tell = urlsplit(url).scheme in PORTS

    def ask_if_due(self, t_s: float) -> None:
        """Ask in a thread of its own if it is time; t_s: seconds that the camera has been watched."""
        if self._can_tell and t_s >= self._next_s:
            self._next_s = t_s + ASK_EVERY_S
            threading.Thread(target=self._ask, name="camera clock", daemon=True).start()

    def _ask(self) -> None:
        if self._pace.wait(self._stop):
            self.offset_s = asked_offset_s(self._url, self._now)


def asked_offset_s(url: str, now: Now) -> float | None:
    """Return the camera's clock minus ours, to a second, by the Date of its answer; None: it does not say.

    Sends one OPTIONS (rtsp) or HEAD (http) without a password: the answer need not be a yes.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if parts.scheme == "rtsp":
        question = f"OPTIONS rtsp://{address}{parts.path} RTSP/1.0\r\nCSeq: 1\r\n\r\n"
    else:
        question = f"HEAD {parts.path or '/'} HTTP/1.0\r\nHost: {address}\r\n\r\n"
    try:
        with socket.create_connection((host, port), timeout=ASK_TIMEOUT_S) as connection:
            asked = now()
            connection.sendall(question.encode())
            answer = connection.recv(4096).decode("latin-1")
            middle_s = (asked.timestamp() + now().timestamp()) / 2
        said = next(line for line in answer.splitlines() if line.lower().startswith("date:"))
        told = parsedate_to_datetime(said.split(":", 1)[1].strip())
    except (OSError, ValueError, StopIteration):
        return None
    told = told.replace(tzinfo=UTC) if told.tzinfo is None else told
    return told.timestamp() + 0.5 - middle_s  # a Date is cut to the second
