"""The rows of a file of calls as clean values, or what is wrong with each. It stores nothing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from operations.demand.call_columns import Columns, looks_personal
from operations.facts import Fact

KINDS: dict[str, tuple[str, ...]] = {
    "traffic": ("交通", "交通事故", "事故", "交通警情"),
    "theft": ("盗窃", "偷盗", "侵财", "扒窃", "被盗"),
    "dispute": ("纠纷", "矛盾纠纷"),
    "noise": ("噪音", "噪声", "扰民", "噪声扰民"),
    "disorder": ("打架", "斗殴", "打架斗殴", "治安", "寻衅滋事", "治安警情", "刑事", "刑事警情"),
    "help": ("求助", "群众求助", "走失", "救助"),
    "fraud": ("诈骗", "电诈", "电信诈骗"),
    "other": ("其他", "其它"),
}
REPORTERS: dict[str, tuple[str, ...]] = {
    "public": ("群众", "公众", "群众报警", "110", "110报警", "电话报警", "报警"),
    "patrol": ("巡逻", "巡逻发现", "民警发现", "工作中发现", "police"),
    "camera": ("视频", "监控", "视频巡查", "视频发现"),
}
TIME_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d%H%M%S")
LONGEST_ID = 64
WORDED = ("source_id", "kind", "reported_by")

FIXES = {
    "missing": "fill in {field}",
    "personal": "take the phone or identity number out of {field}: nothing about persons is stored",
    "too_long": f"shorten {{field}} to {LONGEST_ID} characters",
    "rounded": "format the column {field} as text: the spreadsheet has rounded the number",
    "bad_time": "write {field} as 2026-11-24 08:30",
    "future": "correct {field}: it has not come yet",
    "too_old": "leave the row out: calls this old are not kept",
    "no_number": "write {field} in degrees, digits only",
    "outside": "correct lon and lat, or choose their coordinate system: the place lies in no grid",
    "bad_reporter": "say public, patrol or camera in {field}",
}


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call as the file says it; lon, lat in the file's coordinate system."""

    row: int
    source_id: str
    at: datetime
    lon: float
    lat: float
    kind: str
    reported_by: str


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row. value: never one that names a person."""

    row: int
    field: str
    code: str
    value: str | None

    @property
    def fix(self) -> str:
        return FIXES[self.code].format(field=self.field)


class BadRow(Fact):
    """A row cannot be used."""

    def __init__(self, field: str, code: str, value: object = None) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code, self.value = field, code, value


@dataclass(frozen=True, slots=True)
class Span:
    """The times that are taken: from (inclusive) until, and the zone of times without one."""

    since: datetime
    until: datetime
    zone: ZoneInfo


def read_rows(
    records: Sequence[tuple[int, Mapping[str, Any]]], columns: Columns, span: Span
) -> tuple[list[CallRow], list[RowError]]:
    """Return the rows that can be used, and what is wrong with the others."""
    rows, errors = [], []
    for number, values in records:
        try:
            rows.append(_row(number, values, columns, span))
        except BadRow as bad:
            value = None if bad.value is None or bad.code == "personal" else str(bad.value)[:80]
            errors.append(RowError(number, columns.of.get(bad.field, bad.field), bad.code, value))
    return rows, errors


def _row(number: int, values: Mapping[str, Any], columns: Columns, span: Span) -> CallRow:
    def cell(field: str) -> Any:
        raw = values.get(columns.of.get(field, ""))
        text = raw.strip() if isinstance(raw, str) else raw
        if text in (None, "") and field != "reported_by":
            raise BadRow(field, "missing")
        if field in WORDED and looks_personal(_text(raw), span.until.year):
            raise BadRow(field, "personal")
        return text

    return CallRow(
        number,
        _source_id(cell("source_id")),
        _at(cell("at"), span),
        _degrees("lon", cell("lon"), 180.0),
        _degrees("lat", cell("lat"), 90.0),
        _named(KINDS, _text(cell("kind"))) or "other",
        _reporter(_text(cell("reported_by"))),
    )


def _source_id(value: Any) -> str:
    if isinstance(value, float) and abs(value) >= 1e15:
        raise BadRow("source_id", "rounded", value)
    text = _text(value)
    if len(text) > LONGEST_ID:
        raise BadRow("source_id", "too_long", text)
    return text


def _at(value: Any, span: Span) -> datetime:
    at = value if isinstance(value, datetime) else _time(_text(value))
    if at is None:
        raise BadRow("at", "bad_time", value)
    at = at.replace(tzinfo=span.zone) if at.tzinfo is None else at
    if at >= span.until:
        raise BadRow("at", "future", value)
    if at < span.since:
        raise BadRow("at", "too_old", value)
    return at


def _time(text: str) -> datetime | None:
    """Read a time as people and programs write it; None for anything else."""
    for form in TIME_FORMS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _degrees(field: str, value: Any, most: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise BadRow(field, "no_number", value) from None
    if not math.isfinite(number) or abs(number) > most:
        raise BadRow(field, "no_number", value)
    return number


def _reporter(text: str) -> str:
    if not text:
        return "public"
    found = _named(REPORTERS, text)
    if found is None:
        raise BadRow("reported_by", "bad_reporter", text)
    return found


def _named(names: Mapping[str, Sequence[str]], text: str) -> str | None:
    lower = text.lower()
    return next((code for code, said in names.items() if lower == code or lower in said), None)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
