"""Retention: old sightings and pictures go; what an open case needs stays."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update

from operations import media
from operations.intake import Known, take_messages
from operations.retention import Expired, expire, make_partitions
from operations.sightings import Sighting, to_json
from operations.store import Engine, partitions_before, reading, writing
from operations.stream import Message
from operations.tables import AlertSighting, AuditRow, Case, QueryRow, SightingRow
from operations.times import to_text
from tests.conftest import Clock
from tests.village import INVESTIGATOR, PLATE, found_village, seen, watch_for


def _take(engine: Engine, now: datetime, *sightings: Sighting) -> None:
    messages = [Message("0-1", to_json(sighting).encode()) for sighting in sightings]
    assert take_messages(engine, Known(), messages, now).refused == []


def _ids(engine: Engine) -> set[int]:
    with reading(engine) as session:
        return {int(name.rsplit(":", 1)[1]) for name in session.scalars(select(SightingRow.id))}


def _picture(media_dir: Path, content: bytes, stored_at: datetime) -> str:
    key = media.put(media_dir, content)
    os.utime(media.path(media_dir, key), (stored_at.timestamp(), stored_at.timestamp()))
    return key


def _world(engine: Engine, media_dir: Path, clock: Clock) -> None:
    """Sightings 1 to 4 of day 0: watched, asked for, neither, neither; 5 is of day 40."""
    found_village(engine, clock())
    watch_for(engine, PLATE, clock())
    now = clock.move(10)
    old = [_picture(media_dir, bytes([number]), now) for number in range(4)]
    _take(
        engine,
        now,
        seen(now, 1, snapshot=old[0]),
        seen(now, 2, plate="皖B22222", snapshot=old[1]),
        seen(now, 3, plate="皖C33333", snapshot=old[2]),
        seen(now, 4, plate=None, snapshot=old[3]),
    )
    question = {
        "plate": "皖B2*",
        "from": to_text(now - timedelta(days=1)),
        "to": to_text(now + timedelta(1)),
    }
    with writing(engine) as session:
        session.add(
            QueryRow(
                id="q",
                case_id=1,
                reason="盗窃案",
                asked_by=INVESTIGATOR.user_id,
                asked_at=now,
                question=question,
                result_count=1,
            )
        )
    later = clock.move(40 * 86_400)
    _take(engine, later, seen(later, 5, snapshot=_picture(media_dir, b"new", later)))


def test_old_sightings_go_and_those_of_open_cases_stay(engine: Engine, clock: Clock, tmp_path: Path) -> None:
    _world(engine, tmp_path, clock)
    assert expire(engine, tmp_path, clock(), 30) == Expired(sightings=2, pictures=2)
    assert _ids(engine) == {1, 2, 5}
    assert len(list(tmp_path.glob("*/*.jpg"))) == 3
    assert expire(engine, tmp_path, clock(), 30) == Expired(0, 0)
    with reading(engine) as session:
        (row,) = session.scalars(select(AuditRow).where(AuditRow.action == "sightings.expired")).all()
        assert row.details["sightings"] == 2


def test_when_the_case_is_closed_its_sightings_go_too(engine: Engine, clock: Clock, tmp_path: Path) -> None:
    _world(engine, tmp_path, clock)
    with writing(engine) as session:
        session.execute(update(Case).values(state="closed"))
    assert expire(engine, tmp_path, clock(), 30) == Expired(sightings=4, pictures=4)
    assert _ids(engine) == {5}
    with reading(engine) as session:
        assert session.scalars(select(AlertSighting.sighting_id)).all(), "that it was seen stays on record"
        assert partitions_before(session, clock().date() - timedelta(days=30)) == []


def test_partitions_are_made_ahead(engine: Engine, clock: Clock) -> None:
    make_partitions(engine, clock.move(100 * 86_400))
    with reading(engine) as session:
        ahead = [day for day in partitions_before(session, datetime.max.date()) if day >= clock().date()]
    assert len(ahead) == (8 if engine.dialect.name == "postgresql" else 0)
