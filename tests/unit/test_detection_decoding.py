"""Decoding under the grammar, against the same sums done by brute force and on steps written by hand."""

from itertools import groupby, product

import numpy as np
import pytest

from detection.decoding import SYMBOLS, decode, decode_all, pool
from detection.grammar import ALPHABET, FORMS, fits

_ORDINARY = 0


def _steps(*times: dict[str, float]) -> np.ndarray:
    """Write steps by hand: per step the probability of each symbol ("" is the blank)."""
    table = np.zeros((len(times), len(SYMBOLS)))
    for row, step in zip(table, times, strict=True):
        for symbol, probability in step.items():
            row[SYMBOLS.index(symbol)] = probability
    return table


def _spelt(text: str) -> np.ndarray:
    """Write steps that say a text plainly, with a blank after each character."""
    return _steps(*[step for char in text for step in ({char: 0.9, "": 0.1}, {"": 1.0})])


def _likeliest(posteriors: np.ndarray, length: int) -> str:
    return "".join(ALPHABET[column] for column in posteriors[:length].argmax(axis=1))


def test_looks_weighed_together_are_weighed_as_alone() -> None:
    looks = np.stack([_spelt("浙J12344"), _spelt("浙J88888")])
    for together, look in zip(decode_all(looks), looks, strict=True):
        alone = decode(look)
        assert together.log_likelihoods == pytest.approx(alone.log_likelihoods)
        assert np.allclose(together.posteriors, alone.posteriors)


def test_plain_text_is_read_with_every_position_sure() -> None:
    evidence = decode(_spelt("浙J12344"))
    assert int(evidence.log_likelihoods.argmax()) == _ORDINARY
    assert _likeliest(evidence.posteriors[_ORDINARY], 7) == "浙J12344"
    assert evidence.posteriors[_ORDINARY, :7].max(axis=1).min() > 0.99


def test_new_energy_plate_has_eight_characters() -> None:
    evidence = decode(_spelt("浙JD12345"))
    best = int(evidence.log_likelihoods.argmax())
    assert FORMS[best].kind == "green"
    assert _likeliest(evidence.posteriors[best], 8) == "浙JD12345"


def test_grammar_turns_the_letter_o_away_from_the_serial() -> None:
    steps = _spelt("浙J12344")
    steps[4] = _steps({"O": 0.8, "0": 0.15, "Q": 0.05})[0]
    evidence = decode(steps)
    assert _likeliest(evidence.posteriors[_ORDINARY], 7) == "浙J02344"
    assert evidence.posteriors[_ORDINARY, 2].max() == pytest.approx(0.75, abs=0.01)


def test_a_hard_position_is_the_only_one_in_doubt() -> None:
    steps = _spelt("浙J12344")
    steps[0] = _steps({"浙": 0.5, "新": 0.4, "": 0.1})[0]
    posteriors = decode(steps).posteriors[_ORDINARY, :7].max(axis=1)
    assert posteriors[0] == pytest.approx(5 / 9, abs=0.01)
    assert posteriors[1:].min() > 0.99


def test_what_is_no_plate_is_unlikely_under_every_form() -> None:
    clock, plate = decode(_spelt("2016080308")), decode(_spelt("浙J12344"))
    assert clock.log_likelihoods.max() < plate.log_likelihoods.max() - 12


def test_places_follow_the_text_from_left_to_right() -> None:
    places = decode(_spelt("浙J12344")).places[_ORDINARY, :7]
    assert places == pytest.approx((np.arange(7) * 2 + 0.5) / 14, abs=0.02)


def test_likelihood_equals_the_sum_over_all_alignments() -> None:
    """Five symbols over eight steps, every alignment written out."""
    generator = np.random.default_rng(4)
    symbols = ("", "浙", "J", "1", "2")
    steps = np.full((8, len(SYMBOLS)), 1e-5)
    columns = [SYMBOLS.index(symbol) for symbol in symbols]
    steps[:, columns] = generator.dirichlet(np.ones(5), size=8)
    total, sums = 0.0, np.zeros(len(symbols))
    for path in product(range(5), repeat=8):
        text = "".join(symbols[symbol] for symbol, _ in groupby(path))
        if len(text) == 7 and fits(FORMS[_ORDINARY], text):
            probability = float(np.prod(steps[np.arange(8), [columns[symbol] for symbol in path]]))
            total += probability
            sums[symbols.index(text[2])] += probability
    evidence = decode(steps)
    assert evidence.log_likelihoods[_ORDINARY] == pytest.approx(np.log(total), abs=0.05)
    share = evidence.posteriors[_ORDINARY, 2, ALPHABET.index("1")]
    assert share == pytest.approx(sums[3] / total, abs=0.02)


def test_pooled_looks_stay_between_the_surest_and_the_least_sure() -> None:
    sure, unsure = _spelt("浙J12344"), _spelt("浙J12344")
    unsure[0] = _steps({"新": 0.6, "浙": 0.4})[0]
    first, second = decode(sure), decode(unsure)
    column = ALPHABET.index("浙")
    pooled = pool([first, second]).posteriors[_ORDINARY, 0, column]
    assert second.posteriors[_ORDINARY, 0, column] < pooled < first.posteriors[_ORDINARY, 0, column]
