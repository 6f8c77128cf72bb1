"""Plates as read, in the database: kept at intake, found by the index, forgotten; misreads learned."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import select

from operations.intake import Known
from operations.reads.errors import PRIOR, read_errors, read_errors_now
from operations.reads.learning import learn_correction, learn_looks
from operations.reads.plate_index import plate_index
from operations.reads.seen_plates import Kept, forget_unseen, keep
from operations.store import Engine, Session, reading, writing
from operations.tables import PlateRow, ReadConfusion
from tests.conftest import START, Clock
from tests.village import found_village, seen, take

TODAY = START.date()


def spans(engine: Engine) -> dict[str, tuple[date, date]]:
    with reading(engine) as session:
        return {row.text: (row.first_day, row.last_day) for row in session.scalars(select(PlateRow))}


def indexed(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(each.text for each in plate_index(session).search("*", None, most=10_000))


def keep_all(engine: Engine, texts: Sequence[str], day: date = TODAY, known: Kept | None = None) -> None:
    with writing(engine) as session:
        keep(session, known or Kept(), [(text, day) for text in texts])


def test_intake_keeps_each_plate_with_its_days(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    known, tomorrow = Known(), TODAY + timedelta(days=1)
    plates = ["浙JA1234", "浙JB0001", None, "浙JA1234"]
    take(engine, known, clock(), *(seen(clock(), track, plate=plate) for track, plate in enumerate(plates)))
    assert spans(engine) == {"浙JA1234": (TODAY, TODAY), "浙JB0001": (TODAY, TODAY)}
    clock.move(86_400)
    late = seen(clock() - timedelta(days=3), 9, plate="浙JA1234", received_at=clock())
    take(engine, known, clock(), seen(clock(), 8, plate="浙JB0001"), late)
    assert spans(engine) == {"浙JA1234": (TODAY - timedelta(days=2), TODAY), "浙JB0001": (TODAY, tomorrow)}
    assert indexed(engine) == ["浙JA1234", "浙JB0001"]


def test_what_was_rolled_back_is_kept_the_next_time(engine: Engine) -> None:
    known = Kept()
    with writing(engine) as session:
        keep(session, known, [("浙JA1234", TODAY)])
        session.rollback()
    assert spans(engine) == {}
    keep_all(engine, ["浙JA1234"], known=known)
    assert spans(engine) == {"浙JA1234": (TODAY, TODAY)}
    assert known.spans == {"浙JA1234": (TODAY, TODAY)}


def test_workers_that_keep_the_same_plates_never_lock_each_other_out(engine: Engine) -> None:
    texts = [f"浙J{number:05d}" for number in range(120)]

    def work(seed: int) -> None:
        rng, known = Random(seed), Kept()
        for _ in range(25):
            with writing(engine) as session:
                day = TODAY - timedelta(days=rng.randint(0, 3))
                keep(session, known, [(text, day) for text in rng.sample(texts, 60)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    found = spans(engine)
    assert sorted(found) == texts
    assert set(found.values()) == {(TODAY - timedelta(days=3), TODAY)}


def test_the_index_misses_no_plate_that_is_committed_late(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    with Session(engine) as slow:
        keep(slow, Kept(), [("浙J00001", TODAY)])
        for number in range(2, 8):  # the slow one holds the lowest id all the while
            keep_all(engine, [f"浙J0000{number}"])
            assert indexed(engine) == [f"浙J0000{each}" for each in range(2, number + 1)]
        slow.commit()
    assert indexed(engine) == [f"浙J0000{each}" for each in range(1, 8)]
    for number in range(8, 12):
        keep_all(engine, [f"浙J{number:05d}"])
        assert indexed(engine) == [f"浙J{each:05d}" for each in range(1, number + 1)]


def test_the_index_forgets_plates_that_no_sighting_carries(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    old = START - timedelta(days=40)
    preserved = seen(old, 1, plate="浙JA0001", received_at=clock())
    take(engine, Known(), clock(), preserved, seen(clock(), 2, plate="浙JA0002"))
    keep_all(engine, ["浙JA0003", "浙JA0004"], old.date())
    assert len(indexed(engine)) == 4
    with writing(engine) as session:
        assert forget_unseen(session, TODAY - timedelta(days=30)) == 2
    assert indexed(engine) == ["浙JA0001", "浙JA0002"]
    keep_all(engine, ["浙JA0004"])  # SQLite may give it the id of one that is gone
    assert indexed(engine) == ["浙JA0001", "浙JA0002", "浙JA0004"]
    with writing(engine) as session:
        assert forget_unseen(session, TODAY - timedelta(days=30)) == 0


def test_a_plate_seen_again_while_it_is_forgotten_is_kept(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    keep_all(engine, ["浙JA0001"], TODAY - timedelta(days=40))
    with Session(engine) as worker, writing(engine) as retention:
        keep(worker, Kept(), [("浙JA0001", TODAY)])
        assert forget_unseen(retention, TODAY) == 0
        worker.commit()
    assert spans(engine) == {"浙JA0001": (TODAY - timedelta(days=40), TODAY)}


def test_a_correction_raises_exactly_that_confusion(engine: Engine) -> None:
    with writing(engine) as session:
        assert learn_correction(session, "浙JA1B34", "浙JA1834")
        assert not learn_correction(session, "浙JA1B34", "沪C99999"), "another plate, no misread"
        after = read_errors_now(session)
    assert after.character(4, "B", "8") > 1.5 * PRIOR.character(4, "B", "8")
    assert after.character(4, "3", "8") < PRIOR.character(4, "3", "8")
    assert after.character(4, "8", "B") == pytest.approx(PRIOR.character(4, "8", "B"))
    assert after.probability("浙JA1B34", "浙JA1834") > 1.5 * PRIOR.probability("浙JA1B34", "浙JA1834")
    (slip,) = after.why("浙JA1B34", "浙JA1834")
    assert (slip.position, slip.read, slip.true, slip.probability) == (
        5,
        "B",
        "8",
        after.character(4, "B", "8"),
    )


def test_a_dropped_or_extra_character_is_learned_as_such(engine: Engine) -> None:
    with writing(engine) as session:
        for _ in range(20):
            learn_correction(session, "浙J12345", "浙JD12345")
        after = read_errors_now(session)
    assert after.confusions.dropped > 2 * PRIOR.confusions.dropped
    assert after.confusions.extra < PRIOR.confusions.extra
    assert after.character(3, "1", "D") <= PRIOR.character(3, "1", "D") + 1e-12


def test_looks_are_counted_in_sum_and_once_a_track(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    looks = ["浙JA1834", "浙JA1834", "浙JA1B34", "浙JA1B34", "川JA1834", "浙JA1-34", "浙JA134"]
    sure = seen(clock(), 1, plate="浙JA1834", plate_confidence=0.97, plate_looks=looks)
    told = [
        sure,
        replace(sure, id="C0001:1:2"),
        replace(sure, id="C0001:1:3", plate_confidence=0.5),
        replace(sure, id="C0001:1:4", simulated=True),
        replace(sure, id="C0001:1:5", plate="浙JA1B34", plate_looks=["浙JA1B34", "浙JA1834"]),
    ]
    take(engine, Known(), clock(), *told)
    with reading(engine) as session:
        rows = session.scalars(select(ReadConfusion)).all()
        assert {(row.source, row.position, row.true_char, row.read_char): row.count for row in rows} == {
            ("fused", 5, "8", "B"): 2,
            ("fused", 1, "浙", "川"): 2,
        }
        after = read_errors(session)
    assert after.character(4, "B", "8") > PRIOR.character(4, "B", "8")
    assert after.character(4, "8", "8") == pytest.approx(PRIOR.character(4, "8", "8"))


def test_workers_that_learn_the_same_never_lock_each_other_out(engine: Engine) -> None:
    tracks = [
        (["浙JA1834", "浙JA1834", "浙JA1B34"], "浙JA1834"),
        (["浙JA0D34"] * 2 + ["浙JAD034"], "浙JA0D34"),
    ]

    def work(seed: int) -> None:
        for _ in range(20):
            with writing(engine) as session:
                learn_looks(session, Random(seed).sample(tracks, 2))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with reading(engine) as session:
        assert set(session.scalars(select(ReadConfusion.count))) == {80.0}
