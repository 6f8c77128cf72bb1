"""The demo as its users meet it: a rendered vehicle is read, raises one alert, and a unit is sent."""

import re

import pytest
from playwright.sync_api import Page, expect

from operations.demo.seed import CASE_NUMBER
from tests.end_to_end.conftest import House, sign_in

ALERT_WITHIN_MS = 120_000


def test_an_operator_sees_the_alert_acknowledges_and_dispatches(page: Page, demo: House) -> None:
    sign_in(page, demo, "operator")
    page.locator("[data-testid=map][data-ready=true]").wait_for(timeout=30_000)  # the CSP forbids eval
    rows = page.get_by_test_id("alert-row")
    expect(rows.first).to_be_visible(timeout=ALERT_WITHIN_MS)
    rows.first.click()
    expect(page.locator("body")).to_contain_text("浙JT6H92")
    page.get_by_test_id("acknowledge").click()
    page.get_by_test_id("dispatch").first.click()
    expect(page.locator("body")).to_contain_text(re.compile("已派单|Dispatched"), timeout=10_000)


def test_the_map_shows_the_county(page: Page, demo: House) -> None:
    sign_in(page, demo, "operator")
    page.locator("[data-testid=map][data-ready=true]").wait_for(timeout=30_000)  # the CSP forbids eval
    colours = page.evaluate(
        """() => { const seen = new Set();
        for (const canvas of document.querySelectorAll('[data-testid=map] canvas')) {
          const context = canvas.getContext('2d'); if (!context || !canvas.width) continue;
          const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
          for (let i = 0; i < data.length; i += 388) seen.add(data[i] << 16 | data[i+1] << 8 | data[i+2]); }
        return seen.size; }"""
    )
    assert colours > 20


def test_an_investigator_asks_under_a_case_and_gets_a_path(page: Page, demo: House) -> None:
    sign_in(page, demo, "investigator")
    page.goto(f"{demo.url}/tracks")
    page.get_by_test_id("query-case").select_option(CASE_NUMBER)
    page.get_by_test_id("query-reason").fill("核查肇事逃逸车辆行踪")
    page.get_by_test_id("query-plate").fill("浙JT6H92")
    page.get_by_test_id("query-run").click()
    expect(page.get_by_test_id("sighting-row").first).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("role", ["patrol", "supervisor", "auditor", "administrator"])
def test_every_role_has_a_page_to_stand_on(page: Page, demo: House, role: str) -> None:
    sign_in(page, demo, role)
    expect(page.get_by_role("navigation").first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
