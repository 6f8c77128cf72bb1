"""Promise: whoever changes the audit trail behind its back is found out by `watchgrid audit verify`."""

import pytest
import redis
from sqlalchemy import delete, update

from operations import audit_cli
from operations.relay import relay
from operations.store import Engine, writing
from operations.tables import AuditRow
from tests.conftest import Clock
from tests.village import PLATE, found_village, watch_for


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, engine: Engine, redis_url: str, database_url: str) -> Engine:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    return engine


def test_audit_tampering_is_told(
    environment: Engine, redis_client: redis.Redis, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    found_village(environment, clock())
    watch_for(environment, PLATE, clock())
    relay(environment, redis_client, clock())
    assert audit_cli.main(["verify"]) == 0
    assert capsys.readouterr().out == (
        "The audit trail is whole: 2 rows sealed, 0 newest are not sealed yet.\n"
    )
    with writing(environment) as session:
        session.execute(update(AuditRow).where(AuditRow.sequence == 2).values(actor="investigator"))
    assert audit_cli.main(["verify"]) == 1
    assert "BROKEN at row 2: its content was changed." in capsys.readouterr().out
    with writing(environment) as session:
        session.execute(delete(AuditRow).where(AuditRow.sequence == 2))
    assert audit_cli.main(["verify"]) == 1
    assert "BROKEN at row 2: rows after it are missing" in capsys.readouterr().out
