"""The plate grammar: what is a plate, of which kind, and what is not."""

import pytest

from detection.grammar import FORMS, kind_of, matches, surplus_letters


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("浙J12345", "blue"),
        ("粤OT9048", "blue"),
        ("湘AYN355", "blue"),
        ("浙JD12345", "green"),
        ("浙J12345D", "green"),
        ("沪AK1B234", None),
        ("浙JL12345", None),
        ("皖Q0686学", "trainer"),
        ("浙J1234挂", "trailer"),
        ("川A0001警", "white_police"),
        ("粤ZF123港", "hk_macao"),
        ("粤ZF123澳", "hk_macao"),
        ("京ZF123澳", None),
        ("沪A1234领", "consulate"),
        ("224578使", "embassy"),
        ("使014578", "embassy"),
        ("WJ浙1234X", "armed_police"),
        ("WJ京12345", "armed_police"),
        ("WJ浙1234C", None),
        ("WJ1234X", "armed_police"),
        ("VA12345", "white_military"),
        ("XA12345", None),
        ("VI12345", None),
        ("京X1234应急", "emergency"),
        ("京A1234应急", None),
        ("民航A1234", "civil_aviation"),
        ("浙J1234学", "trainer"),
        ("浙I12345", None),
        ("浙JI2345", None),
        ("浙J1234O", None),
        ("浙J1234", None),
        ("浙J123456", None),
        ("2016-08-0", None),
        ("", None),
    ],
)
def test_text_is_a_plate_of_its_kind_or_none(text: str, kind: str | None) -> None:
    assert matches(text) == kind


@pytest.mark.parametrize(
    ("ground", "rows", "kind"),
    [
        ("blue", 1, "blue"),
        ("yellow", 1, "yellow"),
        ("yellow", 2, "yellow_double"),
        ("blue", 2, "blue"),
        ("black", 1, "black"),
        (None, 1, "blue"),
    ],
)
def test_ground_decides_the_kind_of_an_ordinary_plate(ground: str | None, rows: int, kind: str) -> None:
    assert kind_of(FORMS[0], ground, rows) == kind


def test_ground_does_not_change_a_kind_that_the_text_names() -> None:
    trainer = next(form for form in FORMS if form.kind == "trainer")
    assert kind_of(trainer, "blue") == "trainer"


def test_words_have_more_letters_than_serials() -> None:
    assert surplus_letters("湘AYN355") == 0
    assert surplus_letters("川T0Y0TA") == 1
