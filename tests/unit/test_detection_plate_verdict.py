"""What two networks say of one plate becomes one verdict, and what may be let out of it."""

import numpy as np
import pytest

from detection.decoding import SYMBOLS, Evidence, decode
from detection.grammar import ALPHABET, FORMS
from detection.plate_verdict import Account, province_in, verdict

_ORDINARY = 0


def _spelt(text: str, first: dict[str, float] | None = None) -> np.ndarray:
    """Write steps that say a text plainly, the first character perhaps less so."""
    table = np.zeros((2 * len(text), len(SYMBOLS)))
    for at, char in enumerate(text):
        said = first if first and at == 0 else {char: 0.9, "": 0.1}
        for symbol, probability in said.items():
            table[2 * at, SYMBOLS.index(symbol)] = probability
        table[2 * at + 1, 0] = 1.0
    return table


def _province(evidence: Evidence, char: str) -> float:
    return float(evidence.posteriors[_ORDINARY, 0, ALPHABET.index(char)])


def _heard(text: str, first: dict[str, float]) -> Account:
    return Account((decode(_spelt(text, first)),))


def test_networks_that_agree_are_sure_and_that_disagree_are_not() -> None:
    says, other = {"浙": 0.9, "新": 0.05}, {"新": 0.9, "浙": 0.05}
    agreed = verdict({"own": _heard("浙J12344", says), "text": _heard("浙J12344", says)})
    split = verdict({"own": _heard("浙J12344", says), "text": _heard("浙J12344", other)})
    assert _province(agreed, "浙") > 0.9
    assert 0.3 < _province(split, "浙") < 0.7
    assert split.posteriors[_ORDINARY, 1:7].max(axis=1).min() > 0.9


def test_closer_look_settles_the_province_and_nothing_else() -> None:
    before = _heard("浙J12344", {"新": 0.5, "浙": 0.4, "": 0.1})
    after = before.with_more((), [province_in(_spelt("浙J", {"浙": 0.9, "新": 0.01}))])
    plain, closer = verdict({"text": before}), verdict({"text": after})
    assert _province(plain, "新") > _province(plain, "浙")
    assert _province(closer, "浙") > _province(closer, "新")
    assert np.allclose(plain.posteriors[:, 1:], closer.posteriors[:, 1:])


def test_every_position_of_a_verdict_sums_to_one() -> None:
    said = verdict(
        {"own": _heard("浙J12344", {"浙": 0.6, "新": 0.3}), "text": _heard("浙J12344", {"浙": 0.5})}
    )
    for row, form in enumerate(FORMS):
        assert said.posteriors[row, : len(form.positions)].sum(axis=1) == pytest.approx(1.0)
