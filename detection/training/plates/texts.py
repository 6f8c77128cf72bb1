"""Which plates are drawn: every kind of GA 36 with what it may say, on which ground. Knows no pixels."""

from dataclasses import dataclass

import numpy as np

from detection.grammar import ARMED_POLICE_UNITS, DIGITS, ENERGY, LETTERS, PROVINCES, SERIAL

SYMBOLS = PROVINCES + DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "警学挂港澳使领应急民航"
"""What the network can say, in the order of its output columns after the blank."""
GROUNDS = ("blue", "yellow", "green", "white", "black")

_SHARES = {
    "blue": 40, "yellow": 10, "energy_small": 12, "energy_large": 4, "police": 4, "military": 3,
    "armed_police": 3, "black": 4, "hk_macao": 3, "consulate": 1.5, "embassy": 1.5, "trainer": 4,
    "trailer": 3, "emergency": 1.5, "civil_aviation": 1, "double": 5, "double_trailer": 1.5,
}  # fmt: skip
_KINDS = tuple(_SHARES)
_CHANCES = np.array(list(_SHARES.values())) / sum(_SHARES.values())
_GROUND_OF = {
    "blue": "blue", "yellow": "yellow", "energy_small": "green", "energy_large": "green", "police": "white",
    "military": "white", "armed_police": "white", "black": "black", "hk_macao": "black",
    "consulate": "black", "embassy": "black", "trainer": "yellow", "trailer": "yellow",
    "emergency": "white", "civil_aviation": "green", "double": "yellow", "double_trailer": "yellow",
}  # fmt: skip
_OFF_GRAMMAR = 0.06
"""Share of plates that say what no plate says, so that the network reads what it sees and not the rules."""
_RARE_OFFICE = 0.01


@dataclass(frozen=True, slots=True)
class Wording:
    """What one plate says. kind: one of the drawn kinds. ground: its colour's name. red: places in red."""

    kind: str
    text: str
    ground: str
    red: tuple[int, ...] = ()


def drawn_wording(rng: np.random.Generator, kind: str | None = None) -> Wording:
    """Make up a plate: provinces equally likely, serials at random over the grammar, at times beyond it."""
    kind = kind or str(rng.choice(_KINDS, p=_CHANCES))
    text = _text(rng, kind)
    if rng.random() < _OFF_GRAMMAR and kind in ("blue", "yellow", "black", "police"):
        text = _some(rng, PROVINCES + SERIAL) + _run(rng, SERIAL, len(text) - 1)
    red: tuple[int, ...] = ()
    if kind == "military" or kind == "armed_police":
        red = (0, 1)
    elif kind in ("police", "consulate", "embassy", "hk_macao", "emergency"):
        red = tuple(place for place, char in enumerate(text) if char in "警使领应急")
    return Wording(kind, text, _GROUND_OF[kind], red)


def _text(rng: np.random.Generator, kind: str) -> str:
    head = _some(rng, PROVINCES) + ("O" if rng.random() < _RARE_OFFICE else _some(rng, LETTERS))
    four = _serial(rng, 4)
    match kind:
        case "energy_small":
            return head + _some(rng, ENERGY) + _some(rng, SERIAL) + _run(rng, DIGITS, 4)
        case "energy_large":
            return head + _run(rng, DIGITS, 5) + _some(rng, ENERGY)
        case "police":
            return head + four + "警"
        case "trainer":
            return head + four + "学"
        case "trailer" | "double_trailer":
            return head + four + "挂"
        case "emergency":
            return head + _run(rng, DIGITS, 4) + "应急"
        case "civil_aviation":
            return "民航" + _some(rng, LETTERS + DIGITS) + _run(rng, DIGITS, 4)
        case "military":
            return _run(rng, LETTERS, 2) + _run(rng, DIGITS, 5)
        case "armed_police":
            return "WJ" + _some(rng, PROVINCES) + _run(rng, DIGITS, 4) + _some(rng, ARMED_POLICE_UNITS)
        case "hk_macao":
            return ("粤Z" if rng.random() < 0.7 else head) + four + _some(rng, "港澳")
        case "consulate":
            return head + _run(rng, DIGITS, 4) + "领"
        case "embassy":
            digits = _run(rng, DIGITS, 6)
            return digits + "使" if rng.random() < 0.5 else "使" + digits
    return head + _serial(rng, 5)


def _serial(rng: np.random.Generator, count: int) -> str:
    """A serial: any letter anywhere in half of them, else as issued, with at most two letters."""
    if rng.random() < 0.5:
        return _run(rng, SERIAL, count)
    serial = list(_run(rng, DIGITS, count))
    for place in rng.choice(count, int(rng.integers(0, 3)), replace=False):
        serial[place] = _some(rng, LETTERS)
    return "".join(serial)


def _run(rng: np.random.Generator, chars: str, count: int) -> str:
    return "".join(_some(rng, chars) for _ in range(count))


def _some(rng: np.random.Generator, chars: str) -> str:
    return chars[int(rng.integers(len(chars)))]
