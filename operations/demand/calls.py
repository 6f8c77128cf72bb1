"""Calls and reports of the public (警情) taken from files. Sums and expiry are elsewhere.

When, where and which kind only: a file with columns about persons is refused as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from geo.coordinates import LonLat
from operations import audit
from operations.audit import Actor
from operations.county_import.findings import BadFile, Finding
from operations.county_import.sheets import read_csv, read_workbook
from operations.county_import.systems import DEGREES
from operations.demand.call_columns import Columns, PersonalColumns, columns_of
from operations.demand.call_rows import CallRow, RowError, Span, read_rows
from operations.demand.whose_grid import grids_of
from operations.demand.wishes import MAY, check_may
from operations.facts import BadInput
from operations.retention import limit_at
from operations.store import Engine, Session, insert_new, writing
from operations.tables import PublicCall

IMPORTED, REFUSED = "patrol.calls_imported", "patrol.calls_refused"
MOST_ERRORS = 200
STORED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class CallFile:
    """A file of calls: CSV, XLSX or XLS by its content. crs: of its coordinates; zone: of its times.

    kept_days: calls older than this are not taken.
    """

    content: bytes
    crs: str
    zone: ZoneInfo
    kept_days: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: calls that are new, known before, wrong; the first errors; columns not read."""

    new: int
    known: int
    wrong: int
    errors: Sequence[RowError]
    ignored: Sequence[str]


def import_calls(engine: Engine, actor: Actor, file: CallFile, now: datetime) -> Imported:
    """Store the calls of a file that are right and new; sent twice, it stores nothing more.

    Raises NotAllowed, BadInput, and PersonalColumns, which the trail counts.
    """
    check_may(actor, MAY, "import calls")
    if file.crs not in DEGREES:
        raise BadInput("crs", f"choose one of {', '.join(DEGREES)}")
    headings, records = _records(file.content)
    try:
        columns = columns_of(headings)
    except PersonalColumns as refused:
        with writing(engine) as session:
            said = {"columns": len(refused.headings), "headings": list(refused.headings)}
            _record(session, actor, REFUSED, said, now)
        raise
    span = Span(limit_at(now, file.kept_days), now, file.zone)
    rows, errors = read_rows(records, columns, span)
    with writing(engine) as session:
        return _store(session, actor, _Read(file.crs, columns, rows, errors), now)


@dataclass(frozen=True, slots=True)
class _Read:
    crs: str
    columns: Columns
    rows: list[CallRow]
    errors: list[RowError]


def _store(session: Session, actor: Actor, read: _Read, now: datetime) -> Imported:
    """Store the rows that lie in a grid, under the ids of their source."""
    lon, lat = DEGREES[read.crs](np.array([r.lon for r in read.rows]), np.array([r.lat for r in read.rows]))
    found = grids_of(session, [LonLat(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)])
    values, errors = [], list(read.errors)
    for row, x, y, grid in zip(read.rows, lon.tolist(), lat.tolist(), found, strict=True):
        if grid is None:
            errors.append(RowError(row.row, "lon", "outside", f"{row.lon:.6f}, {row.lat:.6f}"))
            continue
        values.append(
            {
                "source_id": row.source_id,
                "at": row.at,
                "lon": round(x, 6),
                "lat": round(y, 6),
                "grid_id": grid[0],
                "kind": row.kind,
                "reported_by": row.reported_by,
            }
        )
    new = sum(
        len(insert_new(session, PublicCall, values[start : start + STORED_AT_ONCE]))
        for start in range(0, len(values), STORED_AT_ONCE)
    )
    said = {"new": new, "known": len(values) - new, "wrong": len(errors), "crs": read.crs}
    _record(session, actor, IMPORTED, said, now)
    errors.sort(key=lambda error: error.row)
    return Imported(new, len(values) - new, len(errors), errors[:MOST_ERRORS], read.columns.ignored)


def _records(content: bytes) -> tuple[list[str], list[tuple[int, dict[str, object]]]]:
    """Read a table. Raises BadInput saying what is wrong with the file and what to do."""
    is_workbook = content.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    try:
        read = read_workbook(content) if is_workbook else read_csv(content)
    except BadFile as bad:
        found = Finding("error", "calls", "", bad.code, numbers=bad.numbers)
        raise BadInput("file", f"{found.says}: {found.fix}") from None
    return read.headings, [(record.row, record.values) for record in read.records]


def _record(session: Session, actor: Actor, action: str, said: dict[str, Any], now: datetime) -> None:
    audit.record(
        session, actor=actor, now=now, action=action, subject="public_calls", subject_id="-", details=said
    )
