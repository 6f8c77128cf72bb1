"""The plate index: every plate text of a stored sighting, in memory, searched with misreads allowed.

About 9 bytes a plate (18 MB for two million); built from the table `plates` and brought up to date from it.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log
from weakref import WeakKeyDictionary

import numpy as np

from operations.reads.codes import OTHER, by_length, decoded
from operations.reads.errors import ReadErrors, Slip
from operations.reads.fits import Fit, exact_fits, fuzzy_fits, has_strange, probability, why
from operations.reads.patterns import matches
from operations.reads.plate_table import Reader
from operations.store import Session

_SPARE = 1.25
_SAMPLED = 4096
"""Plates by which a column's selectivity is judged."""
_FEW = 12
"""Codes up to which comparing with each is quicker than looking each plate's up."""
_AS_WHOLES = 3
_ROUNDING = 1e-4


@dataclass(frozen=True, slots=True)
class Likely:
    """A plate text that may be the vehicle's. probability: P(text | pattern); 1.0 if misreads are barred.

    why: what was not read right; empty for an exact match.
    """

    text: str
    probability: float
    why: tuple[Slip, ...]


@dataclass(slots=True)
class _Plates:
    """Plates of one length. columns: length x capacity uint8 codes, `count` of them used."""

    columns: np.ndarray
    count: int = 0
    strange: dict[int, str] = field(default_factory=dict)
    """Texts with characters that have no code, by row."""

    def added(self, codes: np.ndarray, texts: Sequence[str]) -> "_Plates":
        """Return these with more; who still searches the old ones is not disturbed."""
        count, columns = self.count + len(texts), self.columns
        if count > columns.shape[1]:
            columns = np.zeros((len(columns), int(count * _SPARE) + 16), np.uint8)
            columns[:, : self.count] = self.columns[:, : self.count]
        columns[:, self.count : count] = codes.T
        odd = np.flatnonzero((codes == OTHER).any(axis=1)).tolist()
        strange = {**self.strange, **{self.count + row: texts[row] for row in odd}} if odd else self.strange
        return _Plates(columns, count, strange)

    def texts(self, rows: np.ndarray) -> list[str]:
        found = decoded(self.columns[:, rows].T)
        return [self.strange.get(row, text) for row, text in zip(rows.tolist(), found, strict=True)]


class PlateIndex:
    """Plate texts by length. Safe to search while another thread adds."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._plates: dict[int, _Plates] = {}
        self.add([*texts])

    def __len__(self) -> int:
        return sum(plates.count for plates in self._plates.values())

    @property
    def held_bytes(self) -> int:
        """Memory of the codes, in bytes."""
        return sum(plates.columns.nbytes for plates in self._plates.values())

    def add(self, texts: Sequence[str]) -> None:
        """Add plate texts that are not there yet; one thread at a time."""
        if not texts:
            return
        plates = dict(self._plates)
        for length, (places, codes) in by_length(texts).items():
            before = plates.get(length) or _Plates(np.zeros((length, 0), np.uint8))
            plates[length] = before.added(codes, [texts[place] for place in places.tolist()])
        self._plates = plates

    def search(
        self, pattern: str, errors: ReadErrors | None, least: float = 1e-3, most: int = 200
    ) -> list[Likely]:
        """Return the plates that may be what the pattern means, the most probable first, `most` at most.

        `?` and `*` cost nothing. errors: None for exact matches only, in no particular order; else all texts
        with P(text | pattern) >= least. Where a text can be reached in several ways, the likeliest counts.
        """
        plates = self._plates
        if errors is None:
            return self._exact(plates, pattern, most)
        bound, found = log(least), dict[str, tuple[float, Fit]]()
        for fit in fuzzy_fits(pattern, [*plates], errors, least):
            for text, score in _best(plates[len(fit.columns)], fit, bound, most, errors):
                if score > found.get(text, (-np.inf, fit))[0]:
                    found[text] = score, fit
            if len(found) > 2 * most:
                found = dict(sorted(found.items(), key=lambda item: -item[1][0])[:most])
                bound = min(score for score, _ in found.values())
        likely = [
            Likely(text, probability(fit, text, errors), why(fit, text, errors))
            for text, (_, fit) in found.items()
        ]
        return sorted(likely, key=lambda each: (-each.probability, each.text))[:most]

    def count(self, pattern: str) -> int:
        """Return how many plates match the pattern exactly."""
        plates = self._plates
        matching = {length: np.zeros(here.count, bool) for length, here in plates.items()}
        for fit in exact_fits(pattern, [*plates]):
            length = len(fit.columns)
            matching[length][_matching(plates[length], fit)] = True
        return sum(int(np.count_nonzero(each)) for each in matching.values())

    def _exact(self, plates: dict[int, _Plates], pattern: str, most: int) -> list[Likely]:
        found: dict[str, None] = {}
        for fit in exact_fits(pattern, [*plates]):
            here = plates[len(fit.columns)]
            rows = _scan(here, fit, -1.0)[0]
            cut = rows if has_strange(fit) else rows[:most]
            found |= dict.fromkeys(text for text in here.texts(cut) if matches(pattern, text))
            if len(found) >= most:
                break
        return [Likely(text, 1.0, ()) for text in list(found)[:most]]


def _matching(plates: _Plates, fit: Fit) -> np.ndarray:
    """Return the rows that a fit of an exact pattern matches."""
    rows = _scan(plates, fit, -1.0)[0]
    if not has_strange(fit):
        return rows
    texts = plates.texts(rows)
    return rows[[matches(fit.pattern.replace("*", "?"), text) for text in texts]]


def _best(plates: _Plates, fit: Fit, bound: float, most: int, errors: ReadErrors) -> list[tuple[str, float]]:
    """Return the most probable texts of a fit with their log-probabilities, those below `bound` left out."""
    rows, scores = _scan(plates, fit, bound - _ROUNDING)
    if len(rows) > most and not has_strange(fit):
        top = np.argpartition(-scores, most - 1)[:most]
        rows, scores = rows[top], scores[top]
    found = []
    for text, score in zip(plates.texts(rows), scores.tolist(), strict=True):
        if score < bound + _ROUNDING or has_strange(fit):  # codes and 32 bits cannot tell: ask the texts
            score = log(probability(fit, text, errors) or 1e-99)
        if score >= bound - 1e-12:
            found.append((text, score))
    return found


def _scan(plates: _Plates, fit: Fit, bound: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows whose log-probability reaches the bound, and it (float32).

    Column by column, the most selective first: a row is given up as soon as even a perfect rest of it could
    not reach the bound. The first few are compared as wholes, which is quicker than row by row.
    """
    columns = plates.columns[:, : plates.count]
    stride = max(1, plates.count // _SAMPLED)
    asked = [(place, column) for place, column in enumerate(fit.columns) if column is not None]
    left = bound - fit.best
    asked.sort(key=lambda pair: _passing(columns[pair[0], ::stride], pair[1], left))
    passing = np.ones(plates.count, bool)
    for place, column in asked[:_AS_WHOLES]:
        passing &= _affordable(columns[place], column, left)
    rows = np.flatnonzero(passing)
    best = fit.best
    scores = np.full(len(rows), fit.start, np.float32)
    for number, (place, column) in enumerate(asked):
        best -= float(column.max())
        scores = scores + column[columns[place][rows]]
        if number + 1 >= min(_AS_WHOLES, len(asked)):
            kept = scores + np.float32(best - fit.start) >= bound
            rows, scores = rows[kept], scores[kept]
    return rows, scores


def _affordable(codes: np.ndarray, column: np.ndarray, left: float) -> np.ndarray:
    """Return which rows' codes cost no more, against the best one, than may be lost in all."""
    allowed = np.flatnonzero(column >= column.max() + left)
    if len(allowed) > _FEW:
        return np.take(column >= column.max() + left, codes)
    passing = np.zeros(len(codes), bool)
    for each in allowed.tolist():
        passing |= codes == each
    return passing


def _passing(codes: np.ndarray, column: np.ndarray, left: float) -> float:
    """Return what share of these codes a column lets pass; among equals, what it lets pass at a high cost."""
    costs = column[codes] - column.max()
    if not len(costs):
        return 0.0
    return float((costs >= left).mean()) + 1e-3 * float((costs >= -1.0).mean())


@dataclass(slots=True)
class _Kept:
    """One database's index, and how far it was read."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    index: PlateIndex | None = None
    reader: Reader = field(default_factory=Reader)


_kept: WeakKeyDictionary[object, _Kept] = WeakKeyDictionary()


def plate_index(session: Session) -> PlateIndex:
    """Return the index of this database, brought up to date: every plate committed before is in it.

    The first call of a process reads the whole table, as does the first after plates were forgotten.
    """
    kept = _kept.setdefault(session.get_bind().engine.pool, _Kept())
    with kept.lock:
        again, texts = kept.reader.read(session)
        if kept.index is None or again:
            kept.index = PlateIndex()
        for some in texts:
            kept.index.add(some)
        return kept.index
