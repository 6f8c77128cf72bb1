"""Schedules of synthetic cameras: reading traffic.json, repeating it, and traffic drawn from a seed."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from ingest.synthetic.options import BadSyntheticUrl, Options
from ingest.synthetic.schedule import load_schedule, passing, random_traffic

EPOCH = datetime(2026, 11, 23, tzinfo=UTC)
ROW = {
    "camera": "C0001",
    "offset_s": 12.5,
    "plate": "浙J·A12345",
    "kind": "green",
    "class": "car",
    "colour": "white",
    "direction": "towards",
    "lane": 1,
    "speed_kmh": 40,
}


def written(tmp_path, **changes):
    path = tmp_path / "traffic.json"
    document = {"epoch": EPOCH.isoformat(), "period_s": 1200, "passages": [ROW]} | changes
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_camera_gets_its_own_passages_only(tmp_path):
    path = written(tmp_path, passages=[ROW, ROW | {"camera": "C0002"}])
    assert [passage.plate for passage in load_schedule(path, "C0001").passages] == ["浙JA12345"]
    assert load_schedule(path, "C0003").passages == ()


@pytest.mark.parametrize("periods", [-1, 0, 3])
def test_traffic_repeats_every_period(tmp_path, periods):
    traffic = load_schedule(written(tmp_path), "C0001")
    near = passing(traffic, EPOCH + timedelta(seconds=1200 * periods + 10), horizon_s=30)
    assert [past_s for _, past_s in near] == [pytest.approx(-2.5)]


def test_a_vehicle_is_seen_across_the_turn_of_a_period(tmp_path):
    traffic = load_schedule(written(tmp_path, passages=[ROW | {"offset_s": 1}]), "C0001")
    ((_, past_s),) = passing(traffic, EPOCH - timedelta(seconds=3), horizon_s=30)
    assert past_s == pytest.approx(-4)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"passages": [ROW | {"kind": "pink"}]}, r"passages\[0\]: kind is 'pink', must be one of blue"),
        ({"passages": [ROW, ROW | {"class": "tank"}]}, r"passages\[1\]: class is 'tank'"),
        ({"passages": [ROW | {"plate": "浙J1"}]}, "7 or 8 characters"),
        ({"passages": [{"camera": "C0001"}]}, "'offset_s' is missing"),
        ({"epoch": "2026-11-23T00:00:00"}, "epoch needs a time zone"),
        ({"period_s": 5}, "period_s must be at least 60"),
        ({"passages": 7}, "malformed"),
    ],
)
def test_a_malformed_schedule_says_where(tmp_path, changes, why):
    with pytest.raises(BadSyntheticUrl, match=why):
        load_schedule(written(tmp_path, **changes), "C0001")


def test_a_missing_or_unreadable_schedule_says_which(tmp_path):
    with pytest.raises(BadSyntheticUrl, match=r"nowhere\.json cannot be read: No such file"):
        load_schedule(tmp_path / "nowhere.json", "C0001")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadSyntheticUrl, match=r"broken\.json is not JSON"):
        load_schedule(tmp_path / "broken.json", "C0001")


def test_random_traffic_has_valid_plates_and_its_own_seed():
    traffic = random_traffic(Options(camera="C0001", seed=7))
    blue_or_yellow, green = r"[浙沪苏闽皖赣][A-CEJ][0-9A-HJ-NP-Z]{5}", r"[浙沪苏闽皖赣][A-CEJ][DF]\d{5}"
    for passage in traffic.passages:
        assert re.fullmatch(green if passage.kind == "green" else blue_or_yellow, passage.plate)
    assert traffic == random_traffic(Options(camera="C0001", seed=7))
    assert traffic != random_traffic(Options(camera="C0002", seed=7))
