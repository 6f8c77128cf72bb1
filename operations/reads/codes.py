"""Plate characters as small numbers, so that millions of plates can be compared at once. Judges nothing."""

from collections.abc import Sequence

import numpy as np

UNREADABLE = "-"
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""With I and O, which no serial has: a person may type them, and a reader may read them."""
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
NAMING = "学挂警应急港澳领使民航"
ALPHABET = UNREADABLE + DIGITS + LETTERS + PROVINCES + NAMING
"""A character's code is its place here."""
OTHER = len(ALPHABET)
"""The code of every character that no plate of ours has."""
CODES = OTHER + 1
LONGEST = 16

CODE_OF = {char: code for code, char in enumerate(ALPHABET)}
_BY_POINT = np.full(0x10000, OTHER, np.uint8)
_BY_POINT[[ord(char) for char in ALPHABET]] = np.arange(OTHER)
_CHARS = np.array([*ALPHABET, "?"])


def code(char: str) -> int:
    """Return the code of a character; OTHER for one that is on no plate."""
    return CODE_OF.get(char, OTHER)


def encoded(texts: Sequence[str]) -> np.ndarray:
    """Return texts of one length as N x length uint8 codes. Raises ValueError where lengths differ."""
    flat = all_codes(texts)
    return flat.reshape(len(texts), -1) if len(texts) else flat.reshape(0, 0)


def all_codes(texts: Sequence[str]) -> np.ndarray:
    """Return the codes of all characters of all texts in a row (uint8)."""
    points = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    codes: np.ndarray = _BY_POINT[np.minimum(points, len(_BY_POINT) - 1)]
    return codes


def by_length(texts: Sequence[str]) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Sort texts by length: for each the places of its texts in `texts`, and their N x length codes."""
    flat = all_codes(texts)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    starts = np.cumsum(lengths) - lengths
    found = {}
    for length in np.unique(lengths).tolist():
        places = np.flatnonzero(lengths == length)
        found[length] = places, flat[starts[places][:, None] + np.arange(length)]
    return found


def decoded(codes: np.ndarray) -> list[str]:
    """Return N x length codes as texts; a character of code OTHER becomes `?`."""
    if not codes.size:
        return [""] * len(codes)
    return ["".join(chars) for chars in _CHARS[codes].tolist()]
