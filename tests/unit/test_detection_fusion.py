"""Several looks at one vehicle become one read, position by position."""

import pytest

from detection.fusion import fuse
from detection.looks import concluded
from detection.vocabulary import Character, PlateRead


def _read(*positions: dict[str, float], kind: str = "blue") -> PlateRead:
    best = [max(position.items(), key=lambda item: item[1]) for position in positions]
    characters = tuple(Character(char, confidence) for char, confidence in best)
    text = "".join(character.char for character in characters)
    confidence = min(character.confidence for character in characters)
    return PlateRead(text, confidence, characters, None, kind, positions)


def test_one_look_stays_as_it_is() -> None:
    read = _read({"浙": 0.9}, {"J": 0.8})
    assert fuse([read]) == read


def test_nothing_cannot_be_fused() -> None:
    with pytest.raises(ValueError, match="nothing to fuse"):
        fuse([])


def test_two_doubtful_looks_are_outweighed_by_one_clear_one() -> None:
    doubtful = _read({"8": 0.5, "B": 0.45})
    clear = _read({"B": 0.98, "8": 0.01})
    fused = fuse([doubtful, doubtful, clear])
    assert fused.text == "B"


def test_agreeing_looks_are_surer_than_each_and_confidence_is_the_least_position() -> None:
    look = _read({"浙": 0.7, "新": 0.2}, {"J": 0.9, "U": 0.05})
    fused = fuse([look, look, look, look])
    assert fused.text == "浙J"
    assert [c.confidence for c in fused.characters] > [0.7, 0.9]
    assert fused.confidence == fused.characters[0].confidence


def test_a_look_of_another_length_does_not_spoil_the_others() -> None:
    long, short = _read({"浙": 0.9}, {"J": 0.9}, {"1": 0.9}), _read({"J": 0.8}, {"1": 0.8})
    assert fuse([long, short, long]).text == "浙J1"


def test_a_position_no_look_could_read_stays_unreadable() -> None:
    lost = PlateRead("-", 0.2, (Character("-", 0.2),), None, "blue")
    assert fuse([lost, lost]).text == "-"


def test_kind_goes_with_the_weight_of_the_looks() -> None:
    assert fuse([_read({"A": 0.9}), _read({"A": 0.5}, kind="yellow"), _read({"A": 0.3})]).kind == "blue"


def _seven(province: dict[str, float]) -> PlateRead:
    return _read(province, *({char: 0.99} for char in "J12345"))


def test_looks_that_dispute_the_province_leave_it_unread_and_keep_the_rest() -> None:
    plate = concluded([_seven({"浙": 0.6, "新": 0.3}), _seven({"新": 0.6, "浙": 0.3})])
    assert plate is not None
    assert plate.text == "-J12345"


def test_a_province_seen_once_and_doubtfully_is_unread() -> None:
    once = concluded([_seven({"浙": 0.7, "新": 0.2})])
    twice = concluded([_seven({"浙": 0.7, "新": 0.2})] * 2)
    surely = concluded([_seven({"浙": 0.97})])
    assert [plate and plate.text for plate in (once, twice, surely)] == ["-J12345", "浙J12345", "浙J12345"]
    assert once is not None
    assert once.confidence == 0.7
