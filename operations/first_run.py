"""The first run on an empty database: a county and one login per role. Never touches what is there."""

import json
import logging
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from geo.generator import generate
from operations.access import ROLES, NewUser, add_user
from operations.audit import SYSTEM
from operations.county import store_county
from operations.media import write_whole
from operations.patrolling.shifts import ensure_shifts
from operations.store import Engine, reading, writing
from operations.tables import CountyRow, Unit, User

log = logging.getLogger(__name__)

NAMES = {
    "operator": "值班员",
    "patrol": "巡逻队员",
    "investigator": "侦查员",
    "supervisor": "指挥长",
    "auditor": "审计员",
    "administrator": "管理员",
}
DEFAULT_SEED = 7


@dataclass(frozen=True, slots=True)
class Login:
    login: str
    password: str
    role: str


def ensure_county(engine: Engine, now: datetime, seed: int = DEFAULT_SEED) -> None:
    """Store the generated county when there is none yet."""
    with reading(engine) as session:
        if session.scalar(select(CountyRow.id)) is not None:
            return
    print("No county is imported yet: generating one of the real size…", flush=True)
    county = generate(seed)
    with writing(engine) as session:
        store_county(session, county, now)
        ensure_shifts(session)


def ensure_logins(engine: Engine, data_dir: Path, now: datetime) -> list[Login]:
    """Create one login per role when there are no users; return what the first run created, if it is kept."""
    kept = data_dir / "first-logins.json"
    with writing(engine) as session:
        if session.scalar(select(User.id).limit(1)) is None:
            logins = [Login(role, f"{role}-{secrets.token_hex(3)}", role) for role in ROLES]
            for login in logins:
                new = NewUser(login.login, NAMES[login.role], login.role, login.password)
                user = add_user(session, new, SYSTEM, now)
                if login.role == "patrol":
                    _give_unit(session.scalar(select(Unit).order_by(Unit.id).limit(1)), user)
            content = json.dumps({"items": [asdict(login) for login in logins]}, indent=1)
            write_whole(kept, content.encode())
            kept.chmod(0o600)
    return read_logins(kept)


def read_logins(kept: Path) -> list[Login]:
    """Return the logins that the first run kept in a file; none when it was deleted, as it should be."""
    if not kept.exists():
        return []
    return [Login(**item) for item in json.loads(kept.read_text())["items"]]


def _give_unit(unit: Unit | None, user: User) -> None:
    if unit:
        unit.user_id = user.id
