"""The watch index: which of many patterns each of a batch of plates may fit, or miss by one slip. Quick.

It finds candidates by hashes; whether they truly fit, and how probable a slip is, is for matching.py.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from operations.reads.patterns import ONE, RUN

LONGEST = 16
_RNG = np.random.default_rng(20261123)
_WEIGHTS = _RNG.integers(1, 2**63, 2 * LONGEST, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
"""A text's hash is the sum of its characters times these, modulo 2^64: from its start, then from its end."""
_SALT, _DROPPED, _ADDED = _RNG.integers(1, 2**63, 3, dtype=np.uint64)
_FILTER_BITS_PER_KEY = 16


@dataclass(frozen=True, slots=True)
class Shape:
    """Which characters a pattern names: columns 0 to 15 from a plate's start, 16 to 31 from its end.

    length: of every plate that fits; 0: at least `least` characters.
    """

    columns: tuple[int, ...]
    length: int
    least: int


@dataclass(frozen=True, slots=True)
class _Keys:
    """Sorted hashes with the numbers of their patterns; `filter` tells quickly that a hash is not there."""

    keys: np.ndarray
    numbers: np.ndarray
    filter: np.ndarray
    shift: np.uint64

    def find(self, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return places in `asked` and the numbers found there; one place for each number."""
        places = np.flatnonzero(self.filter[asked >> self.shift])
        first = np.searchsorted(self.keys, asked[places], "left")
        counts = np.searchsorted(self.keys, asked[places], "right") - first
        ends = np.cumsum(counts)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
        return np.repeat(places, counts), self.numbers[np.repeat(first, counts) + within]


@dataclass(frozen=True, slots=True)
class _Shapes:
    """All shapes at once. named: 2 LONGEST x shapes, 1 where a shape names a character.

    slips: the shape and the column of each named character in whose place a slip is looked for.
    """

    named: np.ndarray
    salts: np.ndarray
    lengths: np.ndarray
    leasts: np.ndarray
    slips: tuple[np.ndarray, np.ndarray]

    @classmethod
    def of(cls, shapes: Sequence[tuple[Shape, bool]]) -> "_Shapes":
        """Take shapes, each with whether slips are looked for; the first has the salt 1."""
        named = np.zeros((2 * LONGEST, len(shapes)), np.uint64)
        slips = [
            (at, column) for at, (shape, fuzzy) in enumerate(shapes) if fuzzy for column in shape.columns
        ]
        for at, (shape, _) in enumerate(shapes):
            named[list(shape.columns), at] = 1
        numbers = np.array(slips, np.int64).reshape(-1, 2)
        return cls(
            named,
            _SALT * np.arange(1, len(shapes) + 1, dtype=np.uint64),
            np.array([shape.length for shape, _ in shapes], np.int64),
            np.array([shape.least for shape, _ in shapes], np.int64),
            (numbers[:, 0], numbers[:, 1]),
        )

    def keys(self, weighed: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the hashes of N texts by every shape, N x shapes, and which of them mean something."""
        fit = np.where(self.lengths, self.lengths == lengths[:, None], self.leasts <= lengths[:, None])
        return weighed @ self.named + self.salts, fit


@dataclass(frozen=True, slots=True)
class WatchIndex:
    """`count` patterns by hash: of all that they name, and with one slip."""

    shapes: _Shapes
    exact: _Keys
    slipped: _Keys
    count: int

    def candidates(
        self, plates: Sequence[str]
    ) -> tuple[Iterator[tuple[int, int]], Iterator[tuple[int, int]]]:
        """Return pairs (place in `plates`, number of a pattern): may fit, and may fit but for one slip."""
        weighed, lengths = _weighed(plates), _lengths(plates)
        keys, fit = self.shapes.keys(weighed, lengths)
        rows, shapes = np.nonzero(fit)
        fits = self._pairs(self.exact, rows, keys[rows, shapes])
        slipping, column = self.shapes.slips
        rows, places = np.nonzero(fit[:, slipping])
        asked = [(rows, keys[rows, slipping[places]] - weighed[rows, column[places]])]
        asked += _added_or_dropped(_codes(plates), lengths)
        slips = self._pairs(self.slipped, *map(np.concatenate, zip(*asked, strict=True)))
        return self._split(fits), self._split(np.setdiff1d(slips, fits))

    def _pairs(self, keys: _Keys, rows: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """Return sorted pairs, each as a single number."""
        places, numbers = keys.find(asked)
        found: np.ndarray = np.unique(rows[places] * self.count + numbers)
        return found

    def _split(self, pairs: np.ndarray) -> Iterator[tuple[int, int]]:
        rows, numbers = np.divmod(pairs, max(1, self.count))
        return zip(rows.tolist(), numbers.tolist(), strict=True)


def indexed(patterns: Sequence[str], fuzzy: Sequence[bool]) -> WatchIndex:
    """Return an index of distinct patterns; a slip is looked for only where `fuzzy`.

    Of a pattern with `*` it looks for slips before the first and behind the last `*`; a character dropped or
    added is looked for in whole plates only.
    """
    groups: dict[tuple[Shape, bool], list[int]] = defaultdict(list)
    for number, (pattern, slips) in enumerate(zip(patterns, fuzzy, strict=True)):
        groups[shape_of(pattern), slips].append(number)
    exact, slipped = [], []
    for salt, ((shape, slips), numbers) in enumerate(groups.items(), 1):
        texts, places = [patterns[number] for number in numbers], np.array(numbers)
        named = _weighed(texts)[:, shape.columns]
        keys = named.sum(axis=1, dtype=np.uint64) + _SALT * np.uint64(salt)
        exact.append((places, keys))
        if slips:
            slipped.append(_each(places, keys[:, None] - named))
            if len(shape.columns) == shape.length > 1:
                slipped.append((places, named.sum(axis=1) + _ADDED))
                slipped.append(_each(places, _with_one_dropped(_codes(texts), shape.length) + _DROPPED))
    return WatchIndex(_Shapes.of([*groups]), _keys(exact), _keys(slipped), len(patterns))


def _added_or_dropped(codes: np.ndarray, lengths: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return rows and hashes of what texts are if a character was dropped from a plate, or added."""
    found = []
    for length in np.unique(lengths[lengths > 1]).tolist():
        rows = np.flatnonzero(lengths == length)
        found.append((rows, (codes[rows] * _WEIGHTS[:LONGEST]).sum(axis=1) + _DROPPED))
        found.append(_each(rows, _with_one_dropped(codes[rows], length) + _ADDED))
    return found


def shape_of(pattern: str) -> Shape:
    """Return which characters a pattern names, from the start and, with `*`, from the end."""
    head, run, rest = pattern.partition(RUN)
    tail = rest.rpartition(RUN)[2]
    from_start = [place for place, char in enumerate(head) if char != ONE]
    from_end = [LONGEST + place for place, char in enumerate(reversed(tail)) if char != ONE]
    if not run:
        return Shape(tuple(from_start), len(head), len(head))
    return Shape((*from_start, *from_end), 0, len(head) + len(tail))


def _with_one_dropped(codes: np.ndarray, length: int) -> np.ndarray:
    """Return the hashes of texts of one length with each character dropped in turn, N x length."""
    codes = codes[:, :length]
    before = np.cumsum(codes * _WEIGHTS[:length], axis=1) - codes * _WEIGHTS[:length]
    moved = codes[:, 1:] * _WEIGHTS[: length - 1]
    behind = np.zeros_like(before)
    behind[:, :-1] = moved[:, ::-1].cumsum(axis=1)[:, ::-1]
    return before + behind


def _each(rows: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.repeat(rows, keys.shape[1]), keys.ravel()


def _codes(texts: Sequence[str]) -> np.ndarray:
    """Return texts as N x LONGEST code points from their start; 0 behind their end."""
    points = np.array(texts, f"U{LONGEST}").view(np.uint32).reshape(len(texts), LONGEST)
    return points.astype(np.uint64)


def _weighed(texts: Sequence[str]) -> np.ndarray:
    """Return each character times its weight, N x 2 LONGEST: from the start, then from the end."""
    return np.hstack([_codes(texts), _codes([text[::-1] for text in texts])]) * _WEIGHTS


def _lengths(texts: Sequence[str]) -> np.ndarray:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _keys(found: Sequence[tuple[np.ndarray, np.ndarray]]) -> _Keys:
    """Return hashes with the numbers of their patterns, sorted."""
    numbers = np.concatenate([numbers for numbers, _ in found]) if found else np.empty(0, np.int64)
    keys = np.concatenate([keys for _, keys in found]) if found else np.empty(0, np.uint64)
    order = np.argsort(keys, kind="stable")
    bits = max(8, int(len(keys) * _FILTER_BITS_PER_KEY).bit_length())
    shift = np.uint64(64 - bits)
    marked = np.zeros(1 << bits, bool)
    marked[keys >> shift] = True
    return _Keys(keys[order], numbers[order], marked, shift)
