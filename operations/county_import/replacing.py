"""Replacing: what a generated county takes with it when a real one comes. A camera with a source stays."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, func, literal, or_, select, update

from operations.county_import.standing import REFERENCES, TABLES, Standing, Stood
from operations.store import Session
from operations.tables import (
    Alert,
    AlertSighting,
    Assignment,
    Camera,
    CameraHour,
    CaseSighting,
    CheckIn,
    DistressCall,
    EvidenceExport,
    KeyPlace,
    LearnedTraffic,
    LearnedUntil,
    Movement,
    PatrolPlan,
    PatrolRoute,
    PatrolStop,
    PublicCall,
    Quarantine,
    ReadCorrection,
    RoadClosure,
    SightingRow,
    StandingOrder,
    Table,
    Turn,
    UnitPosition,
)

AT_ONCE = 5_000  # ids in one statement
Ids = Mapping[str, Sequence[int]]


def going_of(
    here: Standing, same: Mapping[str, set[str]]
) -> tuple[dict[str, list[int]], dict[str, dict[str, Stood]]]:
    """Return the ids that go by layer, and the rows that stay.

    A row stays if the files hold the very same thing. A camera that a person gave a source stays anyway.
    """
    going: dict[str, list[int]] = {}
    base: dict[str, dict[str, Stood]] = {}
    for layer, rows in here.rows.items():
        base[layer] = {c: row for c, row in rows.items() if c in same.get(layer, ()) or _is_live(layer, row)}
        going[layer] = [row.id for code, row in rows.items() if code not in base[layer]]
    for layer, staying in base.items():
        for row in staying.values():
            for name, other in REFERENCES[layer].items():
                if other in base and row.values[name] not in base[other]:
                    row.values[name] = None  # what it referred to goes, even if a new one has its code
    return going, base


def _is_live(layer: str, row: Stood) -> bool:
    source = row.values.get("source")
    return layer == "cameras" and source is not None and not str(source).startswith("synthetic:")


def recorded_with(session: Session, going: Ids) -> dict[str, int]:
    """Return how many recorded rows would go, by what they are; none left out, none that are 0."""
    counts: dict[str, int] = {}
    for name, table, wanted in recorded(going):
        counts[name] = counts.get(name, 0) + (
            session.scalar(select(func.count()).select_from(table).where(wanted)) or 0
        )
    counts["patrol_plans"] = len(_plans_of(session, going))
    return {name: count for name, count in counts.items() if count}


def evidence_of(session: Session, cameras: Sequence[int]) -> int:
    """Return how many evidence files were made of alerts of these cameras."""
    return sum(
        session.scalar(
            select(func.count(EvidenceExport.id)).where(EvidenceExport.alert_id.in_(_alerts(part)))
        )
        or 0
        for part in _parts(cameras)
    )


def set_aside(session: Session, going: Ids) -> None:
    """Take their codes from the rows that go, so that new rows may have them before these are deleted."""
    for layer, table in TABLES.items():
        columns = table.__table__.c
        for part in _parts(going[layer]):
            aside = literal("~") + cast(columns.id, String)
            session.execute(update(table).where(columns.id.in_(part)).values(code=aside))


def delete_going(session: Session, going: Ids) -> None:
    """Delete the rows that go and all that refers to them. What was learned of the old roads is forgotten."""
    plans = _plans_of(session, going)
    for part in _parts(plans):
        session.execute(delete(PatrolPlan).where(PatrolPlan.id.in_(part)))
    for part in _parts(going["cameras"]):
        _forget_cameras(session, part)
    for _, table, wanted in recorded(going):
        session.execute(delete(table).where(wanted))
    for table in (Movement, Turn, LearnedTraffic, LearnedUntil, RoadClosure):
        session.execute(delete(table))
    _let_go(session, going)
    for layer in reversed(list(TABLES)):
        for part in _parts(going[layer]):
            session.execute(delete(TABLES[layer]).where(TABLES[layer].__table__.c.id.in_(part)))


def recorded(going: Ids) -> Iterator[tuple[str, type[Table], ColumnElement[bool]]]:
    """Yield (name, table, which) of all that was recorded, those that refer to others first."""
    for part in _parts(going["units"]):
        for name, table in (
            ("check_ins", CheckIn),
            ("unit_positions", UnitPosition),
            ("distress_calls", DistressCall),
        ):
            yield name, table, table.__table__.c.unit_id.in_(part)
        yield "assignments", Assignment, Assignment.unit_id.in_(part)
    for part in _parts(going["cameras"]):
        yield "assignments", Assignment, Assignment.alert_id.in_(_alerts(part))
        yield (
            "corrections",
            ReadCorrection,
            or_(ReadCorrection.camera_id.in_(part), ReadCorrection.alert_id.in_(_alerts(part))),
        )
        yield (
            "alert_sightings",
            AlertSighting,
            or_(AlertSighting.camera_id.in_(part), AlertSighting.alert_id.in_(_alerts(part))),
        )
        yield "alerts", Alert, Alert.camera_id.in_(part)
        yield "quarantines", Quarantine, Quarantine.camera_id.in_(part)
        yield "sightings", SightingRow, SightingRow.camera_id.in_(part)
    for part in _parts(going["grids"]):
        yield "public_calls", PublicCall, PublicCall.grid_id.in_(part)
        yield "key_places", KeyPlace, KeyPlace.grid_id.in_(part)
        yield "standing_orders", StandingOrder, StandingOrder.grid_id.in_(part)


def _forget_cameras(session: Session, cameras: Sequence[int]) -> None:
    """Delete what is only counted or preserved of these cameras."""
    seen = select(SightingRow.id).where(SightingRow.camera_id.in_(cameras))
    session.execute(delete(CaseSighting).where(CaseSighting.sighting_id.in_(seen)))
    session.execute(delete(CameraHour).where(CameraHour.camera_id.in_(cameras)))


def _let_go(session: Session, going: Ids) -> None:
    """Free rows that stay from those that go: they are given new ones afterwards, in the same transaction."""
    for part in _parts(going["points"]):
        session.execute(update(Camera).where(Camera.point_id.in_(part)).values(point_id=None))


def _plans_of(session: Session, going: Ids) -> list[int]:
    """Return the plans that lead through grids, or are driven by units, that go."""
    plans: set[int] = set()
    stops = select(PatrolRoute.plan_id).join(PatrolStop, PatrolStop.route_id == PatrolRoute.id)
    for part in _parts(going["grids"]):
        plans.update(session.scalars(stops.where(PatrolStop.grid_id.in_(part)).distinct()))
    for part in _parts(going["units"]):
        plans.update(
            session.scalars(select(PatrolRoute.plan_id).where(PatrolRoute.unit_id.in_(part)).distinct())
        )
    return sorted(plans)


def _alerts(cameras: Sequence[int]) -> Any:
    return select(Alert.id).where(Alert.camera_id.in_(cameras))


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
