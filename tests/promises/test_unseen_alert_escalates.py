"""Promise: an alert that nobody acknowledges is raised to others, three times, and each time is on record."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from operations import alerts
from operations.intake import Known
from operations.store import Engine, reading, writing
from operations.tables import Alert, AuditRow
from tests.conftest import Clock
from tests.village import OPERATOR, PLATE, found_village, seen, take, watch_for


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    """A village with one new alert (id 1)."""
    found_village(engine, clock())
    watch_for(engine, PLATE, clock())
    take(engine, Known(), clock(), seen(clock(), 1))
    return engine


def test_an_alert_nobody_sees_escalates_three_times(village: Engine, clock: Clock) -> None:
    def escalate() -> list[int]:
        with writing(village) as session:
            return alerts.escalate(session, clock(), 60)

    clock.move(59)
    assert escalate() == []
    for _ in range(3):
        clock.move(60)
        assert escalate() == [1]
        assert escalate() == []
    clock.move(3600)
    assert escalate() == [], "the third is the last"
    with reading(village) as session:
        assert session.get_one(Alert, 1).escalation_level == 3
        told = select(AuditRow.details).where(AuditRow.action == "alert.escalated").order_by(AuditRow.id)
        assert session.scalars(told).all() == [{"level": 1}, {"level": 2}, {"level": 3}]


def test_an_acknowledged_alert_does_not_escalate(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        alerts.acknowledge(session, 1, OPERATOR, clock())
    with writing(village) as session:
        assert alerts.escalate(session, clock() + timedelta(hours=1), 60) == []
