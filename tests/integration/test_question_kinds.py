"""What each kind of question finds: misreads with their reason, ranked fits, doubted readings, encounters."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from operations.intake import Known
from operations.quarantine import NewQuarantine, put_in
from operations.questions.found import Found
from operations.questions.kinds import answer_of
from operations.questions.question import Question, checked
from operations.store import Engine, Session, reading, writing
from operations.tables import Unit
from tests.api_server import inhabit
from tests.conftest import Clock
from tests.village import CASE, SUPERVISOR, seen, take

TRUE, MISREAD, OTHER = "浙JA1284", "浙JA12B4", "浙JA5555"


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    """TRUE drives from C0001 past C0002, misread there, to C0003; OTHER follows 20 s later."""
    inhabit(engine, clock())
    begins = clock.move(3600)
    passes = [
        seen(begins + timedelta(seconds=120 * number + lag), 10 * number + lag, f"C000{number}", plate=plate)
        for lag, plates in ((0, (TRUE, MISREAD, TRUE)), (20, (OTHER,) * 3))
        for number, plate in enumerate(plates, 1)
    ]
    assert take(engine, Known(), clock.move(600), *passes).refused == []
    return engine


def _answer(session: Session, clock: Clock, **changed: Any) -> Found:
    since = clock() - timedelta(hours=3)
    given = {"case_number": CASE, "reason": "盗窃案", "plate": TRUE, "since": since, "until": clock()}
    return answer_of(session, checked(Question(**{**given, **changed})), clock())


def _reads(found: Found) -> list[tuple[str, str]]:
    return [(item["plate"], item["read"]["plate"]) for item in found.items]


def test_a_path_takes_in_a_likely_misread_and_says_why(village: Engine, clock: Clock) -> None:
    with reading(village) as session:
        found, exact = _answer(session, clock), _answer(session, clock, fuzzy=False)
    assert _reads(exact) == [(TRUE, TRUE)] * 2
    assert _reads(found) == [(TRUE, TRUE), (MISREAD, TRUE), (TRUE, TRUE)]
    (slip,) = found.items[1]["read"]["why"]
    assert (slip["position"], slip["read"], slip["true"]) == (6, "B", "8")
    assert 0 < found.items[1]["read"]["probability"] < 1 == found.items[0]["read"]["probability"]
    assert len(found.tracks[0].legs) == 2, "the misread lies on the way"
    assert len(found.kept) == 3


def test_a_search_ranks_by_how_well_a_plate_fits_and_by_nothing_else(village: Engine, clock: Clock) -> None:
    with reading(village) as session:
        found = _answer(session, clock, kind="search", plate="浙JA128?")
        wide = _answer(session, clock, kind="search", plate="浙J*4", fuzzy=False)
        red = _answer(session, clock, kind="search", plate="浙JA128?", colour="red")
    assert [(each["plate"], each["sightings"]) for each in found.vehicles] == [(TRUE, 2), (MISREAD, 1)]
    assert [each["probability"] == 1.0 for each in found.vehicles] == [True, False]
    assert [slip["true"] for slip in found.vehicles[1]["why"]] == ["8"]
    assert [each["plate"] for each in wide.vehicles] == [TRUE, MISREAD], "equal fits: by the plate's text"
    assert (red.vehicles, red.items) == ([], [])


def test_a_path_of_a_pattern_draws_each_vehicle_it_fits(village: Engine, clock: Clock) -> None:
    with reading(village) as session:
        found = _answer(session, clock, plate="浙JA????", fuzzy=False)
    assert [track.plate for track in found.tracks] == [TRUE, MISREAD, OTHER]
    assert len(found.items) == 6


def test_a_reading_in_quarantine_is_shown_and_carries_no_leg(village: Engine, clock: Clock) -> None:
    doubted = NewQuarantine(camera_id=3, kind="person", reason="车道误读", since=clock() - timedelta(days=1))
    with writing(village) as session:
        made = put_in(session, SUPERVISOR, doubted, clock())
        number = made.id
    with reading(village) as session:
        found = _answer(session, clock)
    assert found.items[2]["quarantined"] == {"id": number, "kind": "person", "reason": "车道误读"}
    assert [item["quarantined"] for item in found.items[:2]] == [None, None]
    assert len(found.tracks[0].legs) == 1


def test_two_vehicles_are_compared_by_where_they_met(village: Engine, clock: Clock) -> None:
    with reading(village) as session:
        found = _answer(session, clock, kind="compare", other_plate=OTHER)
    assert [track.plate for track in found.tracks] == [TRUE, OTHER]
    (met,) = found.companions or []
    assert (met["plate"], met["points"], met["lag_s"]) == (OTHER, 3, 20.0)
    assert [each["camera"]["code"] for each in met["encounters_list"]] == ["C0001", "C0002", "C0003"]


def test_the_other_analyses_answer_of_what_was_read(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        for unit in session.scalars(select(Unit)):
            unit.state = "off_duty"
    with reading(village) as session:
        clone = _answer(session, clock, kind="clone")
        alone = _answer(session, clock, kind="companions")
        following = _answer(session, clock, kind="next")
    assert clone.clone is not None
    assert clone.clone["verdict"] == "one_vehicle"
    assert alone.companions == [], "one drive together is what chance explains"
    assert following.next is not None
    assert all(point["interception"] is None for point in following.next)
