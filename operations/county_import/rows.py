"""Rows: records understood as towns, cameras and so on, in WGS-84, each fault told with its row and fix."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from operations.county_import.cells import BadCell, clean, number_in, plain
from operations.county_import.findings import BadFile, Finding, Findings, shown
from operations.county_import.layers import (
    AREAS,
    FIELDS,
    PLACES,
    Field,
    columns_of,
    shown_names,
    wanted_fields,
)
from operations.county_import.reading import read_file
from operations.county_import.records import Content, LayerFile, Record
from operations.county_import.systems import (
    GK,
    WGS84,
    System,
    chosen,
    shapes_to_wgs84,
    system_said,
    to_wgs84,
)

Progress = Callable[[str], None]
CHINA = (73.0, 17.0, 136.0, 54.0)


@dataclass(frozen=True)
class Wishes:
    """How an import is wanted. mapping: layer -> field -> heading; name: of the county."""

    system: System = WGS84
    mapping: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    name: str | None = None
    replace_generated: bool = False


@dataclass(slots=True)
class Row:
    """One row understood. values: clean, only those the file gives; references as they are written."""

    number: int
    code: str
    values: dict[str, Any]
    lon: float = np.nan
    lat: float = np.nan
    shape: BaseGeometry | None = None


@dataclass(slots=True)
class LayerRows:
    """The rows of one file. given: system as used; columns: field -> heading; ignored: headings not used."""

    file: LayerFile
    rows: list[Row] = field(default_factory=list)
    read: int = 0
    system: System = WGS84
    columns: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Teller:
    """Where faults of one file are told."""

    layer: str
    file: str
    found: Findings

    def error(
        self, code: str, row: int | None = None, cell: tuple[str, object] | None = None, **numbers: Any
    ) -> None:
        """Tell what makes the import impossible; cell: field and value."""
        self._add("error", code, row, cell, numbers)

    def warning(
        self, code: str, row: int | None = None, cell: tuple[str, object] | None = None, **numbers: Any
    ) -> None:
        """Tell what is odd and can stay."""
        self._add("warning", code, row, cell, numbers)

    def _add(
        self,
        severity: str,
        code: str,
        row: int | None,
        cell: tuple[str, object] | None,
        numbers: dict[str, Any],
    ) -> None:
        name, value = cell or (None, None)
        self.found.add(Finding(severity, self.layer, self.file, code, row, name, shown(value), numbers))


def layer_rows(file: LayerFile, wishes: Wishes, found: Findings) -> LayerRows:
    """Read a file of areas, places or units; what is wrong with it goes to `found`."""
    tell, made = Teller(file.layer, file.name, found), LayerRows(file)
    try:
        content = read_file(file)
        made.read = len(content.records)
        if not content.records:
            raise BadFile("empty")
        made.system = _system(content, wishes.system, tell)
        made.columns = _columns(content, wishes.mapping.get(file.layer, {}), made, tell)
        made.rows = _unique([_row(record, made.columns, tell) for record in content.records], tell)
        _convert(made, tell)
    except BadFile as error:
        tell.error(error.code, **error.numbers)
        made.rows = []
    return made


def _system(content: Content, asked: System, tell: Teller) -> System:
    said = system_said(content.said)
    system = chosen(asked, said)
    if said is not None and system != said and said.name != "wgs84":
        tell.warning("other_system", said=str(said), taken=str(system))
    if said is None and content.shaped and asked.name == GK and asked.meridian_deg is None:
        return asked
    return system


def _columns(content: Content, mapping: Mapping[str, str], made: LayerRows, tell: Teller) -> dict[str, str]:
    """Return field -> heading. Raises BadFile where a needed column is missing."""
    layer = tell.layer
    listed = ", ".join(content.headings[:30])
    for name, heading in mapping.items():
        if heading not in content.headings:
            raise BadFile("unknown_column", heading=heading, field=name, names=listed)
    columns, spare = columns_of(layer, content.headings, mapping)
    for name, heading in spare:
        if name in ("code", "name"):
            tell.warning("same_column", None, (name, None), field=name, heading=heading)
    made.ignored = [heading for heading in content.headings if heading not in columns.values()]
    if "code" not in columns:
        raise BadFile("no_column", field="code", names=" / ".join(shown_names(layer, "code")))
    return {name: heading for name, heading in columns.items() if name in wanted_fields(layer)}


def _row(record: Record, columns: Mapping[str, str], tell: Teller) -> Row:
    values: dict[str, Any] = {}
    for wanted in FIELDS[tell.layer]:
        if wanted.name in columns:
            _take(values, wanted, record, record.values.get(columns[wanted.name]), tell)
    row = Row(record.row, values.pop("code", ""), values)
    if tell.layer in AREAS or tell.layer in PLACES:
        _locate(row, record, columns, tell)
    return row


def _take(values: dict[str, Any], wanted: Field, record: Record, raw: Any, tell: Teller) -> None:
    """Put the clean value of a cell among the values, or tell why not."""
    try:
        value = clean(tell.layer, wanted, raw)
    except BadCell as error:
        cell = (wanted.name, None if wanted.kind == "source" else raw)  # a source may hold a password
        tell.error(error.code, record.row, cell, **error.numbers)
        return
    if value is not None:
        values[wanted.name] = value
    elif wanted.name == "code":
        tell.error("missing", record.row, ("code", None))


def _locate(row: Row, record: Record, columns: Mapping[str, str], tell: Teller) -> None:
    """Give the row its geometry or coordinates, still as in the file."""
    shape = record.geometry
    if record.fault:
        tell.error("bad_shape", row.number, ("geometry", None), why=record.fault)
        return
    if shape is None and plain(record.values.get(columns.get("wkt", ""))):
        text = plain(record.values[columns["wkt"]])
        try:
            shape = shapely.from_wkt(text.removeprefix("SRID=4326;"))
        except shapely.errors.ShapelyError as error:
            tell.error("bad_shape", row.number, ("wkt", text), why=str(error).splitlines()[0][:100])
            return
    if tell.layer in AREAS:
        _take_area(row, shape, tell)
    elif shape is not None:
        if shape.geom_type != "Point" or shape.is_empty:
            tell.error("not_point", row.number, ("geometry", None), type=shape.geom_type)
            return
        row.lon, row.lat = shapely.get_coordinates(shape)[0].tolist()
    else:
        _take_numbers(row, record, columns, tell)


def _take_area(row: Row, shape: BaseGeometry | None, tell: Teller) -> None:
    if shape is None or shape.is_empty:
        return  # an area that is known may keep its outline; comparing tells
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        tell.error("not_area", row.number, ("geometry", None), type=shape.geom_type)
        return
    row.shape = shape


def _take_numbers(row: Row, record: Record, columns: Mapping[str, str], tell: Teller) -> None:
    pair = plain(record.values.get(columns.get("lonlat", "")))
    texts = (
        pair.strip("[]()").replace("，", ",").replace(";", ",").replace(" ", ",").split(",") if pair else []
    )
    texts = [text for text in texts if text] or [
        plain(record.values.get(columns.get(name, ""))) for name in ("lon", "lat")
    ]
    if not any(texts):
        return  # a place that is known may stay; merging tells
    numbers: list[float] = []
    for name, text in zip(("lon", "lat"), (*texts, "")[:2], strict=True):
        try:
            numbers.append(number_in(text))
        except BadCell as error:
            tell.error(error.code, row.number, (name, text))
            return
    row.lon, row.lat = numbers


def _unique(rows: list[Row], tell: Teller) -> list[Row]:
    """Return the rows that have a code of their own."""
    first: dict[str, int] = {}
    kept = []
    for row in rows:
        if not row.code:
            continue
        if row.code in first:
            tell.error("duplicate", row.number, ("code", row.code), first=first[row.code])
            continue
        first[row.code] = row.number
        kept.append(row)
    return kept


def _convert(made: LayerRows, tell: Teller) -> None:
    """Turn coordinates into WGS-84 and tell those that are nowhere on earth. Raises BadFile."""
    if tell.layer in AREAS:
        shaped = [row for row in made.rows if row.shape is not None]
        if not shaped:
            return
        shapes = np.array([row.shape for row in shaped], dtype=object)
        sane = np.isfinite(shapely.bounds(shapes)).all(axis=1)
        shapes[~sane] = None
        shapes[sane] = shapes_to_wgs84(made.system, shapes[sane])
        for row, shape in zip(shaped, shapes, strict=True):
            row.shape = shape if shape is not None and _possible_area(row, shape, tell) else None
    elif tell.layer in PLACES and made.rows:
        x, y = (np.array([getattr(row, name) for row in made.rows]) for name in ("lon", "lat"))
        lon, lat = to_wgs84(made.system, x, y)
        for index, row in enumerate(made.rows):
            row.lon, row.lat = float(lon[index]), float(lat[index])
            if np.isfinite(x[index]) and not _possible(row, tell):
                row.lon = row.lat = np.nan


def _possible_area(row: Row, shape: BaseGeometry, tell: Teller) -> bool:
    west, south, east, north = shape.bounds
    return _told(row, (west, south), tell) and _told(row, (east, north), tell)


def _possible(row: Row, tell: Teller) -> bool:
    return _told(row, (row.lon, row.lat), tell)


def _told(row: Row, place: tuple[float, float], tell: Teller) -> bool:
    """Return whether a place is one; if not, tell it."""
    lon, lat = place
    west, south, east, north = CHINA
    numbers = {"x": round(lon, 6), "y": round(lat, 6)}
    if west < lat < east and south < lon < north and not (west < lon < east and south < lat < north):
        tell.error("swapped", row.number, ("lon", numbers["x"]), **numbers)
        return False
    if not (-180 <= lon <= 180 and -85 <= lat <= 85) or (lon == 0 and lat == 0):
        tell.error("impossible", row.number, ("lon", numbers["x"]), **numbers)
        return False
    return True
