"""The first sheet of a workbook from standard input as JSON on standard output: a process of its own.

The reader is written in Rust: what a damaged .xls says of its size makes it end the whole process it runs in.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from operations.county_import.findings import BadFile
from operations.county_import.records import limited_cells

MOST_MEMORY_BYTES = 4 * 1024**3


def main() -> int:
    """Write {"rows": …} or, for a file that cannot be used, {"code": …, "numbers": …}."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        said: dict[str, Any] = {"rows": _rows(sys.stdin.buffer.read())}
    except BadFile as error:
        said = {"code": error.code, "numbers": error.numbers}
    except PasswordError:
        said = {"code": "encrypted", "numbers": {}}
    except (CalamineError, OSError, ValueError) as error:
        said = {"code": "unreadable", "numbers": {"why": str(error).splitlines()[0][:120]}}
    json.dump(said, sys.stdout, default=_plain)
    return 0


def _rows(data: bytes) -> list[list[Any]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.total_height > 0:
            limited_cells(sheet.total_height, sheet.total_width)
            return list(sheet.to_python(skip_empty_area=False))
    raise BadFile("empty")


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)


if __name__ == "__main__":
    sys.exit(main())
