"""Supervisor: starts the processes of one host, restarts one that dies, and stops them all together.

It knows commands, not rooms: what runs here is what production's orchestrator runs.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)

STOPS_WITHIN_S = 10.0
DEATHS_ALLOWED = 5
DEATHS_WINDOW_S = 60.0
PR_SET_PDEATHSIG = 1


class GaveUp(Exception):
    """A process died too often to be restarted again."""


@dataclass
class Child:
    """One supervised process: how it is started, and when it died."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    log_file: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    restart_at: float | None = None


def python_module(module: str, environment: Mapping[str, str], log_file: Path) -> Child:
    """Return a child that runs `python -m module`, its output in `log_file`, dying with this process."""

    def start() -> subprocess.Popen[bytes]:
        with log_file.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", module],
                env={**os.environ, **environment},
                stdout=output,
                stderr=output,
                process_group=0,  # Ctrl-C reaches the supervisor alone, which stops the children in order
                preexec_fn=die_with_parent,
            )

    log_file.parent.mkdir(parents=True, exist_ok=True)
    log_file.write_bytes(b"")
    return Child(module, start, log_file)


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed, so that kill -9 leaves no orphans."""
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "prctl"):
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def supervise(children: Sequence[Child], stop: threading.Event) -> None:
    """Run the children, in order, until `stop` is set; then stop them in the opposite order.

    A child that dies is started again after 1, 2, 4… s; raises GaveUp after five deaths in a minute.
    """
    try:
        while not stop.wait(0.2):
            for child in children:
                _attend(child, time.monotonic())
    finally:
        for child in reversed(children):
            _stop(child)


def _attend(child: Child, now: float) -> None:
    if child.process is None:
        if child.restart_at is None or now >= child.restart_at:
            child.process = child.start()
        return
    code = child.process.poll()
    if code is None:
        return
    child.process = None
    child.deaths = [death for death in child.deaths if now - death < DEATHS_WINDOW_S] + [now]
    if code == 2 or len(child.deaths) >= DEATHS_ALLOWED:
        raise GaveUp(f"{child.name} stopped with code {code}. {_last_words(child.log_file)}")
    wait_s = float(2 ** (len(child.deaths) - 1))
    child.restart_at = now + wait_s
    log.warning("%s died (code %s); starting it again in %.0f s", child.name, code, wait_s)


def _last_words(log_file: Path) -> str:
    lines = log_file.read_text(errors="replace").strip().splitlines() if log_file.exists() else []
    return "\n".join([f"The end of {log_file}:", *lines[-8:]]) if lines else ""


def _stop(child: Child) -> None:
    if child.process is None or child.process.poll() is not None:
        return
    child.process.terminate()
    try:
        child.process.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        log.warning("%s did not stop within %.0f s; killing it", child.name, STOPS_WITHIN_S)
        child.process.kill()
        child.process.wait()


def stop_on_signals() -> threading.Event:
    """Return an event that SIGINT and SIGTERM set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
