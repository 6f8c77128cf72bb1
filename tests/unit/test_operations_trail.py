"""What an auditor reads of plates: enough to recognise a plate he is told, too little to learn one."""

import pytest

from operations.trail import masked


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("查浙JA1234的去向", "查浙J****4的去向"),
        ("浙J·AD12345 and 沪B8?8*", "浙J******5 and 沪B****"),
        ("WJ12345X", "WJ*****X"),
        ("case 2026-YH-0142, camera C0001", "case 2026-YH-0142, camera C0001"),
        ("连环盗窃案 12 起", "连环盗窃案 12 起"),
        ("粤Z1234港", "粤Z****港"),
        (None, None),
    ],
)
def test_plates_in_any_words_are_masked(said: str | None, shown: str | None) -> None:
    assert masked(said) == shown


def test_plates_are_masked_however_deep_and_whatever_their_form() -> None:
    said = {"plate": "JA1234", "pattern": "*A123?", "list": [{"question": {"plate": "浙JA1234"}}], "count": 3}
    assert masked(said) == {
        "plate": "JA***4",
        "pattern": "*A***?",
        "list": [{"question": {"plate": "浙J****4"}}],
        "count": 3,
    }
