"""Digits and letters drawn with one even stroke, in a plate's proportions: narrow, open, no serifs.

Each variant has a waist, a roundness and a lean of its own. Our own construction, no font's outlines.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

_WIDE, _HIGH = 100.0, 200.0
_LEFT, _RIGHT, _TOP, _BOTTOM, _MID = 11.0, 89.0, 11.0, 189.0, 50.0
_SCALE = 0.8

Path = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Style:
    """What a variant varies. round: height of the caps of 0. waist: middle of B, E, H. valley: of M and W.

    flag: length of the flag of 1. stroke: width of the line. All of a cell of 100 x 200.
    """

    round: float
    waist: float
    valley: float
    flag: float
    stroke: float


def variant_style(variant: int) -> Style:
    """Make up the style of a variant, always the same one."""
    rng = np.random.default_rng((90, variant))
    return Style(
        round=float(rng.uniform(36, 58)),
        waist=float(rng.uniform(92, 106)),
        valley=float(rng.uniform(0.45, 1.0)),
        flag=float(rng.uniform(4, 28)),
        stroke=float(rng.uniform(17, 24)),
    )


def drawn_character(char: str, variant: int) -> np.ndarray:
    """Draw 0-9 or A-Z as a mask (h x w uint8), about 160 px high."""
    style = variant_style(variant)
    rng = np.random.default_rng((91, variant, ord(char)))
    bend, phase = rng.normal(0, 2.0, 2), rng.uniform(0, 6.3, 2)
    canvas = np.zeros((round(_HIGH * _SCALE) + 40, round(_WIDE * _SCALE) + 40), np.uint8)
    for path in _PATHS[char](style):
        points = np.array(path) + rng.normal(0, 0.8, 2)
        points = points + bend * np.sin(points[:, ::-1] / 70 + phase)
        pixels = np.round((points * _SCALE + 20) * 16).astype(np.int32)
        cv2.polylines(canvas, [pixels], False, 255, round(style.stroke * _SCALE), cv2.LINE_AA, shift=4)
    return canvas


def _arc(x: float, y: float, radii: tuple[float, float], start: float, end: float) -> Path:
    """Follow an ellipse from one angle to another, degrees, clockwise on the picture from the right."""
    angles = np.deg2rad(np.linspace(start, end, 24))
    return [(x + radii[0] * float(np.cos(a)), y + radii[1] * float(np.sin(a))) for a in angles]


def _curve(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> Path:
    """Follow a parabola from a to c, drawn towards b."""
    return [
        tuple((1 - t) ** 2 * np.array(a) + 2 * t * (1 - t) * np.array(b) + t * t * np.array(c))
        for t in np.linspace(0, 1, 20)
    ]


def _ring(s: Style) -> Path:
    cap = (_MID - _LEFT, s.round)
    top = _arc(_MID, _TOP + s.round, cap, 180, 360)
    return [*top, *_arc(_MID, _BOTTOM - s.round, cap, 0, 180), top[0]]


def _stem() -> Path:
    return [(_LEFT, _TOP), (_LEFT, _BOTTOM)]


def _bowl(top: float, bottom: float, right: float) -> Path:
    bend = min(38.0, (bottom - top) / 2)
    middle = (top + bottom) / 2
    curve = _arc(right - bend, middle, (bend, (bottom - top) / 2), -90, 90)
    return [(_LEFT, top), *curve, (_LEFT, bottom)]


def _open_ring(s: Style, gap: float) -> Path:
    """Go round from the upper right to the lower right against the clock: C and G."""
    cap = (_MID - _LEFT, s.round)
    return [
        *_arc(_MID, _TOP + s.round, cap, 360 - gap, 180),
        *_arc(_MID, _BOTTOM - s.round, cap, 180, gap),
    ]


def _six(s: Style) -> list[Path]:
    middle = _BOTTOM - 52.0
    return [
        _arc(_MID, middle, (39, 52), 0, 360),
        _curve((58 + s.flag / 2, _TOP), (_LEFT + 10, 75), (_LEFT, middle)),
    ]


def _turned(paths: list[Path]) -> list[Path]:
    return [[(_WIDE - x, _HIGH - y) for x, y in path] for path in paths]


def _two(s: Style) -> list[Path]:
    top = _arc(_MID, _TOP + s.round, (39, s.round), 190, 365)
    return [[*top, *_curve(top[-1], (88, _TOP + s.round + 42), (_LEFT, _BOTTOM)), (_RIGHT, _BOTTOM)]]


def _three(s: Style) -> list[Path]:
    upper = (s.waist - _TOP) / 2
    lower = (_BOTTOM - s.waist) / 2
    return [
        _arc(_MID - 2, _TOP + upper, (35, upper), 200, 450),
        _arc(_MID, _BOTTOM - lower, (39, lower), -90, 158),
    ]


def _four(s: Style) -> list[Path]:
    bar = 128 + s.flag / 2
    return [
        [(60, _TOP), (_LEFT - 2, bar), (_RIGHT + 3, bar)],
        [(68, 60 + 40 * s.valley), (68, _BOTTOM)],
    ]


def _five(s: Style) -> list[Path]:
    lower = (_BOTTOM - 80) / 2
    return [[(82, _TOP), (24, _TOP), (17, 92), *_arc(_MID, _BOTTOM - lower, (39, lower), 222, 510)]]


def _eight(s: Style) -> list[Path]:
    upper, lower = (s.waist - _TOP) / 2, (_BOTTOM - s.waist) / 2
    return [_arc(_MID, _TOP + upper, (34, upper), 0, 360), _arc(_MID, _BOTTOM - lower, (39, lower), 0, 360)]


def _ess(s: Style) -> list[Path]:
    upper, lower = (s.waist - _TOP) / 2, (_BOTTOM - s.waist) / 2
    return [
        [
            *_arc(_MID, _TOP + upper, (36, upper), 340, 90),
            *_arc(_MID, _BOTTOM - lower, (39, lower), 270, 512),
        ]
    ]


def _cup(s: Style) -> Path:
    return [
        (_LEFT, _TOP),
        *_arc(_MID, _BOTTOM - s.round, (_MID - _LEFT, s.round), 180, 0),
        (_RIGHT, _TOP),
    ]


def _bars(*heights: float) -> list[Path]:
    return [[(_LEFT, y), (_RIGHT - 3, y)] for y in heights]


def _valley(s: Style) -> float:
    return _TOP + (_BOTTOM - _TOP) * s.valley


_PATHS: dict[str, Callable[[Style], list[Path]]] = {
    "0": lambda s: [_ring(s)],
    "1": lambda s: [[(58 - s.flag, _TOP + s.flag), (58, _TOP), (58, _BOTTOM)]],
    "2": _two,
    "3": _three,
    "4": _four,
    "5": _five,
    "6": _six,
    "7": lambda s: [[(_LEFT, _TOP), (_RIGHT, _TOP), *_curve((_RIGHT, _TOP), (58, 90), (42, _BOTTOM))]],
    "8": _eight,
    "9": lambda s: _turned(_six(s)),
    "A": lambda s: [[(_LEFT - 3, _BOTTOM), (_MID, _TOP), (_RIGHT + 3, _BOTTOM)], [(24, 138), (76, 138)]],
    "B": lambda s: [_stem(), _bowl(_TOP, s.waist, 84), _bowl(s.waist, _BOTTOM, _RIGHT)],
    "C": lambda s: [_open_ring(s, 12)],
    "D": lambda s: [
        _stem(),
        [
            (_LEFT, _TOP),
            *_arc(_MID - 2, _TOP + s.round, (41, s.round), -90, 0),
            *_arc(_MID - 2, _BOTTOM - s.round, (41, s.round), 0, 90),
            (_LEFT, _BOTTOM),
        ],
    ],
    "E": lambda s: [_stem(), *_bars(_TOP, s.waist, _BOTTOM)],
    "F": lambda s: [_stem(), *_bars(_TOP, s.waist)],
    "G": lambda s: [
        [*_open_ring(s, 8), (_RIGHT, s.waist + 15), (_MID + 4, s.waist + 15)],
    ],
    "H": lambda s: [_stem(), [(_RIGHT, _TOP), (_RIGHT, _BOTTOM)], [(_LEFT, s.waist), (_RIGHT, s.waist)]],
    "I": lambda s: [[(_MID, _TOP), (_MID, _BOTTOM)]],
    "J": lambda s: [[(70, _TOP), *_arc(40, _BOTTOM - 34, (30, 34), 0, 165)]],
    "K": lambda s: [_stem(), [(_RIGHT, _TOP), (_LEFT + 2, 122)], [(38, 92), (_RIGHT + 2, _BOTTOM)]],
    "L": lambda s: [[*_stem(), (_RIGHT, _BOTTOM)]],
    "M": lambda s: [[(_LEFT, _BOTTOM), (_LEFT, _TOP), (_MID, _valley(s)), (_RIGHT, _TOP), (_RIGHT, _BOTTOM)]],
    "N": lambda s: [[(_LEFT, _BOTTOM), (_LEFT, _TOP), (_RIGHT, _BOTTOM), (_RIGHT, _TOP)]],
    "O": lambda s: [_ring(s)],
    "P": lambda s: [_stem(), _bowl(_TOP, s.waist + 12, _RIGHT)],
    "Q": lambda s: [_ring(s), [(50 + s.flag / 2, 140 + s.flag / 2), (_RIGHT + 3, _BOTTOM + 5)]],
    "R": lambda s: [
        _stem(),
        _bowl(_TOP, s.waist + 8, _RIGHT - 2),
        [(46, s.waist + 8), (_RIGHT + 2, _BOTTOM)],
    ],
    "S": _ess,
    "T": lambda s: [[(_LEFT - 3, _TOP), (_RIGHT + 3, _TOP)], [(_MID, _TOP), (_MID, _BOTTOM)]],
    "U": lambda s: [_cup(s)],
    "V": lambda s: [[(_LEFT - 3, _TOP), (_MID, _BOTTOM), (_RIGHT + 3, _TOP)]],
    "W": lambda s: [
        [(_LEFT - 4, _TOP), (29, _BOTTOM), (_MID, _HIGH - _valley(s)), (71, _BOTTOM), (_RIGHT + 4, _TOP)]
    ],
    "X": lambda s: [[(_LEFT, _TOP), (_RIGHT, _BOTTOM)], [(_RIGHT, _TOP), (_LEFT, _BOTTOM)]],
    "Y": lambda s: [
        [(_LEFT - 2, _TOP), (_MID, s.waist + 5), (_RIGHT + 2, _TOP)],
        [(_MID, 100), (_MID, _BOTTOM)],
    ],
    "Z": lambda s: [[(_LEFT, _TOP), (_RIGHT, _TOP), (_LEFT, _BOTTOM), (_RIGHT, _BOTTOM)]],
}
