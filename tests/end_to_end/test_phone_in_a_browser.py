"""The team's phone in a dead zone: what is said waits, survives a reload, and arrives once and in order."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from sqlalchemy import select

from operations.migrate import migrate
from operations.relay import relay
from operations.store import engine_from_url, reading
from operations.tables import CheckIn, DistressCall, PatrolStop, UnitPosition
from tests.api_server import PASSWORD, Api, running_api
from tests.end_to_end.conftest import CHROMIUM
from tests.patrolled import place_of, publish_route
from tests.services import missing, wait_until

PHONE = {"width": 390, "height": 844}


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def house(tmp_path: Path, redis_url: str) -> Iterator[Api]:
    """An API on the village, by the true clock, whose patrol has three stops today."""
    engine = engine_from_url(f"sqlite:///{tmp_path / 'watchgrid.db'}")
    migrate(engine, _now().date())
    with running_api(engine, redis_url, _now, tmp_path) as api:
        publish_route(engine, _now())
        yield api
    engine.dispose()


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[BrowserContext]:
    """Chromium as a phone standing 10 m from the first stop."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        missing("No Chromium here: install it (apt-get install chromium).")
    lon, lat = place_of(1)
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "chromium",
            executable_path=executable,
            headless=True,
            args=list(CHROMIUM),
            viewport=PHONE,
            has_touch=True,
            permissions=["geolocation"],
            geolocation={"longitude": lon + 0.0001, "latitude": lat, "accuracy": 9},
        )
        yield context
        context.close()


def _sign_in(context: BrowserContext, house: Api) -> Page:
    page = context.new_page()
    page.goto(house.url)
    page.get_by_test_id("login").fill("patrol")
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("next-stop")).to_be_visible(timeout=15_000)
    page.get_by_test_id("open-menu").click()
    expect(page.get_by_test_id("offline-ready")).to_have_attribute("data-ready", "true", timeout=15_000)
    page.get_by_test_id("open-menu").click()
    return page


def _photo(tmp_path: Path) -> Path:
    picture = np.full((300, 400, 3), 90, dtype=np.uint8)
    cv2.putText(picture, "market gate", (30, 160), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (230, 230, 230), 3)
    path = tmp_path / "gate.jpg"
    cv2.imwrite(str(path), picture)
    return path


def _hold(page: Page) -> None:
    box = page.get_by_test_id("panic").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    expect(page.get_by_test_id("help-status")).to_be_visible(timeout=5_000)
    page.mouse.up()


def _moved_to(context: BrowserContext, position: int) -> None:
    lon, lat = place_of(position)
    context.set_geolocation({"longitude": lon + 0.0002, "latitude": lat, "accuracy": 14})


def test_check_ins_of_a_dead_zone_arrive_once_and_in_order(
    house: Api, phone: BrowserContext, tmp_path: Path
) -> None:
    page = _sign_in(phone, house)
    expect(page.get_by_test_id("away")).to_have_text("10 m")
    expect(page.get_by_test_id("sharing")).to_have_attribute("data-on", "true")
    phone.set_offline(True)
    page.get_by_test_id("open-report").click()
    page.get_by_test_id("note").fill("市场东门，摊位占道")
    page.get_by_test_id("photo").set_input_files(_photo(tmp_path))
    expect(page.get_by_role("img", name="拍照")).to_be_visible()
    page.get_by_test_id("arrive-with").click()
    expect(page.get_by_test_id("waiting-items")).to_have_text("待上传 1")
    expect(page.get_by_test_id("dwell")).to_be_visible()
    page.reload()  # the page itself comes from the phone
    expect(page.get_by_test_id("waiting-items")).to_have_text("待上传 1", timeout=20_000)
    expect(page.get_by_test_id("offline")).to_be_visible(timeout=15_000)
    page.locator("[data-testid=map][data-ready=true]").wait_for(timeout=15_000)
    page.get_by_test_id("leave").click()
    _moved_to(phone, 2)
    expect(page.get_by_test_id("next-stop")).to_have_attribute("data-stop", "2")
    expect(page.get_by_test_id("away")).to_have_text("20 m")
    page.get_by_test_id("check-in").click()
    expect(page.get_by_test_id("waiting-items")).to_have_text("待上传 3")
    with reading(house.house.engine) as session:
        assert session.scalars(select(CheckIn)).all() == []
    phone.set_offline(False)
    expect(page.get_by_test_id("waiting-items")).to_have_count(0, timeout=20_000)
    with reading(house.house.engine) as session:
        rows = session.scalars(select(CheckIn).order_by(CheckIn.id)).all()
        assert [(row.kind, row.stop_id) for row in rows] == [("arrive", 1), ("leave", 1), ("arrive", 2)]
        assert [row.at for row in rows] == sorted(row.at for row in rows)
        assert rows[0].note == "市场东门，摊位占道"
        assert rows[0].photo is not None
        assert [row.doubts for row in rows[:2]] == [None, None]
        assert [doubt["code"] for doubt in rows[2].doubts or []] == ["too_fast"], "2 km in a few seconds"
        assert session.scalars(select(PatrolStop.note).order_by(PatrolStop.id)).all()[0] == rows[0].note
        assert session.scalars(select(UnitPosition.lon)).first() == pytest.approx(place_of(1)[0] + 0.0001)
    expect(page.get_by_test_id("offline")).to_have_count(0, timeout=10_000)


def test_help_called_without_network_arrives_later_and_says_so(house: Api, phone: BrowserContext) -> None:
    page = _sign_in(phone, house)
    page.get_by_test_id("panic").click()
    expect(page.get_by_test_id("help-status")).to_have_count(0)  # a touch is no call
    phone.set_offline(True)
    _hold(page)
    held_at = _now()
    expect(page.get_by_test_id("help-status")).to_have_attribute("data-state", "waiting")
    page.reload()
    expect(page.get_by_test_id("help-status")).to_have_attribute("data-state", "waiting", timeout=20_000)
    phone.set_offline(False)
    expect(page.get_by_test_id("help-status")).to_have_attribute("data-state", "open", timeout=20_000)

    def calls() -> list[DistressCall]:
        with reading(house.house.engine) as session:
            return list(session.scalars(select(DistressCall)))

    wait_until(calls, "the call for help is stored", 10)
    (call,) = calls()
    assert call.lon == pytest.approx(place_of(1)[0] + 0.0001)
    assert abs(call.at - held_at) < timedelta(seconds=3), "when the button was held, not when it came"
    desk = house.as_user("operator").post(f"/api/v1/patrol/distress/{call.id}/acknowledge")
    assert desk.status_code == 200
    relay(house.house.engine, house.house.redis, _now())
    expect(page.get_by_test_id("help-status")).to_have_attribute("data-state", "acknowledged", timeout=10_000)
    expect(page.get_by_test_id("help-status")).to_contain_text("operator")
