"""Route sheets (巡逻路线单): a plan on paper, for each unit its way, its stops and boxes to tick."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from operations.facts import BadInput
from operations.patrolling.paper import EDGE, GREY, Page, finished, fitted, new_document, new_page
from operations.patrolling.reason_words import reason_words
from operations.patrolling.views import plan_json
from operations.store import Session
from operations.times import from_text

Json = dict[str, Any]

MAP_HEIGHT = 236.0
ROW_HEIGHT = 27.0
WHOLE_DAY = timedelta(hours=20)
FIRST_ROWS, MORE_ROWS = 15, 24
COLUMNS = (
    ("完成", 0.0),
    ("序", 26.0),
    ("到达", 46.0),
    ("停留至", 82.0),
    ("时间窗", 120.0),
    ("地点 / 事由", 186.0),
    ("实到", 408.0),
    ("备注", 450.0),
)
KINDS = {"urban": "城区", "night": "夜巡", "town": "乡镇", "village": "村居"}
VEHICLES = {"car": "汽车", "motorcycle": "摩托车", "foot": "步行"}


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What one unit's pages show."""

    plan: Json
    route: Json
    zone: ZoneInfo
    printed_at: str

    def window(self, stop: Json) -> str:
        """Return when a visit may begin; a window that binds nobody is the whole day."""
        length = from_text(stop["window_until"]) - from_text(stop["window_from"])
        if length >= WHOLE_DAY:
            return "全天"
        return f"{self.at(stop['window_from'])}–{self.at(stop['window_until'])}"

    def at(self, text: str | None) -> str:
        return from_text(text).astimezone(self.zone).strftime("%H:%M") if text else "—"


def sheets(session: Session, plan_id: int, unit_id: int | None, timezone: str, now: datetime) -> bytes:
    """Return the PDF of a plan's sheets: of one unit, or of all that visit anything.

    Raises PlanNotFound, and BadInput when the unit has no route in the plan.
    """
    plan = plan_json(session, plan_id, now)
    routes = [route for route in plan["routes"] if route["unit"]["id"] == unit_id or unit_id is None]
    if unit_id is not None and not routes:
        raise BadInput("unit_id", "has no route in this plan")
    zone = ZoneInfo(timezone)
    printed_at = now.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    document = new_document()
    for route in routes:
        stops = [stop for stop in route["stops"] if stop["dropped_at"] is None]
        if stops or unit_id is not None:
            _unit_pages(document, _Sheet(plan, route | {"stops": stops}, zone, printed_at))
    if not len(document):
        _empty_page(document, plan)
    return finished(document, f"Watchgrid {plan['day']} {plan_id}")


def _unit_pages(document: Any, sheet: _Sheet) -> None:
    stops = sheet.route["stops"]
    parts = [stops[:FIRST_ROWS]]
    parts += [stops[i : i + MORE_ROWS] for i in range(FIRST_ROWS, len(stops), MORE_ROWS)]
    for number, part in enumerate(parts, start=1):
        page = new_page(document)
        top = _head(page, sheet, f"第 {number} / {len(parts)} 页")
        if number == 1:
            _map(page, sheet, (EDGE, top, page.width - EDGE, top + MAP_HEIGHT))
            top += MAP_HEIGHT + 12
        _table(page, sheet, part, top)
        _foot(page, sheet)
        page.finish()


def _head(page: Page, sheet: _Sheet, pages: str) -> float:
    """Write who drives when; return where the page goes on."""
    route, plan, unit = sheet.route, sheet.plan, sheet.route["unit"]
    page.write((EDGE, 52), "巡逻路线单", 17)
    page.write((EDGE + 100, 52), f"{unit['name']}（{unit['code']}）", 12)
    state = "已发布" if plan["state"] == "published" else "草稿，未发布"
    right = f"{plan['day']}　计划 {plan['id']} 第 {plan['revision']} 版　{state}　{pages}"
    page.write((EDGE, 69), right, 8.5, GREY)
    rest = (
        f"　休息 {sheet.at(route['rest_from'])}–{sheet.at(route['rest_until'])}" if route["rest_from"] else ""
    )
    said = (
        f"班次 {sheet.at(route['shift_from'])}–{sheet.at(route['shift_until'])}{rest}　"
        f"{KINDS.get(unit['kind'], unit['kind'])} / {VEHICLES.get(unit['vehicle'], unit['vehicle'])}　"
        f"{len(route['stops'])} 处　约 {(route['distance_m'] or 0) / 1000:.0f} 公里"
    )
    page.write((EDGE, 84), said, 9.5)
    return 94.0


def _map(page: Page, sheet: _Sheet, frame: tuple[float, float, float, float]) -> None:
    """Draw the way and its numbered stops to scale, north up."""
    page.frame(frame)
    stops, line = sheet.route["stops"], (sheet.route["line"] or {}).get("coordinates", [])
    places = np.array([*line, *((stop["lon"], stop["lat"]) for stop in stops)], dtype=float).reshape(-1, 2)
    if not len(places):
        page.write((frame[0] + 12, frame[1] + 22), "本班次没有停留点。", 10, GREY)
        return
    on_paper = _to_paper(places, frame)
    page.way([(x, y) for x, y in on_paper[: len(line)].tolist()])
    for stop, (x, y) in zip(stops, on_paper[len(line) :].tolist(), strict=True):
        page.dot((x, y), str(stop["position"]), bool(stop["must"]))
    page.write((frame[0] + 6, frame[3] - 6), "上为北；实心为必到点；线路为建议走法。", 7, GREY)


def _to_paper(places: np.ndarray, frame: tuple[float, float, float, float]) -> np.ndarray:
    """Return where places [lon, lat] lie within a frame, both axes at one scale."""
    left, top, right, bottom = frame[0] + 14, frame[1] + 14, frame[2] - 14, frame[3] - 18
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    metres = (places - middle) * [111_320 * np.cos(np.radians(middle[1])), 110_574]
    span = np.maximum(np.ptp(metres, axis=0), 200.0)
    scale = min((right - left) / span[0], (bottom - top) / span[1])
    x = (left + right) / 2 + metres[:, 0] * scale
    y = (top + bottom) / 2 - metres[:, 1] * scale
    return np.column_stack([x, y])


def _table(page: Page, sheet: _Sheet, stops: Sequence[Json], top: float) -> None:
    for name, x in COLUMNS:
        page.write((EDGE + x, top + 9), name, 8, GREY)
    y = top + 14
    page.line((EDGE, y), (page.width - EDGE, y), 0.7)
    for stop in stops:
        _row(page, sheet, stop, y)
        y += ROW_HEIGHT
        page.line((EDGE, y), (page.width - EDGE, y))


def _row(page: Page, sheet: _Sheet, stop: Json, y: float) -> None:
    x = [EDGE + column for _, column in COLUMNS]
    page.box((x[0] + 4, y + 8), 10.0)
    page.write((x[1], y + 17), str(stop["position"]), 9)
    page.write((x[2], y + 17), sheet.at(stop["arrive_at"]), 9)
    page.write((x[3], y + 17), sheet.at(stop["leave_at"]), 9)
    page.write((x[4], y + 17), sheet.window(stop), 8)
    must = "【必到】" if stop["must"] else ""
    place = f"{must}{stop['name'] or '网格'} {stop['grid_code']}"
    page.write((x[5], y + 11.5), fitted(place, 9, x[6] - x[5] - 6), 9)
    reasons = fitted("；".join(reason_words(stop["reasons"])), 7, x[6] - x[5] - 6)
    page.write((x[5], y + 22), reasons, 7, GREY)
    page.line((x[6], y + 20), (x[6] + 34, y + 20))
    page.line((x[7], y + 20), (page.width - EDGE - 4, y + 20))


def _foot(page: Page, sheet: _Sheet) -> None:
    y = page.height - 40
    page.write((EDGE, y), "队长签名：________________　　交班：________________　　异常请写在备注栏", 9)
    said = f"Watchgrid · {sheet.printed_at} 打印 · 计划以系统发布为准，改动后请重新打印"
    page.write((EDGE, y + 15), said, 7, GREY)


def _empty_page(document: Any, plan: Json) -> None:
    page = new_page(document)
    page.write((EDGE, 52), f"巡逻路线单 {plan['day']}", 17)
    page.write((EDGE, 80), "这份计划没有任何停留点。", 11)
    page.finish()
