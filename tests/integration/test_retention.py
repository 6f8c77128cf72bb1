"""Retention: old sightings and pictures go; what an open case needs stays; what is left is looked for."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from alembic import command
from sqlalchemy import JSON, column, delete, insert, select, table, text, update

from operations import media, verdicts
from operations.intake import Known
from operations.migrate import _config
from operations.questions.preserved import preserve
from operations.retention import Expired, expire, make_partitions
from operations.store import Engine, partitions_before, reading, writing
from operations.tables import (
    AlertSighting,
    AuditRow,
    Case,
    CaseSighting,
    QueryRow,
    ReadCorrection,
    SightingRow,
    UtcTime,
)
from operations.times import to_text
from operations.verdicts import Said
from tests.conftest import Clock
from tests.village import INVESTIGATOR, OPERATOR, PLATE, found_village, seen, take, watch_for

DAYS = 30


def _ids(engine: Engine) -> set[int]:
    with reading(engine) as session:
        return {int(name.rsplit(":", 1)[1]) for name in session.scalars(select(SightingRow.id))}


def _picture(media_dir: Path, content: bytes, stored_at: datetime) -> str:
    key = media.put(media_dir, content)
    os.utime(media.path(media_dir, key), (stored_at.timestamp(), stored_at.timestamp()))
    return key


def _world(engine: Engine, media_dir: Path, clock: Clock) -> None:
    """Sightings 1 to 4 of day 0: watched, found by a question, neither, neither; 5 is of day 40."""
    found_village(engine, clock())
    watch_for(engine, PLATE, clock())
    now = clock.move(10)
    old = [_picture(media_dir, bytes([number]), now) for number in range(4)]
    asked_for = seen(now, 2, plate="皖B22222", snapshot=old[1])
    others = seen(now, 3, plate="皖C33333", snapshot=old[2]), seen(now, 4, plate=None, snapshot=old[3])
    assert take(engine, Known(), now, seen(now, 1, snapshot=old[0]), asked_for, *others).refused == []
    with writing(engine) as session:
        preserve(session, 1, "a question", [(asked_for.id, asked_for.seen_at)])
        verdicts.confirm(session, 1, Said(), OPERATOR, now)
    later = clock.move(40 * 86_400)
    new = seen(later, 5, snapshot=_picture(media_dir, b"new", later))
    assert take(engine, Known(), later, new).refused == []


def test_old_sightings_go_and_those_of_open_cases_stay(engine: Engine, clock: Clock, tmp_path: Path) -> None:
    _world(engine, tmp_path, clock)
    assert expire(engine, tmp_path, clock(), DAYS) == Expired(sightings=2, pictures=2, plates=1)
    assert _ids(engine) == {1, 2, 5}
    assert len(list(tmp_path.glob("*/*.jpg"))) == 3
    assert expire(engine, tmp_path, clock(), DAYS) == Expired(0, 0)
    with reading(engine) as session:
        (row,) = session.scalars(select(AuditRow).where(AuditRow.action == "sightings.expired")).all()
        assert (row.details["sightings"], row.details["preserved"]) == (2, 2)
        assert len(session.scalars(select(ReadCorrection.id)).all()) == 1


def test_when_the_case_is_closed_its_sightings_go_too(engine: Engine, clock: Clock, tmp_path: Path) -> None:
    _world(engine, tmp_path, clock)
    with writing(engine) as session:
        session.execute(update(Case).values(state="closed"))
    assert expire(engine, tmp_path, clock(), DAYS) == Expired(sightings=4, pictures=4, plates=2)
    assert _ids(engine) == {5}
    with reading(engine) as session:
        assert session.scalars(select(AlertSighting.sighting_id)).all(), "that it was seen stays on record"
        assert session.scalars(select(ReadCorrection.id)).all() == []
        assert partitions_before(session, clock().date() - timedelta(days=DAYS)) == []


def test_a_picture_stored_again_stays_for_the_newer_sighting(
    engine: Engine, clock: Clock, tmp_path: Path
) -> None:
    found_village(engine, clock())
    key = _picture(tmp_path, b"the same picture", clock())
    take(engine, Known(), clock(), seen(clock(), 1, snapshot=key))
    now = clock.move(40 * 86_400)
    _picture(tmp_path, b"the same picture", now)
    take(engine, Known(), now, seen(now, 2, snapshot=key))
    assert expire(engine, tmp_path, now, DAYS) == Expired(sightings=1, pictures=0)
    assert media.path(tmp_path, key).exists()


def test_partitions_are_made_ahead(engine: Engine, clock: Clock) -> None:
    make_partitions(engine, clock.move(100 * 86_400))
    with reading(engine) as session:
        ahead = [day for day in partitions_before(session, datetime.max.date()) if day >= clock().date()]
    assert len(ahead) == (8 if engine.dialect.name == "postgresql" else 0)


def test_an_older_database_keeps_what_its_questions_found(engine: Engine, clock: Clock) -> None:
    """Retention of before asked the questions of open cases again; since 0005 what they found is kept."""
    found_village(engine, clock())
    take(engine, Known(), clock(), seen(clock(), 1), seen(clock(), 2, plate="皖B22222"))
    config = _config()
    with writing(engine) as session:
        session.execute(delete(CaseSighting))
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "0004")
        asked = {
            "plate": "皖B?2*",
            "from": to_text(clock() - timedelta(1)),
            "to": to_text(clock() + timedelta(1)),
        }
        columns = ("id", "case_id", "reason", "asked_by", "result_count")
        queries = table(
            "queries", *map(column, columns), column("asked_at", UtcTime()), column("question", JSON())
        )
        old = {"id": "q", "case_id": 1, "reason": "盗窃案", "asked_by": INVESTIGATOR.user_id}
        session.execute(insert(queries).values(**old, result_count=1, asked_at=clock(), question=asked))
        command.upgrade(config, "head")
    with reading(engine) as session:
        (kept,) = session.scalars(select(CaseSighting)).all()
        assert (kept.found_by, kept.sighting_id[-2:]) == ("q", ":2")
        assert session.scalar(select(QueryRow.answered_at)) == clock()
        assert session.scalar(text("SELECT count(*) FROM plates")) == 2
