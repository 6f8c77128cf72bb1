"""The plate index finds what comparing every plate with the pattern finds, and nothing else."""

from itertools import product
from math import prod
from random import Random

import pytest

from operations.reads.errors import PRIOR
from operations.reads.patterns import fixed_characters, matches, spread
from operations.reads.plate_index import Likely, PlateIndex
from tests.unit.test_reads_errors import plates

TEXTS = [
    *plates(300),
    *("".join(chars) for chars in product("浙渝-", "J", "A8", "01", "8BS", "3", ["4", "44", "4F", "Z"])),
    *(
        "浙JD12345",
        "浙JD1234",
        "浙J12345",
        "浙JD1Z345",
        "浙JD123451",
        "试A1234",
        "浙试8834",
        "WJ浙1234X",
        "粤Z8B34港",
    ),
    *("浙J", "8", "ABCDEFGHJK"),
]
TEXTS = list(dict.fromkeys(TEXTS))
PATTERNS = [
    "浙JA0834", "浙JD12345", "浙JD1234", "浙J?0834", "浙JD??3?5", "*834", "浙J*4", "*08?4*",
    "*8*34", "浙*08?4*", "试A1234", "?J80B34", "浙*", "OJA0834", "浙JD123451", "*8", "港*",
]  # fmt: skip


def brute(pattern: str, least: float) -> dict[str, float]:
    found = {text: best(pattern, text) for text in TEXTS}
    return {text: chance for text, chance in found.items() if chance >= least * (1 - 1e-9)}


def best(pattern: str, text: str) -> float:
    """P(text | pattern) the slow way: every spread of the runs, every character dropped or one too many."""
    ways: list[float] = [0.0]
    for way in spread(pattern, len(text)):
        ways.append(PRIOR.whole * aligned(way, [*enumerate(text)], way))
    for way in spread(pattern, len(text) + 1) if fixed_characters(pattern) else []:
        for at, chance in enumerate(PRIOR.dropped(len(way))):
            pairs = [(k, char) for k, char in zip([*range(at), *range(at + 1, len(way))], text, strict=True)]
            ways.append(chance * aligned(way, pairs, way) if way[at] != "*" else 0.0)
    for way in spread(pattern, len(text) - 1) if fixed_characters(pattern) else []:
        for at, chance in enumerate(PRIOR.extra(len(way))):
            rest = text[:at] + text[at + 1 :]
            added = PRIOR.probability("浙" + text[at], "浙") / PRIOR.probability("浙", "浙") * PRIOR.whole
            added /= PRIOR.extra(1)[1]
            ways.append(chance * added * aligned(way, [*enumerate(rest)], way))
    return max(ways)


def aligned(way: str, pairs: list[tuple[int, str]], true: str) -> float:
    return prod(PRIOR.character(k, char, true[k]) for k, char in pairs if way[k] not in "?*")


def as_dict(found: list[Likely]) -> dict[str, float]:
    return {likely.text: likely.probability for likely in found}


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("least", [1e-3, 1e-5])
def test_a_fuzzy_search_finds_what_comparing_every_plate_finds(pattern: str, least: float) -> None:
    found = PlateIndex(TEXTS).search(pattern, PRIOR, least, most=5000)
    assert as_dict(found) == pytest.approx(brute(pattern, least), rel=1e-6)
    assert [each.probability for each in found] == sorted((each.probability for each in found), reverse=True)
    for likely in found:
        assert (likely.why == ()) == matches(pattern, likely.text)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_exact_search_finds_what_matches(pattern: str) -> None:
    index = PlateIndex(TEXTS)
    wanted = {text for text in TEXTS if matches(pattern, text)}
    assert set(as_dict(index.search(pattern, None, most=5000))) == wanted
    assert index.count(pattern) == len(wanted)
    assert len(index.search(pattern, None, most=3)) == min(3, len(wanted))


def test_the_most_probable_are_kept_where_there_are_too_many() -> None:
    everything = brute("*08?4*", 1e-6)
    found = PlateIndex(TEXTS).search("*08?4*", PRIOR, 1e-6, most=20)
    assert len(found) == 20
    kept = sorted(everything.values(), reverse=True)[:20]
    assert [each.probability for each in found] == pytest.approx(kept, rel=1e-6)


def test_the_reason_counts_positions_as_the_pattern_does() -> None:
    index = PlateIndex(["浙JA1B34", "浙JD1234"])
    (likely,) = index.search("浙J?1834", PRIOR)
    assert [(slip.position, slip.read, slip.true) for slip in likely.why] == [(5, "B", "8")]
    (likely,) = [each for each in index.search("浙JD12345", PRIOR, 1e-4) if each.text == "浙JD1234"]
    assert [(slip.position, slip.read, slip.true) for slip in likely.why] == [(8, "", "5")]


def test_an_index_grows_while_it_is_searched() -> None:
    rng, index = Random(7), PlateIndex()
    texts = TEXTS.copy()
    rng.shuffle(texts)
    while texts:
        some, texts = texts[: rng.randint(1, 400)], texts[rng.randint(1, 400) :]
        index.add([text for text in some if not index.search(text, None)])
    assert set(as_dict(index.search("*8*", None, most=5000))) <= set(TEXTS)
    assert index.held_bytes < 40 * len(index)
