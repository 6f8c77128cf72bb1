"""The doctor: says what is wrong in one sentence with the fix, and nothing when all is well."""

from datetime import UTC, datetime
from pathlib import Path

import redis

from config.settings import Settings
from operations.doctor import Finding, findings
from operations.evidence import signing
from operations.store import Engine, writing
from operations.tables import Camera, Grid, Town

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def wrong(settings: Settings) -> dict[str, str]:
    found: list[Finding] = list(findings(settings, NOW))
    return {finding.what: finding.words for finding in found if not finding.well}


def test_an_empty_machine_is_told_what_to_do(tmp_path: Path) -> None:
    said = wrong(Settings(data_dir=tmp_path / "nowhere"))
    assert "watchgrid up" in said["disk"]
    assert "watchgrid migrate" in said["database"]
    assert "does not answer" in said["redis"]


def test_an_unreachable_database_is_named(tmp_path: Path) -> None:
    said = wrong(
        Settings(data_dir=tmp_path, database_url=f"postgresql://nobody@/none?host={tmp_path}", redis_url="")
    )
    assert "DATABASE_URL" in said["database"]


def test_a_blind_camera_dead_letters_and_missing_workers_are_told(
    engine: Engine, database_url: str, redis_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    with writing(engine) as session:
        session.add(Town(id=1, code="T1", name="望城街道", kind="town", geometry=b""))
        session.flush()
        session.add(Grid(id=1, code="G1", name="一", town_id=1, geometry=b""))
        session.flush()
        place = {"town_id": 1, "grid_id": 1, "lon": 121.4, "lat": 29.1, "heading_deg": 0.0}
        session.add(
            Camera(
                code="C1",
                name="c",
                kind="hd",
                view_deg=60.0,
                range_m=80.0,
                source="rtsp://x",
                enabled=True,
                state="offline",
                state_reason="the camera does not answer",
                **place,
            )
        )
    redis_client.xadd("sightings.dead", {"json": "{", "reason": "no JSON", "id": "0-1"})
    settings = Settings(data_dir=tmp_path, database_url=database_url, redis_url=redis_url)
    said = wrong(settings)
    assert said["camera"] == "C1 is offline: the camera does not answer"
    assert "no JSON" in said["dead letters"]
    assert "python -m ingest" in said["workers"]
    assert "watchgrid user add" in said["users"]
    assert "audit log" not in said


def test_the_key_that_evidence_is_signed_with_is_shown_and_must_be_its_owners_own(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    shown = next(finding for finding in findings(settings, NOW) if finding.what == "evidence")
    assert shown == Finding("evidence", True, "no key yet: the first export makes one")
    key = signing.signing_key(tmp_path)
    shown = next(finding for finding in findings(settings, NOW) if finding.what == "evidence")
    assert shown.words == f"signed by key {signing.fingerprint(signing.public_bytes(key))}"
    (tmp_path / signing.KEY_FILE).chmod(0o644)
    assert "chmod 600" in wrong(settings)["evidence"]
