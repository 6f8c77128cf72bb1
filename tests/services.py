"""Real services for tests: a PostgreSQL cluster and a redis-server of our own, ended with the tests.

A missing service is a skip on a laptop and a failure in CI.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest

from config.redis_server import NoRedis, start_embedded_redis

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def missing(what: str) -> NoReturn:
    """Skip on a laptop, fail in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def shared_file(relative: str) -> Path:
    """Return a file of ../shared, or skip: footage is not part of the project."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"../shared/{relative} is not here")
    return path


def wait_until(condition: Callable[[], object], what: str, within_s: float = 60.0) -> None:
    """Look again and again until `condition` is true; fail, saying what was waited for."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s:.0f} s: {what}"
        time.sleep(0.01)


@contextmanager
def redis_server() -> Iterator[str]:
    """Yield the URL of a redis-server that lives as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix="wg-redis-"))
    try:
        process = start_embedded_redis(folder)
    except NoRedis as error:
        missing(str(error))
    try:
        yield f"unix://{folder / 'redis.sock'}"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """Yield a postgresql+psycopg:// URL without a database name: the caller creates and drops its own."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given.rstrip("/") + "/{database}"
        return
    binaries = _postgres_binaries()
    folder = Path(tempfile.mkdtemp(prefix="wg-pg-"))
    as_user = _as_postgres_user(folder)
    run = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    data = folder / "data"
    subprocess.run(
        [*as_user, binaries / "initdb", "-D", data, "-U", "watchgrid", "-A", "trust", "--no-sync"], **run
    )
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
    control = [*as_user, binaries / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], **run)
    try:
        yield f"postgresql+psycopg://watchgrid@/{{database}}?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **run)
        shutil.rmtree(folder, ignore_errors=True)


def create_database(cluster: str, name: str, template: str = "template1") -> str:
    """Create a database as a copy of another and return its URL."""
    _administer(cluster, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return cluster.format(database=name)


def drop_database(cluster: str, name: str) -> None:
    """Drop a database, whoever is still connected."""
    _administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(cluster: str, statement: str) -> None:
    plain = cluster.format(database="postgres").replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)


def _postgres_binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    missing("No PostgreSQL here: install it (apt-get install postgresql) or set TEST_POSTGRES_URL.")


def _as_postgres_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root; then its own user runs it."""
    if os.geteuid() != 0:
        return []
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        missing("PostgreSQL cannot run as root and there is no user postgres.")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["runuser", "-u", "postgres", "--"]
