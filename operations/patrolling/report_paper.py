"""The monthly patrol report on paper: one landscape page per forty towns, the definitions under the table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from operations.patrolling.paper import EDGE, GREY, Page, finished, fitted, new_document, new_page

Json = dict[str, Any]

ROWS = 18
ROW_HEIGHT = 17.0
COLUMNS = (
    ("乡镇（街道）", 0),
    ("计划", 150),
    ("完成", 205),
    ("完成率", 260),
    ("存疑", 315),
    ("停留达标", 365),
    ("告警", 430),
    ("响应中位", 475),
    ("响应 90%", 540),
    ("网格覆盖", 610),
    ("里程 km", 705),
)


def report_pdf(report: Json, county: str, timezone: str, now: datetime) -> bytes:
    """Return the PDF of what `monthly_report` made."""
    document = new_document()
    towns = report["towns"]
    parts = [towns[i : i + ROWS] for i in range(0, len(towns), ROWS)] or [[]]
    printed_at = now.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")
    for number, part in enumerate(parts, start=1):
        page = new_page(document, landscape=True)
        page.write((EDGE, 54), f"{county}巡逻月报　{report['month']}", 17)
        said = f"{printed_at} 制表　第 {number} / {len(parts)} 页"
        page.write((EDGE, 70), said, 8, GREY)
        rows = [*part, {"name": "全县", **report["county"]}] if number == len(parts) else part
        bottom = _table(page, rows)
        if number == len(parts):
            _definitions(page, report["definitions"], bottom + 18)
        page.finish()
    return finished(document, f"Watchgrid {report['month']}")


def _table(page: Page, rows: Sequence[Json]) -> float:
    y = 92.0
    for name, x in COLUMNS:
        page.write((EDGE + x, y), name, 8.5, GREY)
    y += 6
    page.line((EDGE, y), (page.width - EDGE, y), 0.8)
    for row in rows:
        for (_, x), text in zip(COLUMNS, _cells(row), strict=True):
            page.write((EDGE + x, y + 12), text, 9)
        y += ROW_HEIGHT
        page.line((EDGE, y), (page.width - EDGE, y))
    return y


def _cells(row: Json) -> list[str]:
    return [
        fitted(row["name"], 9, 140),
        str(row["planned"]),
        str(row["done"]),
        _share(row["done_share"]),
        str(row["doubted"]),
        _share(row["dwell_kept_share"]),
        str(row["alerts"]),
        _minutes(row["response_s_median"]),
        _minutes(row["response_s_p90"]),
        f"{row['grids_visited']} / {row['grids']}（{_share(row['coverage_share'])}）",
        f"{row['distance_m'] / 1000:.0f}",
    ]


def _definitions(page: Page, definitions: Sequence[str], y: float) -> None:
    for text in definitions:
        page.write((EDGE, y), text, 7.5, GREY)
        y += 11.5


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def _minutes(seconds: float | None) -> str:
    return "—" if seconds is None else f"{seconds / 60:.1f} 分"
