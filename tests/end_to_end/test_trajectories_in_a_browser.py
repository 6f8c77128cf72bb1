"""The trajectory cloud in the console: asked, approved, opened; previewed, and checked by a person."""

import re

from playwright.sync_api import Page, expect

from operations.demo.seed import CASE_NUMBER
from tests.end_to_end.conftest import House, sign_in

STOLEN = "浙JD37485"
IN_CHINESE = "localStorage.removeItem('watchgrid.language')"
ALERT_WITHIN_MS = 120_000
ANSWER_WITHIN_MS = 30_000


def ask(page: Page, demo: House, kind: str, plate: str, days: int) -> None:
    """Fill in a question of a kind about a plate and the past days; not sent yet."""
    page.goto(f"{demo.url}/tracks")
    page.evaluate(IN_CHINESE)
    page.reload()
    page.get_by_test_id("query-case").select_option(CASE_NUMBER)
    page.get_by_test_id("query-reason").fill("核查涉案车辆行踪")
    page.get_by_test_id(f"kind-{kind}").click()
    page.get_by_test_id("query-plate").fill(plate)
    page.get_by_role("button", name=f"{days} 天", exact=True).click()


def test_a_path_is_trips_with_what_lies_between_and_a_search_says_why(page: Page, demo: House) -> None:
    sign_in(page, demo, "investigator")
    ask(page, demo, "path", STOLEN, 7)
    expect(page.get_by_test_id("grade")).to_have_attribute("data-grade", "own")
    page.get_by_test_id("query-run").click()
    trips = page.get_by_test_id("trip")
    expect(trips.first).to_be_visible(timeout=ANSWER_WITHIN_MS)
    several = re.compile("平时 .*可能路线")
    for trip in trips.filter(
        has_text=re.compile(r"\d\d\.\d km")
    ).all():  # which one has them depends on the day
        trip.click()
        expect(trip).to_have_attribute("aria-expanded", "true")
        if several.search(page.locator("aside").inner_text()):
            break
    expect(page.locator("aside")).to_contain_text(several)
    chosen = page.url
    page.get_by_test_id("play").click()
    page.wait_for_function("document.querySelector('[data-testid=play]').textContent.includes('暂停')")
    page.keyboard.press("ArrowRight")
    expect(page.locator("article.selected")).to_have_count(1)
    assert page.url != chosen, "the chosen reading is in the address"

    ask(page, demo, "search", "浙JT6H*", 30)
    page.get_by_test_id("query-run").click()
    expect(page.get_by_test_id("vehicle").first).to_be_visible(timeout=ANSWER_WITHIN_MS)
    expect(page.locator("aside")).to_contain_text(re.compile(r". 被读作 .，第 \d 位，p [=<] 0\.\d+"))


def test_a_wide_question_waits_is_approved_and_opened_by_its_asker(page: Page, demo: House) -> None:
    sign_in(page, demo, "investigator")
    ask(page, demo, "companions", STOLEN, 30)
    expect(page.get_by_test_id("grade")).to_have_attribute("data-grade", "supervisor")
    expect(page.get_by_test_id("grade")).to_contain_text("其他车辆")
    page.get_by_test_id("query-run").click()
    expect(page.get_by_test_id("standing")).to_have_attribute("data-state", "waiting")
    expect(page.get_by_test_id("companion")).to_have_count(0)
    address = page.url

    page.context.clear_cookies()
    sign_in(page, demo, "supervisor")
    page.get_by_test_id("waiting").click()
    page.get_by_test_id("query-line").filter(has_text=STOLEN).first.click()
    page.get_by_test_id("decision-reason").fill("必要且相称")
    page.get_by_test_id("query-approve").click()
    expect(page.get_by_test_id("standing")).to_have_attribute("data-state", "approved")
    expect(page.get_by_test_id("companion")).to_have_count(0)

    page.context.clear_cookies()
    sign_in(page, demo, "investigator")
    page.goto(address)
    expect(page.get_by_test_id("companion").first).to_contain_text("巧合", timeout=ANSWER_WITHIN_MS)
    expect(page.get_by_test_id("encounter").first).to_be_visible()


def test_an_entry_is_previewed_by_who_asks_and_by_who_approves(page: Page, demo: House) -> None:
    sign_in(page, demo, "investigator")
    page.goto(f"{demo.url}/watchlist?new=1")
    page.get_by_test_id("entry-case").select_option(CASE_NUMBER)
    page.get_by_test_id("entry-reason").fill("目击者只记下前六位")
    page.get_by_test_id("entry-pattern").fill("浙JD3748?")
    page.get_by_test_id("area-town").select_option(index=1)
    page.get_by_test_id("entry-preview").click()
    preview = page.get_by_test_id("preview")
    expect(preview).to_be_visible(timeout=ANSWER_WITHIN_MS)
    page.get_by_test_id("area-town").select_option(index=0)
    page.get_by_test_id("entry-preview").click()
    expect(preview).to_contain_text("浙J", timeout=ANSWER_WITHIN_MS)
    page.get_by_test_id("entry-submit").click()

    page.context.clear_cookies()
    sign_in(page, demo, "supervisor")
    page.goto(f"{demo.url}/watchlist?state=pending")
    page.get_by_test_id("entry-row").filter(has_text="3748?").get_by_test_id("entry-decide").click()
    expect(preview).to_contain_text("浙J", timeout=ANSWER_WITHIN_MS)
    page.get_by_test_id("approve").click()
    expect(page.get_by_test_id("entry-pane").locator(".tag.active")).to_be_visible()


def test_an_alert_is_rejected_with_what_the_plate_really_says(page: Page, demo: House) -> None:
    sign_in(page, demo, "operator")
    page.goto(f"{demo.url}/live")
    row = page.get_by_test_id("alert-row").first
    expect(row).to_be_visible(timeout=ALERT_WITHIN_MS)
    row.click()
    page.get_by_test_id("open-check").click()
    check = page.get_by_test_id("check")
    expect(check.get_by_role("img").first).to_be_visible()
    page.get_by_test_id("check-reject").click()
    page.get_by_test_id("true-plate").fill("浙JT6N92")
    page.get_by_test_id("reject-reason").fill("车牌不符，车身颜色不同")
    page.get_by_test_id("check-say").click()
    said = page.get_by_test_id("verdict-said")
    expect(said).to_contain_text(re.compile("浙J·?T6N92"))
