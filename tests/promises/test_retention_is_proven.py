"""Promise: what no case needs is gone after its days, and the trail proves it; what is left is told."""

import os
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from config.settings import Settings
from operations import media
from operations.closing import close_run_out
from operations.doctor import findings
from operations.intake import Known
from operations.retention import expire
from operations.store import Engine, reading, writing
from operations.tables import AuditRow, Case, SightingRow
from tests.conftest import Clock
from tests.village import PLATE, found_village, seen, take, watch_for

DAYS = 30
DAY_S = 86_400


def _world(engine: Engine, media_dir: Path, clock: Clock) -> dict[int, Path]:
    """A watched vehicle and two others pass on day 0 and on day 35; return the pictures by number."""
    found_village(engine, clock())
    watch_for(engine, PLATE, clock())
    files = {}
    for day in (0, 35):
        now = clock.move(day * DAY_S + 60)
        for number, plate in enumerate((PLATE, "皖C33333", None), day):
            key = media.put(media_dir, f"picture {number}".encode())
            files[number] = media.path(media_dir, key)
            os.utime(files[number], (now.timestamp(), now.timestamp()))
            sighting = seen(now, number, camera=f"C000{number % 5 + 1}", plate=plate, snapshot=key)
            assert take(engine, Known(), now, sighting).refused == []
    return files


def _proofs(engine: Engine) -> list[AuditRow]:
    with reading(engine) as session:
        wanted = select(AuditRow).where(AuditRow.action == "sightings.expired").order_by(AuditRow.id)
        return list(session.scalars(wanted))


def _retention_said(engine: Engine, clock: Clock, data_dir: Path) -> tuple[bool, str]:
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings(_env_file=None, data_dir=data_dir, database_url=url, redis_url="redis://127.0.0.1:1")
    found = list(findings(settings, clock()))
    (said,) = [each for each in found if each.what == "retention"]
    return said.well, said.words


def test_what_no_case_preserves_is_gone_and_the_trail_says_so(
    engine: Engine, clock: Clock, tmp_path: Path
) -> None:
    files = _world(engine, tmp_path, clock)
    assert _retention_said(engine, clock, tmp_path)[0] is False, "nobody deleted for five days"
    expire(engine, tmp_path, clock(), DAYS)
    with reading(engine) as session:
        plates = session.execute(
            select(SightingRow.plate).where(SightingRow.seen_at < clock() - timedelta(DAYS))
        )
        assert [plate for (plate,) in plates] == [PLATE], "kept: the case's alert hit it"
        assert session.scalar(select(func.count()).select_from(SightingRow)) == 4
    assert [number for number, file in files.items() if not file.exists()] == [1, 2]
    (proof,) = _proofs(engine)
    said = proof.details
    assert (said["sightings"], said["pictures"], said["preserved"]) == (2, 2, 1)
    assert (said["left_sightings"], said["left_pictures"]) == (0, 0)
    assert said["check"].startswith("0 sightings left before 2026-11-28T00:00:00.000Z save 1 preserved")
    well, words = _retention_said(engine, clock, tmp_path)
    assert well
    assert "1 sightings that open cases preserve" in words
    clock.move(27 * 3600)
    assert _retention_said(engine, clock, tmp_path)[0] is False, "it must speak every day"


def test_a_case_that_has_run_out_lets_go_of_what_it_preserved(
    engine: Engine, clock: Clock, tmp_path: Path
) -> None:
    files = _world(engine, tmp_path, clock)
    expire(engine, tmp_path, clock(), DAYS)
    clock.move(60 * DAY_S)  # the case was to end on day 90
    with writing(engine) as session:
        assert len(close_run_out(session, clock())) == 1
        assert session.get_one(Case, 1).state == "closed"
    expire(engine, tmp_path, clock(), DAYS)
    assert not any(file.exists() for file in files.values())
    assert _proofs(engine)[-1].details["preserved"] == 0


def test_a_picture_that_cannot_be_deleted_is_told(engine: Engine, clock: Clock, tmp_path: Path) -> None:
    files = _world(engine, tmp_path, clock)
    files[1].unlink()
    files[1].mkdir()  # what stands there is no file: unlinking it fails, as on a failing disk
    os.utime(files[1], (0, 0))
    expire(engine, tmp_path, clock(), DAYS)
    (proof,) = _proofs(engine)
    assert (proof.details["pictures"], proof.details["left_pictures"]) == (1, 2), (
        "found with its row and swept"
    )
    well, words = _retention_said(engine, clock, tmp_path)
    assert not well
    assert "still there" in words


def test_it_speaks_once_a_day_even_when_nothing_was_to_go(
    engine: Engine, clock: Clock, tmp_path: Path
) -> None:
    for hours, said in ((0, 1), (1, 1), (24, 2)):
        expire(engine, tmp_path, clock.move(hours * 3600), DAYS)
        assert len(_proofs(engine)) == said
