"""Shapefiles, loose or in a zip, with the encodings Chinese programs write. Coordinates stay as they are."""

import io
import re
import struct
import warnings
import zipfile
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import shapefile
import shapely
from shapely.geometry import shape

from operations.county_import.findings import BadFile
from operations.county_import.records import BROKEN_ZIP, MOST_UNPACKED_BYTES, Content, Record, limited
from operations.county_import.sheets import text_of

PARTS = (".shp", ".dbf", ".prj", ".cpg")
MOST_RATIO = 200  # unpacked to packed: honest shapes reach 20
UNREADABLE = (
    shapefile.ShapefileException, struct.error, ValueError, IndexError, KeyError, TypeError, OverflowError,
    EOFError, OSError, MemoryError, AttributeError, shapely.errors.ShapelyError, RecursionError,
)  # fmt: skip


def read_zip(data: bytes) -> Content:
    """Read the one Shapefile in a zip. Raises BadFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return read_parts(_unpacked(package))
    except BROKEN_ZIP as error:
        code = "encrypted" if "password" in str(error) else "unreadable"
        raise BadFile(code, why=str(error)[:120]) from None


def read_loose(path: Path) -> Content:
    """Read a .shp with the .dbf, .prj and .cpg beside it. Raises BadFile."""
    beside = {entry.suffix.lower(): entry for entry in path.parent.glob(f"{_escaped(path.stem)}.*")}
    parts = {suffix: beside[suffix].read_bytes() for suffix in PARTS if suffix in beside}
    if sum(map(len, parts.values())) > MOST_UNPACKED_BYTES:
        raise BadFile(
            "too_large", megabytes=sum(map(len, parts.values())) >> 20, most=MOST_UNPACKED_BYTES >> 20
        )
    return read_parts(parts)


def _escaped(stem: str) -> str:
    return re.sub(r"([\[\]*?])", r"[\1]", stem)


def _unpacked(package: zipfile.ZipFile) -> dict[str, bytes]:
    """Return the parts of the zip's Shapefile by suffix; nothing is written to disk."""
    for entry in package.infolist():
        if ".." in PurePosixPath(entry.filename.replace("\\", "/")).parts or entry.filename.startswith(
            ("/", "\\")
        ):
            raise BadFile("bad_names", name=entry.filename[:60])
    wanted = {PurePosixPath(e.filename): e for e in package.infolist() if "__MACOSX" not in e.filename}
    shapes = [name for name in wanted if name.suffix.lower() == ".shp"]
    if len(shapes) != 1:
        raise BadFile("not_one_shape", found=", ".join(str(name) for name in list(wanted)[:5]) or "nothing")
    whole = [e for name, e in wanted.items() if name.with_suffix("") == shapes[0].with_suffix("")]
    size = sum(entry.file_size for entry in whole)
    packed = sum(entry.compress_size for entry in whole)
    if size > MOST_UNPACKED_BYTES or size > MOST_RATIO * max(packed, 4_096):
        raise BadFile("too_large", megabytes=size >> 20, most=MOST_UNPACKED_BYTES >> 20)
    suffixes = {entry.filename: PurePosixPath(entry.filename).suffix.lower() for entry in whole}
    return {suffixes[e.filename]: package.read(e) for e in whole if suffixes[e.filename] in PARTS}


def read_parts(parts: dict[str, bytes]) -> Content:
    """Read a Shapefile given as the bytes of its parts by suffix. Raises BadFile."""
    if ".dbf" not in parts:
        raise BadFile("no_table")
    said = text_of(parts[".prj"]) if ".prj" in parts else None
    for encoding in _encodings(parts.get(".cpg", b"")):
        try:
            records = _records(parts, encoding)
        except UnicodeDecodeError:
            continue
        except UNREADABLE as error:
            raise BadFile(
                "unreadable", why=(str(error).splitlines() or [type(error).__name__])[0][:120]
            ) from None
        if not records:
            raise BadFile("empty")
        return Content(list(records[0].values), records, said, shaped=True)
    raise BadFile("encoding")


def _encodings(cpg: bytes) -> list[str]:
    """Return the encodings to try: what the .cpg says, then UTF-8, then GB18030."""
    said = cpg.decode("ascii", "ignore").strip().lower()
    first = ["gb18030"] if re.search(r"gb|936|54936", said) else []
    return [*first, "utf-8", *([] if first else ["gb18030"])]


def _records(parts: dict[str, bytes], encoding: str) -> list[Record]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers that are a little wrong, as many programs write them
        with shapefile.Reader(
            shp=io.BytesIO(parts[".shp"]), dbf=io.BytesIO(parts[".dbf"]), encoding=encoding
        ) as reader:
            limited(len(reader))
            return [_record(row, one) for row, one in enumerate(reader.iterShapeRecords(), 1)]


def _record(row: int, found: Any) -> Record:
    values = {
        str(name).strip(): value.isoformat() if isinstance(value, date) else value
        for name, value in found.record.as_dict().items()
    }
    if found.shape.shapeType == shapefile.NULL:
        return Record(row, values)
    try:
        return Record(row, values, shape(found.shape.__geo_interface__))
    except UNREADABLE as error:
        return Record(row, values, fault=(str(error).splitlines() or [type(error).__name__])[0][:100])
