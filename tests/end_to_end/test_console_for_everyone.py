"""The console for everyone: readable and named for people and screen readers, in the site's own time."""

import csv
import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import ROOT, House, sign_in
from tests.services import missing
from tests.small_county import CAMERAS, whole_county

AXE = ROOT / "api/console/node_modules/axe-core/axe.min.js"
STILL_LOADING = re.compile("载入中|正在绘制")
PAGES = {
    "operator": ("live", "wall", "devices", "camera?id=1"),
    "supervisor": (
        "watchlist?new=1",
        "watchlist?entry=1",
        "patrol?tab=roads",
        "planning",
        "demand?hour=21&need=grid:1",
        "demand?tab=places",
        "demand?tab=calls",
        "report",
        "tracks?tab=approvals",
    ),
    "investigator": ("cases?new=1", "cases?case=1", "tracks?kind=area", "devices?view=quarantine"),
    "auditor": ("audit",),
    "administrator": ("users", "county", "camera?id=1&tab=calibration"),
    "patrol": ("patrol",),
}


def violations(page: Page) -> list[Any]:
    """Return what axe finds wrong on the page: rule, how bad, and the first element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found]


@pytest.mark.parametrize("role", PAGES)
@pytest.mark.parametrize("theme", ["night", "day"])
def test_axe_finds_nothing_wrong(page: Page, demo: House, role: str, theme: str) -> None:
    if not AXE.exists():
        missing("axe-core is not installed: run `make console`.")
    sign_in(page, demo, role)
    page.evaluate(f"localStorage.setItem('watchgrid.theme', '{theme}')")
    for path in PAGES[role]:
        page.goto(f"{demo.url}/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_attached()
        expect(page.locator("main h2").first).to_be_visible(timeout=30_000)
        expect(page.locator("main")).not_to_contain_text(STILL_LOADING, timeout=30_000)
        assert violations(page) == [], path


def test_the_clock_is_the_sites_not_the_browsers(page: Page, demo: House) -> None:
    sign_in(page, demo, "operator")
    shown = page.locator("time.clock b")
    expect(shown).to_be_visible()
    at_the_site = datetime.now(ZoneInfo("Asia/Shanghai"))
    assert shown.inner_text()[:2] in (f"{at_the_site:%H}", f"{(at_the_site.hour - 1) % 24:02d}")


def test_a_sent_address_opens_the_same_view(page: Page, demo: House) -> None:
    sign_in(page, demo, "operator")
    page.goto(f"{demo.url}/devices?live=true")
    expect(page.get_by_test_id("camera-row").first).to_be_visible()
    page.get_by_test_id("camera-row").first.click()
    expect(page.get_by_role("complementary")).to_be_visible()
    address = page.url
    page.goto(demo.url)
    page.goto(address)
    expect(page.get_by_role("complementary").get_by_role("heading").first).to_be_visible()
    assert page.get_by_test_id("camera-row").count() < 10


def test_blind_spots_are_ranked_explained_found_on_the_map_and_saved(page: Page, demo: House) -> None:
    sign_in(page, demo, "operator")
    page.goto(f"{demo.url}/coverage")
    rows, legend = page.get_by_test_id("grid-row"), page.get_by_test_id("legend")
    expect(rows.first).to_be_visible(timeout=30_000)
    assert rows.first.locator(".rank").inner_text() == "1"
    expect(rows.first.locator(".tag").first).to_be_visible()
    held = [int(number) for number in legend.locator("b").all_inner_texts()]
    assert sum(held) == 944
    page.get_by_test_id("measure").select_option("unvisited")
    expect(legend).to_contain_text("天")
    expect(page).to_have_url(re.compile("by=unvisited"))
    rows.nth(2).get_by_role("button").click()
    chosen = rows.nth(2).get_attribute("data-code")
    expect(page).to_have_url(re.compile(f"grid={chosen}"))
    expect(rows.nth(2).locator("dl")).to_be_visible()
    expect(page).to_have_url(re.compile(r"at=[^&]*13\.20"))  # the map has flown there
    page.get_by_test_id("map").click()
    expect(page).not_to_have_url(re.compile("grid="))
    with page.expect_download() as saved:
        page.get_by_test_id("csv").click()
    text = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text)))) == 944


def test_a_countys_files_are_tried_before_they_come_in(page: Page, demo: House, tmp_path: Path) -> None:
    files = whole_county(tmp_path, [*CAMERAS, {**CAMERAS[0], "code": "K4", "lon": "12l.3"}])
    sign_in(page, demo, "administrator")
    page.goto(f"{demo.url}/county")
    for file in files:
        page.get_by_test_id(f"import-{file.layer}").set_input_files(file.path)
    page.get_by_test_id("import-check").click()
    expect(page.get_by_test_id("import-layer")).to_have_count(6, timeout=60_000)
    page.get_by_test_id("import-errors").click()
    wrong = page.get_by_test_id("import-finding").filter(has_text="12l.3")
    expect(wrong).to_contain_text("不是数字")
    expect(wrong).to_contain_text("5")
    expect(page.get_by_test_id("import-may-go")).to_be_visible()  # the demo has recorded something
    expect(page.get_by_test_id("import-apply")).to_be_disabled()
