"""Evidence over HTTP: who may export what, that it is in the trail, and that what comes out verifies."""

import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from operations import media, quarantine
from operations.evidence.verify import Verdict, verify
from operations.intake import Known
from operations.quarantine import NewQuarantine
from operations.store import reading, writing
from operations.tables import AuditRow, EvidenceExport
from tests.api_server import Api
from tests.conftest import START, Clock
from tests.evidence_files import picture, sha256, unpacked
from tests.village import CASE, PLATE, SUPERVISOR, seen, take, watch_for

REASON = {"reason": "移送检察院"}


@pytest.fixture
def driven(api: Api, clock: Clock) -> Api:
    """PLATE, watched, passes three cameras; the second picture is lost, the third altered on disk."""
    engine = api.house.engine
    watch_for(engine, PLATE, clock())
    keys = [media.put(api.house.media, picture(number)) for number in (1, 2, 3)]
    media.path(api.house.media, keys[1]).unlink()
    media.path(api.house.media, keys[2]).write_bytes(picture(4))
    sightings = [
        seen(clock.move(120), n, f"C000{n}", snapshot=key, clock_offset_s=2.0)
        for n, key in enumerate(keys, 1)
    ]
    assert take(engine, Known(), clock(), *sightings).raised == [1]
    return api


def _checked(answer: httpx.Response, folder: Path) -> tuple[Verdict, dict[str, bytes]]:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    file = folder / "evidence.zip"
    file.write_bytes(answer.content)
    verdict = verify(file)
    assert verdict.alterations == []
    return verdict, unpacked(file)


def _asked(api: Api) -> str:
    span = {"from": (START - timedelta(days=1)).isoformat(), "to": (START + timedelta(days=1)).isoformat()}
    asked = {"case_number": CASE, "reason": "连环盗窃案", "plate": PLATE, **span}
    return api.as_user("investigator").post("/api/v1/queries", json=asked).json()["id"]


def _trail(api: Api) -> list[AuditRow]:
    with reading(api.house.engine) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "evidence.exported"))
        return list(rows.all())


def test_a_querys_evidence_says_what_was_asked_and_found(driven: Api, tmp_path: Path, clock: Clock) -> None:
    with writing(driven.house.engine) as session:
        new = NewQuarantine(3, "person", "车道误读", START, lane=1)
        held = quarantine.put_in(session, SUPERVISOR, new, clock())
    query_id = _asked(driven)
    url = f"/api/v1/queries/{query_id}/evidence"
    answer = driven.as_user("investigator").post(url, json=REASON)
    verdict, entries = _checked(answer, tmp_path)
    said = verdict.manifest
    assert said is not None
    assert (said["case"]["number"], said["case"]["legal_basis"]) == (CASE, "立案决定书 2026-142")
    assert (said["of"]["id"], said["of"]["asked_by"], said["reason"]) == (
        query_id,
        "investigator",
        "移送检察院",
    )
    assert (said["sightings"], said["left_out"]) == (3, 0)
    assert {lack["why"] for lack in said["pictures_lacking"]} == {
        "not kept any more",
        "altered since it was stored",
    }
    found = json.loads(entries["readings.json"])
    assert [one["camera"]["code"] for one in found] == ["C0001", "C0002", "C0003"]
    assert [one["snapshot"] is not None for one in found] == [True, False, False]
    assert [one["quarantined"] for one in found][2] == {"id": held.id, "kind": "person", "reason": "车道误读"}
    assert found[0]["characters"][0] == {"char": "浙", "confidence": 0.97}
    (row,) = _trail(driven)
    assert (row.actor, row.case_number, row.reason) == ("investigator", CASE, "移送检察院")
    assert row.details["sha256"] == sha256(answer.content)
    with reading(driven.house.engine) as session:
        kept = session.scalars(select(EvidenceExport)).one()
        assert (kept.query_id, kept.sightings, kept.sha256) == (query_id, 3, row.details["sha256"])


def test_an_alerts_evidence_is_for_supervisors_and_its_case(driven: Api, tmp_path: Path) -> None:
    url = "/api/v1/alerts/1/evidence"
    for login in ("supervisor-2", "investigator"):
        verdict, _ = _checked(driven.as_user(login).post(url, json=REASON), tmp_path)
        assert verdict.manifest is not None
        of = verdict.manifest["of"]
        assert (of["kind"], of["asked_by"], of["approvals"][0]["user"]) == (
            "alert",
            "investigator",
            "supervisor",
        )
    for login in ("outsider", "operator", "administrator", "auditor"):
        assert driven.as_user(login).post(url, json=REASON).status_code == 403, login
    assert [row.actor for row in _trail(driven)] == ["supervisor-2", "investigator"]


def test_what_may_not_leave_does_not(driven: Api) -> None:
    query_id = _asked(driven)
    url = f"/api/v1/queries/{query_id}/evidence"
    investigator = driven.as_user("investigator")
    assert driven.as_user("outsider").post(url, json=REASON).status_code == 403
    assert investigator.post(url, json={"reason": " "}).json()["field"] == "reason"
    assert investigator.post("/api/v1/queries/none/evidence", json=REASON).status_code == 404
    assert investigator.post("/api/v1/alerts/77/evidence", json=REASON).status_code == 404
    driven.as_user("supervisor").post("/api/v1/cases/1/close", json={"reason": "结案"})
    assert investigator.post(url, json=REASON).status_code == 409
    assert investigator.post("/api/v1/alerts/1/evidence", json=REASON).status_code == 409
    assert _trail(driven) == []
