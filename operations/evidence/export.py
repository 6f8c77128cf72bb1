"""Export: a query's or an alert's sightings as a signed file, for a reason, kept in the audit trail first.

Who may is decided here; what the file is made of, in the other modules of this folder.
"""

import os
import tempfile
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import select, tuple_

from operations import audit
from operations.access import Person
from operations.alerts import AlertNotFound
from operations.cases import MAY_WORK_ON_CASES, is_member
from operations.evidence import signing
from operations.evidence.archive import Archive, sha256_of
from operations.evidence.origin import Json, alert_facts, query_facts, read_of
from operations.evidence.readings import Reading
from operations.facts import BadInput, CaseClosed, NotACaseMember, NotAllowed
from operations.quarantine import in_force
from operations.questions.asking import Look, answered
from operations.store import Engine, Session, reading, writing
from operations.tables import (
    Alert,
    AlertSighting,
    Camera,
    Case,
    EvidenceExport,
    Quarantine,
    SightingRow,
    WatchlistEntry,
)
from operations.times import to_text

MOST_SIGHTINGS = 500
Key = tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class Place:
    """What exporting needs of this installation. evidence_key: as EVIDENCE_KEY, may be empty."""

    media: Path
    data_dir: Path
    evidence_key: str
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants evidence, and why."""

    person: Person
    reason: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished file, which whoever serves it deletes; `sha256` of it all is in the trail."""

    id: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Content:
    """What goes into a file: of which case and query or alert, the sightings, and how many were left out."""

    case_id: int
    of: Json
    readings: Sequence[Reading]
    left_out: int


def export_query(engine: Engine, place: Place, query_id: str, asked: Asked, now: datetime) -> Exported:
    """Export what an answered query finds now. Raises as `answered`, and BadInput."""
    _check(asked)
    look = Look("query.exported", {"form": "evidence"})
    answer = answered(engine, query_id, asked.person, now, look)
    assert answer.found is not None
    kept = sorted(answer.found.kept, key=lambda key: key[::-1])[-MOST_SIGHTINGS:]
    items = {item["id"]: item for item in answer.found.items}
    reads = {key[0]: items.get(key[0], {}).get("read") for key in kept}
    with reading(engine) as session:
        content = Content(
            case_id=answer.row.case_id,
            of=query_facts(answer),
            readings=_readings(session, kept, reads),
            left_out=len(answer.found.kept) - len(kept),
        )
    return _export(engine, place, content, asked, now)


def export_alert(engine: Engine, place: Place, alert_id: int, asked: Asked, now: datetime) -> Exported:
    """Export the sightings of an alert: for supervisors and members of its case, which must be open.

    Raises AlertNotFound, CaseClosed, NotAllowed, NotACaseMember, BadInput.
    """
    _check(asked)
    with reading(engine) as session:
        alert = session.get(Alert, alert_id)
        if alert is None:
            raise AlertNotFound(alert_id)
        _may_see(session, session.get_one(Case, alert.case_id), asked.person, now)
        found = select(AlertSighting.sighting_id, AlertSighting.seen_at)
        found = found.where(AlertSighting.alert_id == alert_id).order_by(AlertSighting.seen_at)
        keys: list[Key] = [(sighting_id, seen_at) for sighting_id, seen_at in session.execute(found)]
        kept = keys[-MOST_SIGHTINGS:]
        entry = session.get_one(WatchlistEntry, alert.entry_id)
        content = Content(
            case_id=alert.case_id,
            of=alert_facts(session, alert, entry),
            readings=_readings(session, kept, dict.fromkeys((key[0] for key in kept), read_of(alert, entry))),
            left_out=len(keys) - len(kept),
        )
    return _export(engine, place, content, asked, now)


def _check(asked: Asked) -> None:
    if len(asked.reason.strip()) < 2:
        raise BadInput("reason", "say what the evidence is for")


def _may_see(session: Session, case: Case, person: Person, now: datetime) -> None:
    if case.state != "open" or case.ends_at <= now:
        raise CaseClosed(case.number)
    if person.role not in MAY_WORK_ON_CASES:
        raise NotAllowed(f"A {person.role} works on no cases.")
    if person.role != "supervisor" and not is_member(session, case.id, person.id):
        raise NotACaseMember(case.number)


def _export(engine: Engine, place: Place, content: Content, asked: Asked, now: datetime) -> Exported:
    """Write the file, then keep that it was made; without that row and its audit row nobody gets it."""
    key = signing.signing_key(place.data_dir, place.evidence_key)
    export_id = str(uuid.uuid4())
    with reading(engine) as session:
        facts = _facts(session, content, asked, now)
    facts = {"id": export_id, **facts, "signed_by": signing.as_json(signing.public_bytes(key))}
    handle, name = tempfile.mkstemp(prefix="watchgrid-evidence-", suffix=".zip")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            archive = Archive(target, place.media)
            archive.write(facts, content.readings, place.zone)
            archive.sign(key)
        exported = Exported(export_id, path, sha256_of(path))
        with writing(engine) as session:
            _keep(session, exported, content, asked, now)
    except BaseException:  # the edge of this file's life: whatever happened, nothing half-made stays
        path.unlink()
        raise
    return exported


def _facts(session: Session, content: Content, asked: Asked, now: datetime) -> Json:
    case = session.get_one(Case, content.case_id)
    head = audit.chain_end(session)
    return {
        "software": f"watchgrid {version('watchgrid')}",
        "made_at": to_text(now),
        "made_by": {"login": asked.person.login, "name": asked.person.name, "role": asked.person.role},
        "reason": asked.reason.strip(),
        "case": {
            "number": case.number,
            "title": case.title,
            "legal_basis": case.legal_basis,
            "opened_at": to_text(case.opened_at),
            "ends_at": to_text(case.ends_at),
        },
        "of": content.of,
        "audit_head": {"sequence": head.sequence, "hash": head.hash},
        "sightings": len(content.readings),
        "left_out": content.left_out,
        "most_sightings": MOST_SIGHTINGS,
    }


def _readings(session: Session, keys: Sequence[Key], reads: dict[str, Json | None]) -> list[Reading]:
    """Return the sightings with their cameras, in order of time; those deleted meanwhile are not there."""
    wanted = select(SightingRow, Camera).join(Camera, Camera.id == SightingRow.camera_id)
    wanted = wanted.where(tuple_(SightingRow.id, SightingRow.seen_at).in_(keys))
    if keys:  # so that PostgreSQL looks into the days of the keys only
        days = [seen_at for _, seen_at in keys]
        wanted = wanted.where(SightingRow.seen_at.between(min(days), max(days)))
    rows = session.execute(wanted.order_by(SightingRow.seen_at, SightingRow.id)).all()
    held = {row.id: _held(session, row) for row, _ in rows}
    doubts = _doubts(session, held.values())
    return [
        Reading(
            row,
            camera,
            reads.get(row.id) or {"plate": row.plate, "probability": 1.0, "why": []},
            doubts.get(held[row.id] or 0),
        )
        for row, camera in rows
    ]


def _held(session: Session, row: SightingRow) -> int | None:
    return in_force(session).holds(row.camera_id, row.plate, row.lane, row.seen_at)


def _doubts(session: Session, ids: Iterable[int | None]) -> dict[int, Json]:
    rows = session.scalars(select(Quarantine).where(Quarantine.id.in_(set(ids) - {None})))
    return {row.id: {"id": row.id, "kind": row.kind, "reason": row.reason} for row in rows}


def _keep(session: Session, exported: Exported, content: Content, asked: Asked, now: datetime) -> None:
    case = session.get_one(Case, content.case_id)
    of = {f"{content.of['kind']}_id": content.of["id"]}
    row = EvidenceExport(
        id=exported.id,
        case_id=case.id,
        made_by=asked.person.id,
        made_at=now,
        reason=asked.reason.strip(),
        sightings=len(content.readings),
        sha256=exported.sha256,
        **of,
    )
    session.add(row)
    audit.record(
        session,
        actor=asked.person.actor,
        now=now,
        action="evidence.exported",
        subject="evidence",
        subject_id=exported.id,
        case_number=case.number,
        reason=row.reason,
        details={**of, "count": row.sightings, "left_out": content.left_out, "sha256": row.sha256},
    )
