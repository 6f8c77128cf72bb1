"""A character that could not be read leaves its own place open, found from where the others stand."""

import numpy as np

from detection.decoding import SYMBOLS, Evidence, decode
from detection.grammar import ALPHABET
from detection.plate_gaps import CENTRES_MM, with_gap

_ORDINARY = 0


def _steps(text: str) -> np.ndarray:
    """Write 48 steps that say a text where GA 36 puts it; '-' says nothing, '?' hints at a 3."""
    table = np.zeros((48, len(SYMBOLS)))
    table[:, 0] = 1.0
    for centre, char in zip(CENTRES_MM[7], text, strict=True):
        at = round(centre / 440 * 47)
        if char != "-":
            sure = 0.3 if char == "?" else 0.98
            table[at] = 0.0
            table[at, SYMBOLS.index("3" if char == "?" else char)] = sure
            table[at, 0] = 1 - sure
    return table


def _read(evidence: Evidence) -> str:
    """Give the surest characters, '-' where none is likelier than not."""
    posteriors = evidence.posteriors[_ORDINARY, :7]
    sure = zip(posteriors.argmax(axis=1), posteriors.max(axis=1), strict=True)
    return "".join(ALPHABET[column] if share >= 0.5 else "-" for column, share in sure)


def test_a_hidden_character_leaves_its_own_place_open() -> None:
    for text in ("浙J-2K45", "浙J1-K45", "浙J12-45", "浙J12K-5", "浙J12K4-"):
        steps = _steps(text)
        assert _read(with_gap(steps, decode(steps))) == text


def test_a_faint_character_is_left_to_decoding() -> None:
    steps = _steps("浙J12K?5")
    evidence = decode(steps)
    assert with_gap(steps, evidence) is evidence
    assert _read(evidence) == "浙J12K35"


def test_a_whole_plate_stays_as_it_is() -> None:
    steps = _steps("浙J12K45")
    evidence = decode(steps)
    assert with_gap(steps, evidence) is evidence
