"""Tables: CSV in the encodings of Chinese spreadsheets, XLSX and XLS. Knows no layer."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from operations.county_import.findings import BadFile
from operations.county_import.records import (
    BROKEN_ZIP,
    MOST_UNPACKED_BYTES,
    Content,
    Record,
    headings_of,
    limited,
    limited_cells,
)

LONGEST_CELL = 8 * 1024**2  # an outline as WKT
CELL = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,4})(\d{1,9})"')
READ_WITHIN_S = 120.0
ROOT = Path(__file__).resolve().parents[2]
DIMENSION_STEP = 4 * 1024**2


def text_of(data: bytes) -> str:
    """Return text in UTF-8, UTF-16 with a mark, or GB18030 (GBK, GB2312). Raises BadFile."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile("encoding")


def read_csv(data: bytes) -> Content:
    """Read comma, semicolon or tab separated values; the first row with anything in it is the heading."""
    text = text_of(data)
    if "\x00" in text:
        raise BadFile("encoding")
    csv.field_size_limit(LONGEST_CELL)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return _content(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1))
    except csv.Error as error:
        raise BadFile("unreadable", why=str(error)) from None


def read_workbook(data: bytes) -> Content:
    """Read the first sheet of an XLSX or XLS workbook that holds anything. Raises BadFile."""
    if data.startswith(b"PK"):
        _check_package(data)
    command = [sys.executable, "-m", "operations.county_import.workbook_rows"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=READ_WITHIN_S, cwd=ROOT)
        said = json.loads(done.stdout)
    except (ValueError, subprocess.TimeoutExpired):
        raise BadFile("unreadable", why="it is damaged") from None
    if "code" in said:
        raise BadFile(said["code"], **said["numbers"])
    return _content(enumerate(said["rows"], 1))


def _content(rows: Iterator[tuple[int, list[Any]]]) -> Content:
    headings: list[str] = []
    records: list[Record] = []
    for number, cells in rows:
        if not any(cell not in (None, "") for cell in cells):
            continue
        if not headings:
            headings = headings_of(cells)
            continue
        limited(len(records) + 1)
        values = {heading: cell for heading, cell in zip(headings, cells, strict=False) if heading}
        records.append(Record(number, values))
    if not headings:
        raise BadFile("empty")
    return Content([heading for heading in headings if heading], records)


def _check_package(data: bytes) -> None:
    """Raise BadFile for a workbook that would not fit into memory: its sheets are made dense on reading."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            whole = sum(entry.file_size for entry in package.infolist())
            if whole > MOST_UNPACKED_BYTES:
                raise BadFile("too_large", megabytes=whole >> 20, most=MOST_UNPACKED_BYTES >> 20)
            for entry in package.infolist():
                if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                    with package.open(entry) as sheet:
                        _check_cells(sheet)
    except BROKEN_ZIP as error:
        raise BadFile("unreadable", why=str(error)[:120]) from None


def _check_cells(sheet: IO[bytes]) -> None:
    """Raise BadFile when a cell lies far out: two cells in far corners make a sheet of 17 billion."""
    rest, read, most_row, most_column = b"", 0, 0, 0
    while part := sheet.read(DIMENSION_STEP):
        read += len(part)
        if read > MOST_UNPACKED_BYTES:
            raise BadFile("too_large", megabytes=read >> 20, most=MOST_UNPACKED_BYTES >> 20)
        text = rest + part
        found = set(CELL.findall(text))
        most_row = max([most_row, *(int(row) for _, row in found)])
        most_column = max([most_column, *(_column_number(letters) for letters in {one for one, _ in found})])
        limited_cells(most_row, most_column)
        rest = text[-200:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
