"""Applying: a dry run without errors into the database, whole, in the caller's transaction, and audited."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import delete, insert, select, update

from geo.grids import index_areas
from operations.audit import Actor, record
from operations.county_import.comparing import LayerChange, Trial
from operations.county_import.replacing import delete_going, set_aside
from operations.county_import.standing import REFERENCES, TABLES, standing
from operations.facts import Conflict, NotAllowed
from operations.patrolling.shifts import ensure_shifts
from operations.store import Session, take_turn
from operations.tables import (
    CountyRow,
    Grid,
    KeyPlace,
    PublicCall,
    RoadNetworkRow,
    Shift,
    Station,
    Table,
    Unit,
)

DEFAULT_NAME = "本县"
Ids = dict[str, dict[str, int]]


class ImportHasErrors(Conflict):
    """The dry run found errors."""

    def __init__(self, errors: int) -> None:
        super().__init__(
            f"The files have {errors} errors: correct them and upload them again. Nothing was imported."
        )


class CountyChangedMeanwhile(Conflict):
    """The county is not as it was when the dry run was made."""

    def __init__(self) -> None:
        super().__init__("The county was changed since the dry run: make it again. Nothing was imported.")


def apply(session: Session, trial: Trial, actor: Actor, now: datetime) -> None:
    """Import what the dry run found. Raises NotAllowed, ImportHasErrors, CountyChangedMeanwhile."""
    if actor.role not in ("administrator", "system"):
        raise NotAllowed(f"A {actor.role} may not import a county.")
    if not trial.can_apply:
        raise ImportHasErrors(trial.found.count("error"))
    if not take_turn(session, "county import") or standing(session).fingerprint != trial.fingerprint:
        raise CountyChangedMeanwhile
    replaced = any(trial.going.values())
    if replaced:
        set_aside(session, trial.going)
    _write(session, trial)
    if replaced:
        delete_going(session, trial.going)
    _rehome_demand(session, trial)
    ensure_shifts(session)
    _write_roads(session, trial, now)
    county = _write_county(session, trial)
    record(
        session,
        actor=actor,
        now=now,
        action="county.imported",
        subject="county",
        subject_id=county.id,
        details=_said(trial),
    )


def _write(session: Session, trial: Trial) -> None:
    """Insert and update all layers; a layer's ids are known before what refers to it is written."""
    ids: Ids = {"shifts": {str(code): int(i) for code, i in session.execute(select(Shift.code, Shift.id))}}
    for layer, table in TABLES.items():
        change = trial.layers[layer]
        if change.changed:
            rows = [{"id": number} | _columns(layer, values, ids) for number, values in change.changed]
            if layer == "units":
                _put_at_station(session, _silent(session, rows))
            session.execute(update(table), rows)
        if change.new:
            rows = [_columns(layer, values, ids) for values in change.new]
            if layer == "units":
                _put_at_station(session, rows)
            session.execute(insert(table), rows)
        session.flush()
        columns = table.__table__.c
        found = session.execute(select(columns.code, columns.id)).all()
        ids[layer] = {str(code): int(number) for code, number in found}


def _columns(layer: str, values: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """Return values as columns: shapes as WKB, codes of other rows as their ids."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        if name in REFERENCES[layer]:
            columns[f"{name}_id"] = None if value is None else ids[REFERENCES[layer][name]][value]
        else:
            columns[name] = shapely.to_wkb(value) if name == "geometry" else value
    return columns


def _silent(session: Session, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those rows of units that get another station and have never said where they are."""
    silent = set(session.scalars(select(Unit.id).where(Unit.position_at.is_(None))))
    return [row for row in rows if "station_id" in row and row["id"] in silent]


def _put_at_station(session: Session, rows: list[dict[str, Any]]) -> None:
    """Give units the place of their station."""
    places = {row.id: row for row in session.execute(select(Station.id, Station.lon, Station.lat))}
    for row in rows:
        station = places[row["station_id"]]
        row |= {"lon": station.lon, "lat": station.lat}


def _rehome_demand(session: Session, trial: Trial) -> None:
    """Give key places and calls the grids in which they lie from now on; those outside keep theirs."""
    if not (_writes(trial.layers["grids"]) or _writes(trial.layers["towns"])):
        return
    grids = session.execute(select(Grid.id, Grid.town_id, Grid.geometry).order_by(Grid.id)).all()
    index = index_areas(shapely.from_wkb([grid.geometry for grid in grids]))
    for table, with_town in ((KeyPlace, True), (PublicCall, False)):
        _rehome(session, table, with_town, [(grid.id, grid.town_id) for grid in grids], index)


def _rehome(
    session: Session, table: type[Table], with_town: bool, grids: list[tuple[int, int]], index: Any
) -> None:
    c = table.__table__.c
    rows = session.execute(select(c.id, c.lon, c.lat, c.grid_id)).all()
    if not rows:
        return
    found = index.locate([row.lon for row in rows], [row.lat for row in rows])
    moved = []
    for row, at in zip(rows, found.tolist(), strict=True):
        if at >= 0 and (with_town or grids[at][0] != row.grid_id):
            moved.append(
                {"id": row.id, "grid_id": grids[at][0]} | ({"town_id": grids[at][1]} if with_town else {})
            )
    if moved:
        session.execute(update(table), moved)


def _writes(change: LayerChange) -> bool:
    return bool(change.new or change.changed)


def _write_roads(session: Session, trial: Trial, now: datetime) -> None:
    """Put the new road network in the place of all before: only one is ever driven on."""
    if trial.roads is None:
        return
    version = trial.roads.version
    session.execute(delete(RoadNetworkRow).where(RoadNetworkRow.version == version))
    row = RoadNetworkRow(version=version, loaded_at=now, arrays=trial.roads.to_bytes())
    session.add(row)
    session.flush()
    # Afterwards, so that the new one's id is higher: others go by that.
    session.execute(delete(RoadNetworkRow).where(RoadNetworkRow.id != row.id))


def _write_county(session: Session, trial: Trial) -> CountyRow:
    """Name the county, draw its outline, and give it a version that everything kept in memory goes by."""
    row = session.scalar(select(CountyRow).order_by(CountyRow.id.desc()).limit(1))
    name = trial.wishes.name or (row.name if row else DEFAULT_NAME)
    outline = shapely.to_wkb(trial.outline) if trial.outline is not None else b""
    if row is None:
        row = CountyRow(name=name, version="", generated=False, outline=outline)
        session.add(row)
    row.name, row.generated = name, False
    row.outline = outline or row.outline
    session.flush()
    row.version = standing(session).fingerprint[:16]
    return row


def _said(trial: Trial) -> dict[str, Any]:
    """Return what the audit log tells of an import."""
    said: dict[str, Any] = {"crs": str(trial.wishes.system)}
    for layer, change in trial.layers.items():
        if change.file:
            said[layer] = {
                "file": change.file[:120],
                "new": len(change.new),
                "changed": len(change.changed),
                "unchanged": change.unchanged,
            }
    if any(trial.going.values()):
        said["replaced"] = {layer: len(ids) for layer, ids in trial.going.items() if ids}
        said["gone"] = trial.recorded
    return said
