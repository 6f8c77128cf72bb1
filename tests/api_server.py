"""A real API for tests: uvicorn in a thread on a free port, on the village of village.py with all roles."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
import uvicorn
from shapely import box
from sqlalchemy import text

from api.app import build_app
from api.house import House, build_house
from config.settings import Settings
from operations.access import HASHER
from operations.sign_ins import sign_in
from operations.store import Engine, Session, writing
from operations.tables import CountyRow, RoadNetworkRow, User
from tests.services import wait_until
from tests.village import found_village, straight_road

PASSWORD = "correct horse battery"
PASSWORD_HASH = HASHER.hash(PASSWORD)


@dataclass
class Api:
    """A running API on the village; `as_user("operator")` is a client signed in by token."""

    url: str
    house: House
    user_ids: dict[str, int]
    clients: dict[str, httpx.Client] = field(default_factory=dict)

    def as_user(self, login: str) -> httpx.Client:
        if login not in self.clients:
            self.clients[login] = self.anonymous(Authorization=f"Bearer {self.token_of(login)}")
        return self.clients[login]

    def token_of(self, login: str) -> str:
        with writing(self.house.engine) as session:
            lasts = self.house.session_lasts
            return sign_in(session, self.user_ids[login], "test", lasts, self.house.now()).token

    def anonymous(self, **headers: str) -> httpx.Client:
        client = httpx.Client(base_url=self.url, headers=headers, timeout=10)
        self.clients[f"extra {len(self.clients)}"] = client
        return client

    def close(self) -> None:
        for client in self.clients.values():
            client.close()


def inhabit(engine: Engine, now: datetime) -> dict[str, int]:
    """Found the village, with its road and county, and users it lacks; return all users' ids by login."""
    found_village(engine, now)
    area = box(121.2, 28.1, 121.4, 28.2).wkb
    more = {"auditor": "auditor", "administrator": "administrator", "outsider": "investigator"}
    with writing(engine) as session:
        session.add_all(
            User(id=number, login=login, name=login, role=role, password_hash="-")
            for number, (login, role) in enumerate(more.items(), 6)
        )
        session.flush()
        users = session.query(User).all()
        for user in users:
            user.password_hash = PASSWORD_HASH
        roads = straight_road()
        session.add(RoadNetworkRow(version=roads.version, loaded_at=now, arrays=roads.to_bytes()))
        session.add(CountyRow(name="村", version="v1", generated=True, outline=area))
        keep_ids_ahead(session)
        return {user.login: user.id for user in users}


def keep_ids_ahead(session: Session) -> None:
    """Have PostgreSQL number what comes next after the rows that were added with ids of our own."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in ("users", "cases", "cameras", "units", "towns", "grids", "stations"):
        session.execute(text(f"SELECT setval('{table}_id_seq', 100)"))


@contextmanager
def running_api(
    engine: Engine,
    redis_url: str,
    now: Callable[[], datetime],
    data_dir: Path,
    users: bool = True,
    **settings: object,
) -> Iterator[Api]:
    """Yield an API on a free port, by default on an inhabited village; it stops with the block."""
    given = Settings(_env_file=None, redis_url=redis_url, data_dir=data_dir, **settings)
    house = build_house(given, engine, now)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(build_app(house), log_config=None, timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "the API listens", 10)
    api = Api(
        f"http://127.0.0.1:{listening.getsockname()[1]}", house, inhabit(engine, now()) if users else {}
    )
    try:
        yield api
    finally:
        api.close()
        house.feed.closing = True
        server.should_exit = True
        thread.join(10)
        listening.close()
