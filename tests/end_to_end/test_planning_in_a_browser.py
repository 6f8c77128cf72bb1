"""Patrol planning in the console: a plan built, changed with the cost shown, published and mended."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.end_to_end.conftest import House, sign_in

IN_CHINESE = "localStorage.removeItem('watchgrid.language')"
NAME = "浏览器里排的计划"
MADE_WITHIN_MS = 240_000  # the demo plans its own day first; on a quiet machine half a minute
MENDED_WITHIN_MS = 30_000
COST = re.compile(r"优先分 .*行车 .*分钟")
# The unit with most stops still ahead in the published plan of today whose name is given.
BUSIEST = """async (name) => {
  const ask = async (path) => (await fetch('/api/v1' + path)).json();
  const { items } = await ask('/patrol/plans?state=published');
  const plan = await ask('/patrol/plans/' + items.find((one) => one.name === name).id);
  const ahead = (route) => route.stops.filter((stop) => Date.parse(stop.window_from) > Date.now()).length;
  const routes = plan.routes.filter((route) => Date.parse(route.shift_until) > Date.now());
  return routes.sort((a, b) => ahead(b) - ahead(a))[0].unit.id;
}"""


def row(page: Page) -> Locator:
    """Return our plan in the list of the day."""
    return page.get_by_test_id("plan-row").filter(has_text=NAME)


def unserved(page: Page) -> int:
    """Return how many visits the plan on screen does not make."""
    return int(page.get_by_test_id("tab-unserved").locator("b").inner_text())


def build(page: Page) -> None:
    """Ask for a plan with two seconds and wait until it is made and open."""
    page.get_by_test_id("build").click()
    page.get_by_test_id("build-name").fill(NAME)
    page.get_by_test_id("build-seconds").fill("2")
    page.get_by_test_id("build-run").click()
    expect(row(page)).to_have_attribute("data-state", "draft", timeout=MADE_WITHIN_MS)
    expect(row(page).get_by_role("button", pressed=True)).to_be_visible()
    expect(page.get_by_test_id("figures")).to_contain_text("优先分覆盖")


def take_out_and_put_back(page: Page) -> None:
    """Remove a stop reached by keyboard and insert it again, the cost shown before each."""
    page.locator("[data-testid=gantt-stop][tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    place = (
        page.get_by_test_id("visit-card")
        .locator("xpath=ancestor::section")
        .get_by_role("heading")
        .inner_text()
    )
    before = unserved(page)
    page.get_by_test_id("edit-remove").click()
    expect(page.get_by_test_id("edit-cost")).to_have_text(COST)
    assert unserved(page) == before, "nothing is changed before it is applied"
    page.get_by_test_id("edit-apply").click()
    expect(page.get_by_test_id("tab-unserved").locator("b")).to_have_text(str(before + 1))
    page.get_by_test_id("tab-unserved").click()
    page.get_by_test_id("unserved-row").filter(has_text=place).first.click()
    page.get_by_test_id("edit-ask").click()
    expect(page.get_by_test_id("edit-cost")).to_have_text(COST)
    page.get_by_test_id("edit-apply").click()
    expect(page.get_by_test_id("tab-unserved").locator("b")).to_have_text(str(before))


def drag_a_stop(page: Page) -> None:
    """Drag a stop to the next unit: the cost is told, and nothing is changed."""
    page.get_by_role("tab", name="时间线").click()
    lanes = page.locator("[data-lane]").filter(has=page.get_by_test_id("gantt-stop"))
    stop = lanes.nth(0).get_by_test_id("gantt-stop").first
    lanes.nth(1).scroll_into_view_if_needed()
    at, to = stop.bounding_box(), lanes.nth(1).bounding_box()
    assert at is not None
    assert to is not None
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(at["x"] + 20, to["y"] + to["height"] / 2, steps=4)
    page.mouse.up()
    expect(page.get_by_test_id("edit-cost")).to_have_text(re.compile(r"优先分 |不可行："))
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("proposal")).to_have_count(0)


def test_a_plan_is_built_changed_published_and_mended(page: Page, demo: House) -> None:
    sign_in(page, demo, "supervisor")
    page.evaluate(IN_CHINESE)
    page.goto(f"{demo.url}/planning")
    build(page)
    take_out_and_put_back(page)
    drag_a_stop(page)

    page.get_by_test_id("publish").click()
    expect(page.get_by_test_id("supersedes").first).to_contain_text("将取代")
    page.get_by_test_id("dialog-yes").click()
    expect(row(page)).to_have_attribute("data-state", "published")

    page.goto(f"{demo.url}/patrol?unit={page.evaluate(BUSIEST, NAME)}")
    page.get_by_test_id("unit-out").click()
    expect(page.get_by_test_id("replan-sum")).to_contain_text("改派", timeout=MENDED_WITHIN_MS)
    expect(page.get_by_test_id("replan-change").first).to_be_visible()
    expect(page.get_by_test_id("is-out")).to_have_count(0)
    page.get_by_test_id("replan-apply").click()
    expect(page.get_by_test_id("is-out")).to_be_visible(timeout=MENDED_WITHIN_MS)
    page.get_by_test_id("unit-back").click()
    page.get_by_test_id("replan-apply").click()
    expect(page.get_by_test_id("is-out")).to_have_count(0, timeout=MENDED_WITHIN_MS)
