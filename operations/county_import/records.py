"""Records: what a file holds, row by row, before anything is understood. Limits that every reader keeps."""

import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from operations.county_import.findings import BadFile

MOST_ROWS = 200_000
MOST_COLUMNS = 400
MOST_CELLS = 8_000_000  # of a sheet from its first cell to its last: all of them are held
BROKEN_ZIP = (  # what zipfile raises for damaged or odd archives
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
)
MOST_UNPACKED_BYTES = 400 * 1024**2


@dataclass(frozen=True, slots=True)
class LayerFile:
    """A file for one layer; name: as its owner knows it, for findings."""

    layer: str
    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row as a person counts it (a heading is row 1); geometry: as in the file, not converted."""

    row: int
    values: dict[str, Any]
    geometry: BaseGeometry | None = None
    fault: str | None = None  # why its geometry could not be read


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds. said: the coordinate system it names, as it names it; shaped: geometry is in it."""

    headings: list[str]
    records: list[Record]
    said: str | None = None
    shaped: bool = False


def limited(rows: int) -> None:
    """Raise BadFile when there are more rows than are read."""
    if rows > MOST_ROWS:
        raise BadFile("too_many_rows", rows=rows, most=MOST_ROWS)


def limited_cells(rows: int, columns: int) -> None:
    """Raise BadFile when a sheet is larger than is held in memory."""
    limited(rows - 1)
    if columns > MOST_COLUMNS:
        raise BadFile("too_wide", columns=columns, most=MOST_COLUMNS)
    if rows * columns > MOST_CELLS:
        raise BadFile("too_many_cells", rows=rows, columns=columns, most=MOST_CELLS)


def headings_of(cells: list[Any]) -> list[str]:
    """Return the headings of a table's first row, the empty ones at its end left out."""
    headings = ["" if cell is None else str(cell).strip() for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MOST_COLUMNS:
        raise BadFile("too_wide", columns=len(headings), most=MOST_COLUMNS)
    return headings
