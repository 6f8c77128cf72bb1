"""The report of an evidence file: one page, readable anywhere, Chinese included: its font is embedded.

Says what the file is, shows its first readings and pictures, and how to check it. Decides nothing.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

import pymupdf

from operations.times import from_text

WIDTH, HEIGHT = 595, 842  # A4 in points
EDGE = 40
MOST_LINES = 16
PICTURES_AT = 560
CSS = """
body { font-family: sans-serif; font-size: 8.5pt; line-height: 1.25; color: #111 }
h1 { font-size: 16pt; margin: 0 0 4pt 0 }
h1 span, th span, td.name span { color: #666; font-size: 7pt; font-weight: normal }
table { width: 100%; border-collapse: collapse; margin-bottom: 8pt }
td, th { text-align: left; padding: 1.5pt 3pt; border-bottom: 0.4pt solid #bbb; vertical-align: top }
td.name { width: 105pt; color: #333 }
p { margin: 3pt 0 }
p.small { font-size: 7pt; color: #333 }
.doubt { color: #a00 }
"""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The JPEGs shown: of the first reading that has any, and its number."""

    number: int | None = None
    snapshot: bytes | None = None
    plate_crop: bytes | None = None


def one_page(
    facts: Mapping[str, Any], readings: Sequence[Mapping[str, Any]], pictures: Pictures, zone: tzinfo
) -> bytes:
    """Return the PDF. facts: the manifest's; readings: of `reading_json`; times are shown in `zone`."""
    with pymupdf.open() as document:
        page = document.new_page(width=WIDTH, height=HEIGHT)
        top = pymupdf.Rect(EDGE, 36, WIDTH - EDGE, PICTURES_AT - 8)
        page.insert_htmlbox(top, _head(facts, zone) + _lines(readings, zone), css=CSS, scale_low=0)
        _show(page, pymupdf.Rect(EDGE, PICTURES_AT, 395, 722), pictures.snapshot)
        _show(page, pymupdf.Rect(405, PICTURES_AT, WIDTH - EDGE, 722), pictures.plate_crop)
        if pictures.number is not None:
            below = pymupdf.Rect(EDGE, 724, WIDTH - EDGE, 742)
            said = f"第 {pictures.number} 条的抓拍图与号牌图 · pictures of reading {pictures.number}"
            page.insert_htmlbox(below, f'<p class="small">{said}</p>', css=CSS, scale_low=0)
        foot = pymupdf.Rect(EDGE, 742, WIDTH - EDGE, HEIGHT - 24)
        page.insert_htmlbox(foot, _foot(facts), css=CSS, scale_low=0)
        document.set_metadata({"title": f"Watchgrid {facts['id']}", "producer": facts["software"]})
        document.subset_fonts()
        return bytes(document.tobytes(garbage=4, deflate=True))


def _head(facts: Mapping[str, Any], zone: tzinfo) -> str:
    case, of, made_by = facts["case"], facts["of"], facts["made_by"]
    left_out = f"（另有 {facts['left_out']} 条未导出 more left out）" if facts["left_out"] else ""
    rows = [
        ("案件", "case", f"{case['number']}　{case['title']}"),
        ("法律依据", "legal basis", case["legal_basis"]),
        (*_asked(of, zone),),
        ("审批", "approved by", _approvals(of["approvals"], zone)),
        ("导出理由", "reason for export", facts["reason"]),
        (
            "导出人、时间",
            "exported by, at",
            f"{made_by['login']}（{made_by['name']}）{_time(facts['made_at'], zone)}",
        ),
        ("过车记录", "sightings", f"{facts['sightings']}{left_out}"),
        ("审计链", "audit chain's end", f"{facts['audit_head']['sequence']} · {facts['audit_head']['hash']}"),
    ]
    cells = "".join(
        f'<tr><td class="name">{_text(name)} <span>{_text(english)}</span></td><td>{_text(value)}</td></tr>'
        for name, english, value in rows
    )
    return f"<h1>证据导出 <span>Watchgrid evidence {_text(facts['id'])}</span></h1><table>{cells}</table>"


def _asked(of: Mapping[str, Any], zone: tzinfo) -> tuple[str, str, str]:
    who = f"{of['asked_by']}，{_time(of['asked_at'], zone)}，{of['reason']}"
    if of["kind"] == "alert":
        return "告警", "alert", f"{of['id']}　{of['plate']}　布控 {of['pattern']}（{of['match']}）　{who}"
    return "查询", "query", f"{of['id']}　{of['question'].get('plate') or '区域'}　{who}"


def _approvals(approvals: Sequence[Mapping[str, Any]], zone: tzinfo) -> str:
    return "；".join(f"{one['user']} {_time(one['at'], zone)}" for one in approvals) or "无需 none needed"


def _lines(readings: Sequence[Mapping[str, Any]], zone: tzinfo) -> str:
    head = "".join(
        f"<th>{name} <span>{english}</span></th>"
        for name, english in (
            ("时间", str(zone)),
            ("识读", "read as"),
            ("号牌", "taken for"),
            ("相机", "camera"),
            ("钟差", "clock, s"),
            ("车辆", "vehicle"),
        )
    )
    lines = "".join(_line(reading, zone) for reading in readings[:MOST_LINES])
    more = len(readings) - MOST_LINES
    rest = f"<p>另有 {more} 条，见 readings.csv · {more} more in readings.csv</p>" if more > 0 else ""
    return f"<table><tr>{head}</tr>{lines}</table>{rest}"


def _line(reading: Mapping[str, Any], zone: tzinfo) -> str:
    probability = reading["probability"]
    taken = reading["plate"] if probability == 1 else f"{reading['plate']} (p {probability:.2g})"
    why = "；".join(
        f"第{slip['position']}位 {slip['true'] or '无'}→{slip['read'] or '无'}" for slip in reading["why"]
    )
    offset_s = reading["clock_offset_s"]
    cells = (
        _time(reading["seen_at"], zone),
        reading["read_as"],
        f"{taken} {why}",
        f"{reading['camera']['code']} {reading['camera']['name']}",
        "–" if offset_s is None else f"{offset_s:+.1f}",
        " ".join(part for part in (reading["colour"], reading["vehicle_class"]) if part),
    )
    marked = ' class="doubt"' if reading["quarantined"] else ""
    return f"<tr{marked}>{''.join(f'<td>{_text(cell)}</td>' for cell in cells)}</tr>"


def _foot(facts: Mapping[str, Any]) -> str:
    return (
        f"<p>签名密钥指纹 key fingerprint (SHA-256): {_text(facts['signed_by']['fingerprint'])}</p>"
        '<p class="small">核验：watchgrid evidence verify 文件 --key 指纹。改动任何一个字节都会被指出；'
        "指纹须向导出单位另行核对。 Any altered byte of the file is told; ask those who exported it for the "
        "fingerprint. 时间为本系统时钟；红色为隔离中的识读。 "
        "Times are by Watchgrid's clock; red: in quarantine.</p>"
    )


def _show(page: Any, place: Any, jpeg: bytes | None) -> None:
    if jpeg is None:
        return
    try:
        page.insert_image(place, stream=jpeg)
    except (pymupdf.mupdf.FzErrorBase, ValueError):  # no picture it knows: it is in the archive as it is
        page.insert_htmlbox(place, "<p>（图片无法显示 not shown）</p>", css=CSS)


def _time(text: str, zone: tzinfo) -> str:
    at: datetime = from_text(text).astimezone(zone)
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _text(value: Any) -> str:
    """Return a text for HTML; a character that the font lacks is told by its number, never left out."""
    known = "".join(char if _has(char) else f"[U+{ord(char):04X}]" for char in str(value))
    return html.escape(known)


@cache
def _font() -> Any:
    return pymupdf.Font("cjk")


@cache
def _has(char: str) -> bool:
    return char.isspace() or char.isascii() or bool(_font().has_glyph(ord(char)))
