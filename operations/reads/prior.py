"""What is known of misread plates before any was counted, as arrays. Learns nothing."""

import numpy as np

from operations.reads.codes import CODES, DIGITS, LETTERS, NAMING, OTHER, PROVINCES, UNREADABLE, code

PLACES = 8
"""Positions that are told apart; what stands further right counts as the last."""

# Pairs that are taken for each other, and how readily. Latin ones as in every font of plates; of provinces
# those with strokes alike once they are ten pixels high.
_ALIKE = """
1.0 0D 8B 5S 2Z
.8 0Q
.7 6G EF
.6 0O GC MN 4A 17 1I
.5 DQ QO 7T FP PR KX HN VY VU
.4 DO 83 56 1T 1L 7Z HM MW
.3 08 86 89 8S BR BP 53 72 LE TY TI LI KR KH VW XY
.25 1J
.2 0C 0G 0U 06 DB 23 39 94 59 6C GQ B3 BE S3 AR 14 7Y UJ
.1 90 9P DP DU 8R RA 3J LJ TJ SG CQ XH 7F
.5 湘渝 浙渝 皖赣
.4 浙新 沪渝 鲁晋 青贵 浙津
.3 湘浙 浙沪 津沪 晋吉 皖川 皖陕 川闽 京琼 冀黑 冀贵 冀蒙 黑蒙 蒙藏 云宁 苏赣
.2 皖鄂 皖苏 皖粤 皖豫 鲁鄂 鲁贵 鲁黑 晋青 晋甘 苏晋 苏粤 湘津 川甘 川津 闽甘 闽贵 甘吉 辽沪 辽渝 辽赣
.2 豫赣 豫鄂 豫陕 藏赣
.2 桂陕 桂赣 桂粤 陕鄂 粤鄂 粤贵 新鄂 新苏 京宁 京吉 吉青 琼云 云吉 川云
.2 学警 应急 港澳 警急
"""
_NEVER_READ = 0.1
"""Readers know the grammar: they seldom read an I or an O anywhere, or a digit right after the province."""
_SAME_SORT, _ANY_SORT = 0.12, 0.02
"""Of all misreads, how many fall on any character of the same sort, or on any at all."""
_UNREAD_PROVINCE, _UNREAD = 0.35, 0.12
"""Of all that is not read right, how much is given up as unreadable rather than read wrong."""

_LEVEL_PROVINCE = 0.0165
_LEVELS = np.array([0.008, 0.0065, 0.006, 0.006, 0.0055, 0.005, 0.004, 0.004])
"""Share not read right of a character that is no province, by place. With the province's and the slips':
5 % of plates, which is what GA/T 497's ninety in a hundred leaves room for and regulators report (3 %)."""

DROPPED, EXTRA = 0.0015, 0.0015
"""Share of plates read with a character too few, or one too many."""
_EXTRA_ONE = 0.3
"""Of extra characters, how many are a 1: the edge of the plate or of the character beside it."""


def prior_shape() -> np.ndarray:
    """Return P(read code | place, true code, not read right), PLACES x CODES x CODES; diagonals are 0."""
    elsewhere = _shape(_codes("IO"))
    shapes = np.repeat(elsewhere[None], PLACES, axis=0)
    shapes[1] = _shape(_codes("I" + DIGITS))
    return shapes


def _shape(seldom: list[int]) -> np.ndarray:
    """Return one place's shape, CODES x CODES, where some characters are seldom read."""
    alike = _alike()
    alike[:, seldom] *= _NEVER_READ
    sums = alike.sum(axis=1, keepdims=True)
    look_alikes = np.divide(alike, sums, out=np.zeros_like(alike), where=sums > 0)
    same, every = _same_sort(), np.ones((CODES, CODES))
    same[:, seldom] *= _NEVER_READ
    for each in (same, every):
        each[:, code(UNREADABLE)] = 0.0
        np.fill_diagonal(each, 0.0)
        each /= np.maximum(each.sum(axis=1, keepdims=True), 1e-9)
    shape = (1.0 - _SAME_SORT - _ANY_SORT) * look_alikes + _SAME_SORT * same + _ANY_SORT * every
    shape /= shape.sum(axis=1, keepdims=True)
    unread = np.full((CODES, 1), _UNREAD)
    unread[_codes(PROVINCES)] = _UNREAD_PROVINCE
    shape *= 1.0 - unread
    shape[:, code(UNREADABLE)] = unread[:, 0]
    shape[code(UNREADABLE)] = 1.0 / (CODES - 1)
    shape[code(UNREADABLE), code(UNREADABLE)] = 0.0
    return shape


def prior_levels() -> np.ndarray:
    """Return P(not read right | place, true code), PLACES x CODES: look-alikes err more than others."""
    alike = _alike().sum(axis=1)
    digits, letters = _codes(DIGITS), _codes(LETTERS)
    usual = 0.75 * alike[digits].mean() + 0.25 * alike[letters].mean()
    hard = np.ones(CODES)
    hard[[*digits, *letters]] = 0.5 + 0.5 * alike[[*digits, *letters]] / usual
    levels = _LEVELS[:, None] * hard
    levels[:, _codes(PROVINCES)] = _LEVEL_PROVINCE
    levels[:, code(UNREADABLE)] = 0.0
    return levels


def extra_chars() -> np.ndarray:
    """Return P(code | a character too many was read), CODES long."""
    chances = np.zeros(CODES)
    serial = _codes(DIGITS + LETTERS)
    chances[serial] = (1.0 - _EXTRA_ONE) / len(serial)
    chances[code("1")] += _EXTRA_ONE
    return chances


def where_dropped(length: int) -> np.ndarray:
    """Return P(which character was dropped), `length` long: the last, at the edge, or one beside the dot."""
    return _at_edges(length, 0.4, 0.25)


def where_extra(length: int) -> np.ndarray:
    """Return P(before which character one too many was read), length + 1 long; the last is the end."""
    return _at_edges(length + 1, 0.5, 0.2)


def _at_edges(places: int, last: float, third: float) -> np.ndarray:
    chances = np.full(places, (1.0 - last - third) / places)
    chances[-1] += last
    chances[min(2, places - 1)] += third
    return chances


def _alike() -> np.ndarray:
    alike = np.zeros((CODES, CODES))
    for line in _ALIKE.split("\n"):
        weight, *pairs = line.split() or ["0"]
        for pair in pairs:
            one, other = code(pair[0]), code(pair[1])
            alike[one, other] = alike[other, one] = float(weight)
    return alike


def _same_sort() -> np.ndarray:
    same = np.zeros((CODES, CODES))
    for chars in (DIGITS + LETTERS, PROVINCES, NAMING):
        same[np.ix_(_codes(chars), _codes(chars))] = 1.0
    same[OTHER, OTHER] = 0.0
    return same


def _codes(chars: str) -> list[int]:
    return [code(char) for char in chars]
