"""The plate grammar as data: every form of Chinese plate, position by position, its grounds and how common
it is.

Owns what a plate may say. Does not look at pixels and does not weigh evidence; detection/decoding.py does
that.
"""

from dataclasses import dataclass

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
DIGITS = "0123456789"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters of a serial: I and O are never issued there."""
RARE_OFFICES = "O"
OFFICES = LETTERS + RARE_OFFICES
"""Letters after the province; O is real there (粤O) but rare, I is not issued."""
SERIAL = DIGITS + LETTERS
ENERGY = "ABCDEFGHJK"
"""The field code of a new-energy plate (GA 36 and its extension)."""
ARMED_POLICE_UNITS = DIGITS + "TDSHBXJ"
ARMIES, THEIR_BRANCHES = "VKHBSLJNGCE", "ABCDJKLMNOPRSTVY"
"""The two letters of a military plate."""
FIRE_AND_FOREST = "XS"
"""The letter of an emergency-rescue plate: fire brigades, and those against forest fires."""

NAMING = "学挂警应急港澳领使民航"
"""Characters that say of what kind a plate is."""

UNREADABLE = "-"


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a plate.

    kind: what it is called, on a usual ground. positions: the characters each place may hold, from the left.
    grounds: the colours it is painted on in one row. rarity: natural log of how much rarer it is than an
    ordinary plate. stacked: the colours it is painted on in two rows, the province's row above.
    """

    kind: str
    positions: tuple[str, ...]
    grounds: tuple[str, ...]
    rarity: float = 3.0
    stacked: tuple[str, ...] = ()

    @property
    def names(self) -> str:
        """The characters that name the kind, such as 学: Chinese ones that are no province."""
        return "".join(char for chars in self.positions for char in chars if char in NAMING)


_HEAD = (PROVINCES, OFFICES)
_SERIAL_4 = (SERIAL,) * 4
_DIGITS_4 = (DIGITS,) * 4
_WHITE, _BLACK, _YELLOW, _GREEN = ("white",), ("black",), ("yellow",), ("green",)

FORMS: tuple[Form, ...] = (
    Form("blue", (*_HEAD, SERIAL, *_SERIAL_4), ("blue", "yellow", "black"), 0.0, ("yellow", "blue")),
    Form("green", (*_HEAD, ENERGY, SERIAL, *_DIGITS_4), _GREEN, 2.0),
    Form("green", (*_HEAD, DIGITS, *_DIGITS_4, ENERGY), ("green", "yellow")),
    Form("trainer", (*_HEAD, *_SERIAL_4, "学"), _YELLOW, 3.0, _YELLOW),
    Form("trailer", (*_HEAD, *_SERIAL_4, "挂"), _YELLOW, 3.0, _YELLOW),
    Form("white_police", (*_HEAD, *_SERIAL_4, "警"), _WHITE, 3.0, _WHITE),
    Form("emergency", (PROVINCES, FIRE_AND_FOREST, *_DIGITS_4, "应", "急"), _WHITE, 4.0),
    Form("hk_macao", ("粤", "Z", *_SERIAL_4, "港澳"), _BLACK),
    Form("consulate", (*_HEAD, *_DIGITS_4, "领"), _BLACK, 4.0),
    Form("embassy", (*_DIGITS_4, DIGITS, DIGITS, "使"), _BLACK, 5.0),
    Form("embassy", ("使", *_DIGITS_4, DIGITS, DIGITS), _BLACK, 5.0),
    Form("armed_police", ("W", "J", PROVINCES, *_DIGITS_4, ARMED_POLICE_UNITS), _WHITE, 4.0, _WHITE),
    Form("armed_police", ("W", "J", *_DIGITS_4, ARMED_POLICE_UNITS), _WHITE, 6.0, _WHITE),
    Form("white_military", (ARMIES, THEIR_BRANCHES, *_DIGITS_4, DIGITS), _WHITE, 6.0, _WHITE),
    Form("civil_aviation", ("民", "航", LETTERS, *_DIGITS_4), _GREEN, 5.0),
)
"""GA 36-2018, and what armies, fire brigades (XS) and airports paint. Not here: temporary plates (paper in
the windscreen), tractors (seven digits after the province: a clock or a telephone number fits as well) and
motorcycles of embassies and consulates (two rows on black, which is everywhere)."""

LONGEST = max(len(form.positions) for form in FORMS)
ALPHABET = "".join(dict.fromkeys("".join("".join(form.positions) for form in FORMS)))
"""Every character that some position may hold, each once."""

TWO_ROW_GROUNDS = frozenset(ground for form in FORMS for ground in form.stacked)
ORDINARY = "blue"
"""The kind of the ordinary form; there, and only there, the ground colour decides the kind."""


def fits(form: Form, text: str) -> bool:
    """Say whether text is a whole plate of this form."""
    return len(text) == len(form.positions) and all(
        c in at for c, at in zip(text, form.positions, strict=True)
    )


def matches(text: str) -> str | None:
    """Name the kind that a text would be (blue for the ordinary form), or None where it is no plate."""
    return next((form.kind for form in FORMS if fits(form, text)), None)


def surplus_letters(text: str) -> int:
    """Count the letters of a serial beyond the two that GA 36 issues; words painted on vehicles have more."""
    return max(0, sum(char.isascii() and char.isalpha() for char in text[2:]) - 2)


def kind_of(form: Form, ground: str | None, rows: int = 1) -> str:
    """Name the kind of a plate from its form, its ground colour (None where unknown) and its rows of text."""
    if form.kind != ORDINARY:
        return form.kind
    if rows == 2 and ground == "yellow":
        return "yellow_double"
    return ground if ground in form.grounds else ORDINARY
