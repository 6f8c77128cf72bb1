"""`watchgrid up` and `watchgrid demo`: prepare one host, then supervise the processes of production."""

import argparse
import fcntl
import logging
import shutil
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from config.logging import set_up_logging
from config.redis_server import NoRedis, start_embedded_redis
from config.scaling import CannotScale, refuse_unscalable
from config.settings import Settings, load_settings
from config.supervisor import Child, GaveUp, python_module, stop_on_signals, supervise
from operations.audit import at_the_shell
from operations.cameras import BadCameraList, cameras_from_arguments, replace_listed_cameras
from operations.first_run import Login, ensure_county, ensure_logins
from operations.migrate import migrate
from operations.store import DatabaseDown, Engine, engine_from_url, writing

log = logging.getLogger(__name__)

LEAST_DISK_BYTES = 1 << 30
STATIC = Path(__file__).parent.parent / "api" / "static"


class CannotStart(Exception):
    """Something on this host must be changed first; the message says what."""


Calibrate = Callable[[str], dict[str, Any]]


def run(options: argparse.Namespace, calibrate: Calibrate | None = None) -> int:
    """Run everything on this host until a signal; return the exit code.

    calibrate: tells the calibration of a rendered camera by its source; for the demo.
    """
    settings = _settings(options)
    set_up_logging("watchgrid", settings.log_level)
    try:
        refuse_unscalable(settings)
        _check_host(settings)
        with _lock(settings.data_dir):
            engine = engine_from_url(settings.database)
            migrate(engine, datetime.now(UTC).date())
            logins = _prepare(engine, settings, options, calibrate)
            _supervise(settings, options.command == "demo", logins)
    except (CannotScale, CannotStart, NoRedis, BadCameraList) as error:
        print(error, file=sys.stderr)
        return 2
    except DatabaseDown as error:
        print(
            f"The database does not answer, check DATABASE_URL: {str(error.orig).splitlines()[0]}",
            file=sys.stderr,
        )
        return 2
    except GaveUp as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    overrides: dict[str, object] = {}
    if options.port:
        overrides["http_port"] = options.port
    if options.data_dir or options.command == "demo":
        overrides["data_dir"] = options.data_dir or Path("data/demo")
    return load_settings(**overrides)


def _check_host(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        settings.media.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"DATA_DIR {settings.data_dir} cannot be written: {error.strerror}.") from None
    if shutil.disk_usage(settings.data_dir).free < LEAST_DISK_BYTES:
        raise CannotStart(f"Less than 1 GiB is free where DATA_DIR {settings.data_dir} is: make room first.")
    if not (STATIC / "index.html").exists():
        raise CannotStart("The console is not built: run `make console` first.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.http_host, settings.http_port))
        except OSError:
            raise CannotStart(
                f"Port {settings.http_port} on {settings.http_host} is in use: stop what uses it, "
                f"or choose another with --port."
            ) from None


def _lock(data_dir: Path) -> IO[str]:
    lock = (data_dir / "watchgrid.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise CannotStart(
            f"Another Watchgrid runs in {data_dir}: stop it, or choose another --data-dir."
        ) from None
    return lock


def _prepare(
    engine: Engine, settings: Settings, options: argparse.Namespace, calibrate: Calibrate | None
) -> list[Login]:
    """Fill an empty database, and set up the cameras that the command names."""
    now = datetime.now(UTC)
    if options.command == "demo":
        from operations.demo.seed import prepare_demo

        return prepare_demo(engine, settings, options.seed, options.live_cameras, calibrate)
    cameras = cameras_from_arguments(options.camera, options.cameras)
    ensure_county(engine, now)
    logins = ensure_logins(engine, settings.data_dir, now)
    if cameras:
        with writing(engine) as session:
            replace_listed_cameras(session, cameras, at_the_shell(), now)
    return logins


def _supervise(settings: Settings, demo: bool, logins: Sequence[Login]) -> None:
    environment = {
        "DATABASE_URL": settings.database,
        "REDIS_URL": settings.redis if settings.redis_url else "",
        "DATA_DIR": str(settings.data_dir),
        "MEDIA_DIR": str(settings.media),
        "HTTP_PORT": str(settings.http_port),
        "DEMO": "true" if demo else "false",
    }
    logs = settings.data_dir / "logs"
    modules = ["operations", "api", "ingest", *(["operations.demo"] if demo else [])]
    children = [python_module(module, environment, logs / f"{module}.log") for module in modules]
    if not settings.redis_url:
        directory = settings.data_dir / "redis"
        redis = Child("redis", lambda: start_embedded_redis(directory), directory / "redis.log")
        children.insert(0, redis)
    stop = stop_on_signals()
    threading.Thread(target=_announce, args=(settings, logins, stop), daemon=True).start()
    supervise(children, stop)
    print("Stopped.")


def _announce(settings: Settings, logins: Sequence[Login], stop: threading.Event) -> None:
    """Print the address and the logins once the console answers."""
    url = f"http://{settings.http_host}:{settings.http_port}"
    print("Starting…", flush=True)
    started = time.monotonic()
    while not stop.wait(0.2):
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                break
        except (urllib.error.URLError, OSError):
            continue
    else:
        return
    lines = [f"\n  Watchgrid runs at  {url}   (ready after {time.monotonic() - started:.1f} s)\n"]
    lines += [f"    {login.role:<14} {login.login:<14} {login.password}" for login in logins]
    lines += [f"\n  Health: DATA_DIR={settings.data_dir} .venv/bin/watchgrid doctor"]
    lines += [f"  Logs:   {settings.data_dir / 'logs'}   Stop: Ctrl-C\n"]
    print("\n".join(lines), flush=True)
