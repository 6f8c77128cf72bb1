"""Cases in the console: whoever may ask about vehicles opens the case to ask under, and it can be closed."""

from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import House, sign_in

NUMBER = "2026-YH-0142"


def test_an_investigator_opens_a_case_and_asks_under_it(page: Page, demo: House) -> None:
    sign_in(page, demo, "investigator")
    page.goto(f"{demo.url}/cases")
    page.get_by_test_id("case-new").click()
    page.get_by_test_id("case-number").fill(NUMBER)
    page.get_by_test_id("case-title").fill("城关镇连环盗窃案")
    page.get_by_test_id("case-basis").fill("立案决定书 永公（刑）立字〔2026〕142 号")
    page.get_by_test_id("case-submit").click()
    expect(page.get_by_test_id("case-member")).to_have_count(1)
    page.get_by_test_id("member-login").fill("supervisor")
    page.get_by_test_id("member-add").click()
    expect(page.get_by_test_id("case-member")).to_have_count(2)

    page.get_by_test_id("case-ask").click()
    expect(page.get_by_test_id("query-case")).to_have_value(NUMBER)
    page.get_by_test_id("query-reason").fill("核查涉案车辆行踪")
    page.get_by_test_id("query-plate").fill("浙JT6H92")
    page.get_by_test_id("query-run").click()
    expect(page.get_by_test_id("sighting-row").first).to_be_visible(timeout=20_000)

    page.context.clear_cookies()
    sign_in(page, demo, "supervisor")
    page.goto(f"{demo.url}/cases")
    page.get_by_test_id("case-row").filter(has_text=NUMBER).click()
    expect(page.get_by_test_id("case-pane")).to_contain_text("浙JT6H92")
    page.get_by_test_id("case-close").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("案件已侦破")
    page.get_by_role("dialog").locator("button.primary").click()
    expect(page.get_by_test_id("case-close")).to_have_count(0)
    expect(page.get_by_test_id("case-ask")).to_have_count(0)
