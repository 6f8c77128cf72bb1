"""Standing: the county as the database holds it, by code, and a fingerprint of it. Changes nothing."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from operations.store import Session
from operations.tables import (
    Camera,
    CountyRow,
    Grid,
    Point,
    RoadNetworkRow,
    Shift,
    Station,
    SubGrid,
    Table,
    Town,
    Unit,
)

TABLES: dict[str, type[Table]] = {
    "towns": Town,
    "grids": Grid,
    "sub_grids": SubGrid,
    "points": Point,
    "cameras": Camera,
    "stations": Station,
    "units": Unit,
}
# layer -> reference -> the layer it refers to; the column is the reference with _id
REFERENCES: dict[str, dict[str, str]] = {
    "towns": {},
    "grids": {"town": "towns"},
    "sub_grids": {"grid": "grids"},
    "points": {"town": "towns", "grid": "grids"},
    "cameras": {"point": "points", "town": "towns", "grid": "grids"},
    "stations": {"town": "towns"},
    "units": {"station": "stations", "town": "towns", "shift": "shifts"},
}
PLAIN: dict[str, tuple[str, ...]] = {
    "towns": ("name", "kind"),
    "grids": ("name",),
    "sub_grids": (),
    "points": ("name", "kind", "lon", "lat"),
    "cameras": (
        "name", "kind", "lon", "lat", "heading_deg", "view_deg", "range_m", "source", "sub_source", "enabled",
    ),
    "stations": ("name", "kind", "lon", "lat"),
    "units": ("name", "kind", "vehicle"),  # where a unit is now is not its station's place
}  # fmt: skip


@dataclass(slots=True)
class Stood:
    """One row of the database; references as codes. shape: of areas."""

    id: int
    values: dict[str, Any]
    shape: BaseGeometry | None = None


@dataclass
class Standing:
    """All rows by layer and code; fingerprint: equal only if nothing of the county changed."""

    rows: dict[str, dict[str, Stood]]
    shifts: dict[str, int]
    county: CountyRow | None = None
    roads_version: str | None = None
    fingerprint: str = ""
    ids: dict[str, dict[int, str]] = field(default_factory=dict)

    @property
    def generated(self) -> bool:
        """Return whether this is a generated county, or none at all."""
        return self.county is None or self.county.generated


def standing(session: Session) -> Standing:
    """Read the county."""
    shifts = {str(code): int(i) for code, i in session.execute(select(Shift.code, Shift.id))}
    found = Standing({}, shifts)
    found.ids["shifts"] = {number: code for code, number in shifts.items()}
    digest = hashlib.sha256()
    for layer in TABLES:
        found.rows[layer] = _layer(session, layer, found.ids, digest)
        found.ids[layer] = {row.id: code for code, row in found.rows[layer].items()}
    found.county = session.scalar(select(CountyRow).order_by(CountyRow.id.desc()).limit(1))
    newest = select(RoadNetworkRow.version).order_by(RoadNetworkRow.id.desc()).limit(1)
    found.roads_version = session.scalar(newest)
    county = found.county
    digest.update(repr(county and (county.id, county.name, county.version, county.generated)).encode())
    digest.update(repr(found.roads_version).encode())
    found.fingerprint = digest.hexdigest()
    return found


def _layer(session: Session, layer: str, ids: dict[str, dict[int, str]], digest: Any) -> dict[str, Stood]:
    columns = TABLES[layer].__table__.c
    plain, references = PLAIN[layer], REFERENCES[layer]
    names = ["id", "code", *plain, *(f"{name}_id" for name in references)]
    shaped = "geometry" in columns
    if shaped:
        names.append("geometry")
    rows = session.execute(select(*(columns[name] for name in names)).order_by(columns.id)).all()
    digest.update(repr(rows).encode())
    shapes = shapely.from_wkb([row.geometry for row in rows]) if shaped else np.full(len(rows), None)
    found = {}
    for row, shape in zip(rows, shapes, strict=True):
        values: dict[str, Any] = {name: getattr(row, name) for name in plain}
        for name, other in references.items():
            values[name] = ids[other].get(getattr(row, f"{name}_id"))
        found[str(row.code)] = Stood(row.id, values, shape)
    return found
