"""The read-error model: probabilities that add up, reasons that can be told, lists that miss nothing."""

from itertools import product
from random import Random

import numpy as np
import pytest

from operations.reads.codes import CODES, DIGITS, PROVINCES, code
from operations.reads.confusions import Counts, learned
from operations.reads.errors import PRIOR, ReadErrors
from operations.reads.likeliest import Choice, likeliest
from operations.reads.prior import PLACES

SERIAL = DIGITS * 3 + "ABCDEFGHJKLMNPQRSTUVWXYZ"
FEW = "8B30D-浙渝"


def plates(count: int, seed: int = 4) -> list[str]:
    rng = Random(seed)
    return ["浙" + rng.choice("ABCJ") + "".join(rng.choices(SERIAL, k=5)) for _ in range(count)]


def may_be_true(text: str) -> bool:
    return "-" not in text and not set(text[1:]) & {*PROVINCES, "试"}


def counted(*misreads: tuple[int, str, str, float]) -> Counts:
    """Misreads as (position from 1, read, true, count)."""
    counts = Counts()
    for position, read, true, count in misreads:
        counts.table[position - 1, code(true), code(read)] += count
    return counts


def test_what_a_character_is_read_as_adds_up_to_one_before_and_after_learning() -> None:
    rng = np.random.default_rng(5)
    many = [Counts(rng.integers(0, 3000, (PLACES, CODES, CODES)).astype(float), 5, 9, 1000) for _ in range(2)]
    for confusions in (PRIOR.confusions, learned(*many)):
        assert np.allclose(confusions.table.sum(axis=2), 1.0)
        assert (confusions.table >= 0).all()


def test_about_one_plate_in_twenty_is_misread_and_the_province_worst() -> None:
    right = [PRIOR.probability(plate, plate) for plate in plates(500)]
    assert 0.94 < float(np.mean(right)) < 0.96
    wrong = [1.0 - PRIOR.character(place, char, char) for place, char in enumerate("浙J12345")]
    assert wrong[0] > 1.5 * max(wrong[1:])
    assert wrong[-1] < max(wrong[2:4])


@pytest.mark.parametrize(("alike", "unlike", "true"), [("B", "4", "8"), ("D", "1", "0"), ("川", "京", "皖")])
def test_look_alikes_are_read_for_each_other(alike: str, unlike: str, true: str) -> None:
    place = 0 if true in PROVINCES else 4
    assert PRIOR.character(place, alike, true) > 5 * PRIOR.character(place, unlike, true)


def test_the_reason_names_position_characters_and_probability() -> None:
    (slip,) = PRIOR.why("浙JA1B34", "浙JA1834")
    assert (slip.position, slip.read, slip.true) == (5, "B", "8")
    assert slip.probability == PRIOR.character(4, "B", "8")
    assert PRIOR.why("浙JA1834", "浙JA1834") == ()
    dropped, wrong = PRIOR.why("-JD1234", "浙JD12345")
    assert (dropped.position, dropped.read, dropped.true) == (8, "", "5")
    assert (wrong.position, wrong.read, wrong.true) == (1, "-", "浙")
    (extra,) = PRIOR.why("浙JA12341", "浙JA1234")
    assert (extra.position, extra.read, extra.true) == (8, "1", "")


def test_a_plate_too_long_or_too_short_by_two_is_another_plate() -> None:
    assert PRIOR.probability("浙J1234", "浙JA12345") == 0.0
    assert PRIOR.why("浙J1234", "浙JA12345") == ()
    assert PRIOR.probability("浙JA1234", "浙JD12345") < PRIOR.probability("浙JD1234", "浙JD12345")


@pytest.mark.parametrize("text", ["8B", "浙8", "-0", "试8"])
@pytest.mark.parametrize("least", [1e-2, 1e-4])
def test_likely_reads_and_truths_are_all_there_are(text: str, least: float) -> None:
    every = ["".join(chars) for n in (1, 2, 3) for chars in product(FEW + "试", repeat=n)]
    every = [other for other in every if (other[0] == "试") == (text[0] == "试")]
    reads = {other: PRIOR.probability(other, text) for other in every if "试" not in other[1:]}
    truths = {other: PRIOR.probability(text, other) for other in every if may_be_true(other)}
    for likely, all_of_them in (
        (PRIOR.likely_reads(text, least), reads if "-" not in text else {}),
        (PRIOR.likely_truths(text, least), truths),
    ):
        wanted = {other: p for other, p in all_of_them.items() if p >= least}
        if all_of_them:
            assert {other: p for other, p in likely.items() if other in all_of_them} == pytest.approx(wanted)
        assert list(likely.values()) == sorted(likely.values(), reverse=True)


def test_of_too_many_the_likeliest_are_kept() -> None:
    rng = Random(6)
    chances = [{char: rng.random() for char in "ABCDEF"} for _ in range(5)]
    every = {"".join(chars): float(np.prod([c[char] for c, char in zip(chances, chars, strict=True)]))
             for chars in product("ABCDEF", repeat=5)}  # fmt: skip
    found = likeliest([Choice.of(each) for each in chances], 1.0, 1e-9, most=50)
    best = dict(sorted(every.items(), key=lambda item: -item[1])[:50])
    assert found == pytest.approx(best)


def test_a_correction_raises_that_confusion_and_no_other() -> None:
    after = ReadErrors(
        learned(Counts(), counted((5, "B", "8", 1), *((p, c, c, 1) for p, c in ((1, "浙"), (2, "J")))))
    )
    rise = after.confusions.table / np.maximum(PRIOR.confusions.table, 1e-12)
    rise[:, range(CODES), range(CODES)] = 0.0
    place, true, read = np.unravel_index(rise.argmax(), rise.shape)
    assert (place, true, read) == (4, code("8"), code("B"))
    assert rise[4, code("8"), code("B")] > 1.5
    others = rise.copy()
    others[:, code("8"), code("B")] = 0.0  # the same glyphs elsewhere learn a part
    assert others.max() <= 1.0 + 1e-9


def test_plates_confirmed_as_read_lower_the_errors() -> None:
    confirmed = counted(*((place + 1, char, char, 500.0) for place, char in enumerate("浙JA1834")))
    after = ReadErrors(learned(Counts(), confirmed))
    assert after.probability("浙JA1834", "浙JA1834") > PRIOR.probability("浙JA1834", "浙JA1834")


def test_looks_teach_which_character_but_not_how_often() -> None:
    looks = counted((5, "B", "8", 2e6), (5, "3", "8", 1e6), (5, "-", "8", 9e6))
    after = ReadErrors(learned(looks, Counts()))
    assert after.character(4, "8", "8") == pytest.approx(PRIOR.character(4, "8", "8"))
    assert after.character(4, "-", "8") == pytest.approx(PRIOR.character(4, "-", "8"))
    assert after.character(4, "B", "8") == pytest.approx(2 * after.character(4, "3", "8"), rel=0.15)
    corrected = ReadErrors(learned(looks, counted((5, "S", "8", 20))))
    assert corrected.character(4, "S", "8") > 5 * after.character(4, "S", "8"), "people are still heard"
