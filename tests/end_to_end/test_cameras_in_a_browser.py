"""A camera in the console: what is wrong and why, in both languages; a calibration drawn on its picture."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.end_to_end.conftest import House, sign_in

BLACK = "synthetic://road?camera=C0001&fault=black@1"
IN_CHINESE = "localStorage.removeItem('watchgrid.language')"
TO_ENGLISH = "EN: switch to English"
JUDGED_WITHIN_MS = 40_000
ASK = """async ([method, path, body]) => {
  const headers = {"Content-Type": "application/json", "X-Watchgrid": "1"};
  const answer = await fetch("/api/v1" + path, {method, headers, body: body && JSON.stringify(body)});
  return await answer.json();
}"""


def ask(page: Page, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return page.evaluate(ASK, [method, path, body])


@pytest.fixture
def black_camera(page: Page, demo: House) -> Iterator[int]:
    """A camera that had no source, connected by an administrator; its lens is covered after a second."""
    sign_in(page, demo, "administrator")
    page.evaluate(IN_CHINESE)
    camera = ask(page, "GET", "/cameras?live=false&limit=1")["items"][0]["id"]
    ask(page, "PATCH", f"/cameras/{camera}", {"source": BLACK})
    yield camera
    ask(page, "PATCH", f"/cameras/{camera}", {"source": None, "calibration": None})


def test_a_camera_says_what_is_wrong_and_its_calibration_is_drawn_and_kept(
    page: Page, demo: House, black_camera: int
) -> None:
    page.goto(f"{demo.url}/camera?id={black_camera}")
    why = page.get_by_test_id("camera-why")
    expect(why).to_have_attribute("data-state", "black", timeout=JUDGED_WITHIN_MS)
    expect(why).to_contain_text("镜头")
    page.get_by_role("button", name="中文：切换到中文").or_(
        page.get_by_role("button", name="English")
    ).click()
    expect(why).to_contain_text("black")
    expect(why).to_contain_text("lens")

    page.get_by_test_id("tab-calibration").click()
    page.get_by_test_id("take-still").click()
    expect(page.get_by_role("img").first).to_be_visible(timeout=15_000)
    page.get_by_test_id("rectangle-width").fill("7")
    page.get_by_test_id("place-rectangle").click()
    expect(page.get_by_test_id("verdict")).to_have_attribute("data-kind", "exact")
    page.get_by_test_id("point-2").focus()
    page.keyboard.press("Shift+ArrowLeft")  # ten pixels of the picture, which is 960 wide
    page.get_by_test_id("part-lanes").click()
    page.get_by_test_id("draw-lane").click()
    box = page.get_by_test_id("calibration-picture").bounding_box()
    assert box
    for x, y in ((0.3, 0.85), (0.42, 0.55), (0.5, 0.55), (0.5, 0.85)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.keyboard.press("Enter")
    page.get_by_test_id("save-calibration").click()
    expect(page.get_by_test_id("calibration-told")).to_contain_text("Saved")

    kept = ask(page, "GET", f"/cameras/{black_camera}")["calibration"]
    corners = [(0, 0), (7, 0), (7, 30), (0, 30)]
    assert [(point["right_m"], point["ahead_m"]) for point in kept["ground"]] == corners
    assert kept["ground"][2]["x"] == pytest.approx(0.6 - 10 / 960, abs=1e-4)
    assert [(lane["number"], len(lane["outline"])) for lane in kept["lanes"]] == [(1, 4)]
    page.get_by_test_id("clear-calibration").click()
    page.get_by_test_id("clear-sure").click()
    expect(page.get_by_test_id("calibration-told")).to_contain_text("cleared")
    assert ask(page, "GET", f"/cameras/{black_camera}")["calibration"] is None


def test_a_silent_camera_shows_what_it_usually_sees(page: Page, demo: House) -> None:
    numbers = {
        "seen": 3,
        "usual": 140,
        "minutes": 60,
        "days": "week",
        "weekday": 2,
        "from": "08:00",
        "to": "09:00",
    }

    def silent(route: Route) -> None:
        camera = route.fetch().json()
        health = {"code": "silent", "numbers": numbers, "passes_last_hour": 3, "usual_last_hour": 140.0}
        camera |= {"state": "silent", "state_reason": "3 vehicles", "health": {**camera["health"], **health}}
        route.fulfill(body=json.dumps(camera), content_type="application/json")

    sign_in(page, demo, "operator")
    page.evaluate(IN_CHINESE)
    camera = ask(page, "GET", "/cameras?live=true&limit=1")["items"][0]["id"]
    page.route(f"**/api/v1/cameras/{camera}", silent)
    page.goto(f"{demo.url}/camera?id={camera}")
    why = page.get_by_test_id("camera-why")
    expect(why).to_contain_text("过车异常少")
    expect(why).to_contain_text("近一小时过车 3 辆；周二 08:00–09:00 平时约 140 辆")
    page.get_by_role("button", name=TO_ENGLISH).click()
    expect(why).to_contain_text("3 vehicles in the last hour; on Tuesdays 08:00–09:00 usually about 140")
