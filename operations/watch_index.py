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
class WatchIndex:
    """Patterns by hash. shapes: each with its number, and whether a slip is looked for in it."""

    shapes: Sequence[tuple[int, Shape, bool]]
    exact: _Keys
    slipped: _Keys
    count: int

    def candidates(
        self, plates: Sequence[str]
    ) -> tuple[Iterator[tuple[int, int]], Iterator[tuple[int, int]]]:
        """Return pairs (place in `plates`, number of a pattern): may fit, and may fit but for one slip."""
        fits = self._pairs(self.exact, self._exact_keys(plates))
        slips = np.setdiff1d(self._pairs(self.slipped, self._slip_keys(plates)), fits)
        return self._split(fits), self._split(slips)

    def _pairs(self, keys: _Keys, asked: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        """Return sorted pairs as single numbers."""
        if not asked or not len(keys.keys):
            return np.empty(0, np.int64)
        rows = np.concatenate([rows for rows, _ in asked])
        places, numbers = keys.find(np.concatenate([each for _, each in asked]))
        found: np.ndarray = np.unique(rows[places] * self.count + numbers)
        return found

    def _split(self, pairs: np.ndarray) -> Iterator[tuple[int, int]]:
        rows, numbers = np.divmod(pairs, max(1, self.count))
        return zip(rows.tolist(), numbers.tolist(), strict=True)

    def _exact_keys(self, plates: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
        weighed, lengths = _weighed(plates), _lengths(plates)
        found = []
        for salt, shape, _ in self.shapes:
            rows = _rows(shape, lengths)
            found.append((rows, _key(weighed[rows], shape, salt)))
        return found

    def _slip_keys(self, plates: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the hashes of all that the plates may be but for one character."""
        weighed, lengths = _weighed(plates), _lengths(plates)
        found = []
        for salt, shape, fuzzy in self.shapes:
            rows = _rows(shape, lengths)
            if fuzzy and len(rows):
                found.append(_each(rows, _without_one(weighed[rows], shape, salt)))
        codes = _codes(plates)
        for length in np.unique(lengths[lengths > 1]).tolist():
            rows = np.flatnonzero(lengths == length)
            found.append((rows, weighed[rows, :LONGEST].sum(axis=1) + _DROPPED))
            found.append(_each(rows, _with_one_dropped(codes[rows], length) + _ADDED))
        return found


def indexed(patterns: Sequence[str], fuzzy: Sequence[bool]) -> WatchIndex:
    """Return an index of distinct patterns; a slip is looked for only where `fuzzy`.

    Of a pattern with `*` it looks for slips before the first and behind the last `*`; a character dropped or
    added is looked for in whole plates only.
    """
    groups: dict[tuple[Shape, bool], list[int]] = defaultdict(list)
    for number, (pattern, slips) in enumerate(zip(patterns, fuzzy, strict=True)):
        groups[shape_of(pattern), slips].append(number)
    shapes, exact, slipped = [], [], []
    for salt, ((shape, slips), numbers) in enumerate(groups.items(), 1):
        shapes.append((salt, shape, slips))
        texts, places = [patterns[number] for number in numbers], np.array(numbers)
        weighed = _weighed(texts)
        exact.append((places, _key(weighed, shape, salt)))
        if slips:
            slipped.append(_each(places, _without_one(weighed, shape, salt)))
            if len(shape.columns) == shape.length > 1:
                slipped.append((places, weighed[:, :LONGEST].sum(axis=1) + _ADDED))
                slipped.append(_each(places, _with_one_dropped(_codes(texts), shape.length) + _DROPPED))
    return WatchIndex(shapes, _keys(exact), _keys(slipped), len(patterns))


def shape_of(pattern: str) -> Shape:
    """Return which characters a pattern names, from the start and, with `*`, from the end."""
    head, run, rest = pattern.partition(RUN)
    tail = rest.rpartition(RUN)[2]
    from_start = [place for place, char in enumerate(head) if char != ONE]
    from_end = [LONGEST + place for place, char in enumerate(reversed(tail)) if char != ONE]
    if not run:
        return Shape(tuple(from_start), len(head), len(head))
    return Shape((*from_start, *from_end), 0, len(head) + len(tail))


def _rows(shape: Shape, lengths: np.ndarray) -> np.ndarray:
    return np.flatnonzero(lengths == shape.length if shape.length else lengths >= shape.least)


def _key(weighed: np.ndarray, shape: Shape, salt: int) -> np.ndarray:
    key: np.ndarray = weighed[:, shape.columns].sum(axis=1, dtype=np.uint64) + _SALT * np.uint64(salt)
    return key


def _without_one(weighed: np.ndarray, shape: Shape, salt: int) -> np.ndarray:
    """Return the hashes with each named character left out in turn, N x columns."""
    return _key(weighed, shape, salt)[:, None] - weighed[:, shape.columns]


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
