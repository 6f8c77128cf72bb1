"""Plates of generated vehicles and how generated cameras misread them.

The confusions are this file's own, chosen by eye of the glyphs, never those of `operations.reads`: a model
must not be examined with its own answers. Plates are rows of 8 character codes, 0 where shorter.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]
Bools = NDArray[np.bool_]

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "0123456789"
HIDDEN = "-"
ALPHABET = "\0" + PROVINCES + LETTERS + DIGITS + HIDDEN
LONGEST = 8
CODE = {char: code for code, char in enumerate(ALPHABET)}
_DIGIT = np.array([CODE[char] for char in DIGITS], dtype=np.uint8)
_LETTER = np.array([CODE[char] for char in LETTERS], dtype=np.uint8)
_POINTS = np.array([ord(char) for char in ALPHABET], dtype=np.uint32)

NEIGHBOURS = ("沪A", "沪C", "苏A", "苏B", "苏E", "皖A", "皖K", "赣E", "闽A", "闽J")
OFFICES = (*(f"浙{letter}" for letter in "JJJJJJABCDEFGHKL"), *NEIGHBOURS)
SHAPES = ("LDDDD", "DLDDD", "DDLDD", "DDDLD", "DDDDL", "LLDDD", "DLLDD", "DDDLL", "LDDDL", "DDDDD")
ENERGY_SHAPES = ("DDDDD", "LDDDD")  # after the D or F
ENERGY_SHARE = 0.2

# What a character is taken for, written as often as it happens.
MISTAKEN = {
    **{"0": "DDDDDQQQ8C6", "1": "TTTLL7JJ", "2": "ZZZZZ7", "3": "8888BB95", "4": "AAAA1"},
    **{"5": "SSSSSS66", "6": "GGGG88B0", "7": "TTTZZZ1112", "8": "BBBBBB333069S", "9": "PP8883"},
    **{"A": "44444R", "B": "8888888DRR3", "C": "GGGG00Q", "D": "0000000QQB", "E": "FFFFL"},
    **{"F": "EEEEPP", "G": "66666CCC", "H": "MMNNNW", "J": "UU11", "K": "XXXXR"},
    **{"L": "EE11", "M": "NNNNHHW", "N": "MMMMHH", "P": "FFFR9", "Q": "0000DDD0"},
    **{"R": "PPPPBA", "S": "5555555", "T": "1111777Y", "U": "VVVVVJ0", "V": "UUUUYYW"},
    **{"W": "MMVVH", "X": "KKKKY", "Y": "VVVVTTX", "Z": "22222777", "浙": "皖皖苏苏沪"},
    **{"苏": "赣赣赣浙浙", "皖": "浙浙浙川川", "沪": "浙浙闽", "闽": "赣赣冀", "赣": "苏苏闽"},
}
ANY_CHAR = 0.12  # of wrong characters: neither of these, but any of its kind
# How often each position is the wrong one: the province, the office's letter, then the serial.
POSITIONS = np.array([0.24, 0.08, 0.13, 0.12, 0.11, 0.11, 0.13, 0.08])
TWO_WRONG, HIDDEN_SHARE, DROPPED_SHARE = 0.10, 0.08, 0.04


def _confusions() -> NDArray[np.float64]:
    """Return [true code, read code] how a wrong character is distributed, summed along the reads."""
    table = np.zeros((len(ALPHABET), len(ALPHABET)))
    for group in (PROVINCES, LETTERS + DIGITS):
        codes = [CODE[char] for char in group]
        table[np.ix_(codes, codes)] = 1.0
    np.fill_diagonal(table, 0.0)
    table *= ANY_CHAR / np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    for true, reads in MISTAKEN.items():
        for read in reads:
            table[CODE[true], CODE[read]] += (1 - ANY_CHAR) / len(reads)
    return np.cumsum(table / np.maximum(table.sum(axis=1, keepdims=True), 1e-12), axis=1)


CONFUSIONS = _confusions()


def issue(rng: np.random.Generator, count: int) -> Codes:
    """Return `count` different plates [count, 8]: many of the county's own office."""
    found = np.zeros((0, LONGEST), dtype=np.uint8)
    while len(found) < count:
        more = _draw(rng, int((count - len(found)) * 1.15) + 16)
        together = np.concatenate([found, more])
        _, first = np.unique(as_numbers(together), return_index=True)
        found = together[np.sort(first)]
    return found[:count]


def _draw(rng: np.random.Generator, count: int) -> Codes:
    plates = np.zeros((count, LONGEST), dtype=np.uint8)
    offices = np.array([[CODE[office[0]], CODE[office[1]]] for office in OFFICES], dtype=np.uint8)
    plates[:, :2] = offices[rng.integers(len(offices), size=count)]
    energy = rng.random(count) < ENERGY_SHARE
    shape = rng.integers(len(SHAPES), size=count)
    digits = np.array([[kind == "D" for kind in one] for one in SHAPES])[shape]
    two = np.array([[kind == "D" for kind in one] for one in ENERGY_SHAPES])
    digits[energy] = two[rng.integers(len(two), size=count)][energy]
    drawn = (rng.choice(_DIGIT, (count, 5)), rng.choice(_LETTER, (count, 5)))
    serial = np.where(digits, *drawn)
    plates[:, 2:7] = serial
    plates[energy, 3:8] = serial[energy]
    plates[energy, 2] = rng.choice(_LETTER[[3, 5]], int(energy.sum()))  # D or F
    return plates


def misread(rng: np.random.Generator, plates: Codes) -> Codes:
    """Return each plate with one character wrong, two, one hidden or one dropped; never as it was."""
    reads = plates.copy()
    long = (plates > 0).sum(axis=1)
    kind = rng.random(len(plates))
    _spoil(rng, reads, long, np.ones(len(plates), dtype=bool))
    _spoil(rng, reads, long, kind < TWO_WRONG)
    hidden = (kind >= TWO_WRONG) & (kind < TWO_WRONG + HIDDEN_SHARE)
    dropped = (kind >= 1 - DROPPED_SHARE) & (long > 2)
    special = np.flatnonzero(hidden | dropped)
    reads[special] = plates[special]
    where = rng.integers(2, long)
    reads[hidden, where[hidden]] = CODE[HIDDEN]
    for row in np.flatnonzero(dropped):
        reads[row, where[row] : -1] = reads[row, where[row] + 1 :].copy()
        reads[row, -1] = 0
    same = (reads == plates).all(axis=1)
    reads[same, 2] = np.where(reads[same, 2] == CODE["8"], CODE["B"], CODE["8"])
    return reads


def _spoil(rng: np.random.Generator, reads: Codes, long: NDArray[Any], chosen: Bools) -> None:
    """Put a wrong character somewhere into the chosen reads, in place."""
    rows = np.flatnonzero(chosen)
    running = np.cumsum(POSITIONS)
    share = rng.random(len(rows)) * running[long[rows] - 1]
    where = np.searchsorted(running, share, side="right")
    odds = CONFUSIONS[reads[rows, where]]
    reads[rows, where] = (rng.random((len(rows), 1)) > odds).sum(axis=1).astype(np.uint8)


def as_numbers(plates: Codes) -> NDArray[np.uint64]:
    """Return each plate as one number: equal plates, equal numbers."""
    return np.ascontiguousarray(plates).view(np.uint64).ravel()


def as_texts(plates: Codes) -> NDArray[np.str_]:
    """Return the plates as texts; an empty one for a row of zeros."""
    return np.ascontiguousarray(_POINTS[plates]).view(f"<U{LONGEST}").ravel()


def as_codes(texts: list[str]) -> Codes:
    """Return texts of at most 8 characters as rows of codes."""
    return np.array([[CODE[char] for char in text.ljust(LONGEST, "\0")] for text in texts], dtype=np.uint8)
