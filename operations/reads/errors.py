"""The read-error model: how probable it is that one plate was read as another, and why. Writes nothing."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from weakref import WeakKeyDictionary

import numpy as np

from operations.reads.codes import (
    ALPHABET,
    CODES,
    DIGITS,
    LETTERS,
    NAMING,
    OTHER,
    PROVINCES,
    UNREADABLE,
    code,
)
from operations.reads.confusions import Confusions, Counts, learned
from operations.reads.counted import counted
from operations.reads.likeliest import MOST, Choice, likeliest
from operations.reads.prior import PLACES, extra_chars, where_dropped, where_extra
from operations.store import Session

KNOWN_FOR_S = 60.0
_REMEMBERED = 4096
_FIRST = Choice.of(dict.fromkeys(PROVINCES + LETTERS + DIGITS, 1.0))
_ENERGY = Choice.of(dict.fromkeys("ABCDEFGHJK" + DIGITS, 1.0))
"""What can stand on a plate of eight after the office: those are of new-energy vehicles."""
_SERIAL = Choice.of(dict.fromkeys(LETTERS + DIGITS + NAMING, 1.0))


@dataclass(frozen=True, slots=True)
class Slip:
    """One character not read right. position: of the true plate, from 1.

    read: empty where the character was dropped; true: empty where `read` is one too many, before `position`.
    """

    position: int
    read: str
    true: str
    probability: float


class ReadErrors:
    """P(read | true) of whole plates. Positions err independently, one character at most is dropped or added.

    Of all misreads, those with P >= 1e-3 are about a half, 1e-4 four fifths, 1e-5 nine tenths, 1e-6 19 of 20
    (tests/benchmarks/plate_search.py). Where a slip can have happened in several ways (one 8 of 88 dropped),
    the likeliest counts.
    """

    def __init__(self, confusions: Confusions) -> None:
        self.confusions = confusions
        self._table: list[list[list[float]]] = confusions.table.tolist()
        self._extra_char: list[float] = extra_chars().tolist()
        self._choices: dict[tuple[str, int, str], Choice] = {}
        self._found: dict[tuple[str, str, float], dict[str, float]] = {}

    @cached_property
    def logs(self) -> np.ndarray:
        """log P(read code | place, true code) as PLACES x CODES x CODES float32."""
        with np.errstate(divide="ignore"):
            return np.log(self.confusions.table).astype(np.float32)

    @property
    def whole(self) -> float:
        """P(a plate is read with as many characters as it has)."""
        return 1.0 - self.confusions.dropped - self.confusions.extra

    def character(self, position: int, read: str, true: str) -> float:
        """Return P(the character at `position`, from 0, is read as `read` where it is `true`)."""
        read_code, true_code = code(read), code(true)
        if read_code == true_code == OTHER and read != true:
            return self._table[min(position, PLACES - 1)][OTHER][code("0")]  # two different strange ones
        return self._table[min(position, PLACES - 1)][true_code][read_code]

    def probability(self, read: str, true: str) -> float:
        """Return P(read | true); 0 where the lengths differ by more than one."""
        if len(read) == len(true):
            return self.whole * self._aligned(read, true)
        return max((way for way, _ in self._slips(read, true)), default=0.0)

    def why(self, read: str, true: str) -> tuple[Slip, ...]:
        """Return what was not read right; nothing where the plate was read exactly, or never as this."""
        if len(read) == len(true):
            return self._differing(read, true, range(len(true)))
        found = max(self._slips(read, true), key=lambda way: way[0], default=(0.0, 0))
        if found[0] == 0.0:
            return ()
        at = found[1]
        if len(read) < len(true):
            slip = Slip(at + 1, "", true[at], self.dropped(len(true))[at])
            rest = [*range(at), *range(at + 1, len(true))]
            return (slip, *self._differing(read, true[:at] + true[at + 1 :], rest))
        slip = Slip(at + 1, read[at], "", self.extra(len(true))[at] * self._extra_char[code(read[at])])
        return (slip, *self._differing(read[:at] + read[at + 1 :], true, range(len(true))))

    def likely_reads(self, true: str, least: float) -> dict[str, float]:
        """Return every text that `true` is read as with P >= least, the likeliest first, itself included.

        The likeliest 300 at most. Remembered: do not change what is returned.
        """
        return self._remembered("reads", true, least, self._reads_of)

    def likely_truths(self, read: str, least: float) -> dict[str, float]:
        """Return every plate that is read as `read` with P(read | plate) >= least, as likely_reads.

        Where a dropped character is put back, only what can stand there is tried.
        """
        return self._remembered("truths", read, least, self._truths_of)

    def _remembered(
        self, what: str, text: str, least: float, find: Callable[[str, float], dict[str, float]]
    ) -> dict[str, float]:
        key = (what, text, least)
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= _REMEMBERED:
                self._found = {}
            found = self._found[key] = find(text, least)
        return found

    def _reads_of(self, true: str, least: float) -> dict[str, float]:
        choices = [self._choice("reads", place, char) for place, char in enumerate(true)]
        found = [likeliest(choices, self.whole, least)]
        for at, chance in enumerate(self.dropped(len(true))):
            found.append(likeliest(choices[:at] + choices[at + 1 :], chance, least))
        extra = self._any_extra
        for at, chance in enumerate(self.extra(len(true))):
            found.append(likeliest([*choices[:at], extra, *choices[at:]], chance, least))
        return _merged(found)

    def _truths_of(self, read: str, least: float) -> dict[str, float]:
        choices = [self._choice("truths", place, char) for place, char in enumerate(read)]
        found = [likeliest(choices, self.whole, least)]
        later = [self._choice("truths", place + 1, char) for place, char in enumerate(read)]
        for at, chance in enumerate(self.dropped(len(read) + 1)):
            if chance >= least:
                missing = _FIRST if at == 0 else _ENERGY if len(read) == 7 else _SERIAL
                found.append(likeliest([*choices[:at], missing, *later[at:]], chance, least))
        earlier = [self._choice("truths", max(0, place - 1), char) for place, char in enumerate(read)]
        for at, chance in enumerate(self.extra(len(read) - 1) if len(read) > 1 else []):
            chance *= self._extra_char[code(read[at])]
            if chance >= least:
                found.append(likeliest(choices[:at] + earlier[at + 1 :], chance, least))
        return _merged(found)

    def _choice(self, what: str, place: int, char: str) -> Choice:
        """Return what a character can be read as, or can truly be, the likeliest first."""
        key = (what, min(place, PLACES - 1), char)
        found = self._choices.get(key)
        if found is None:
            if len(self._choices) > 10 * CODES * PLACES:
                self._choices = {}
            every = [each for each in ALPHABET if what == "reads" or each != UNREADABLE]
            chances = {
                each: self.character(place, each, char)
                if what == "reads"
                else self.character(place, char, each)
                for each in dict.fromkeys([*every, *([] if code(char) != OTHER else [char])])
            }
            found = self._choices[key] = Choice.of(chances)
        return found

    @cached_property
    def _any_extra(self) -> Choice:
        return Choice.of({char: self._extra_char[code(char)] for char in ALPHABET})

    def dropped(self, length: int) -> list[float]:
        """Return P(this character was dropped) for each of a plate's."""
        chances: list[float] = (
            (self.confusions.dropped * where_dropped(length)).tolist() if length > 1 else []
        )
        return chances

    def extra(self, length: int) -> list[float]:
        """Return P(one too many was read before this character), and at the end."""
        chances: list[float] = (self.confusions.extra * where_extra(length)).tolist()
        return chances

    def _aligned(self, read: str, true: str) -> float:
        return prod(self.character(at, *pair) for at, pair in enumerate(zip(read, true, strict=True)))

    def _slips(self, read: str, true: str) -> list[tuple[float, int]]:
        """Return each way in which one character was dropped or added: its probability, and where."""
        if len(read) == len(true) - 1:
            rest = [[*range(at), *range(at + 1, len(true))] for at in range(len(true))]
            return [
                (chance * prod(self.character(k, read[i], true[k]) for i, k in enumerate(rest[at])), at)
                for at, chance in enumerate(self.dropped(len(true)))
            ]
        if len(read) == len(true) + 1:
            return [
                (
                    chance
                    * self._extra_char[code(read[at])]
                    * self._aligned(read[:at] + read[at + 1 :], true),
                    at,
                )
                for at, chance in enumerate(self.extra(len(true)))
            ]
        return []

    def _differing(self, read: str, true: str, places: Sequence[int]) -> tuple[Slip, ...]:
        return tuple(
            Slip(place + 1, a, b, self.character(place, a, b))
            for place, a, b in zip(places, read, true, strict=True)
            if a != b
        )


PRIOR = ReadErrors(learned(Counts(), Counts()))


@dataclass(slots=True)
class _Remembered:
    errors: ReadErrors
    since_s: float


_known: WeakKeyDictionary[object, _Remembered] = WeakKeyDictionary()


def read_errors(session: Session) -> ReadErrors:
    """Return what this database's counts make of the prior; at most KNOWN_FOR_S old."""
    pool, now_s = session.get_bind().engine.pool, time.monotonic()
    known = _known.get(pool)
    if known is None or now_s - known.since_s > KNOWN_FOR_S:
        known = _known[pool] = _Remembered(read_errors_now(session), now_s)
    return known.errors


def read_errors_now(session: Session) -> ReadErrors:
    """Return the same, read from the database this moment."""
    looks, operators = counted(session)
    if not any(each.table.any() or each.plates for each in (looks, operators)):
        return PRIOR
    return ReadErrors(learned(looks, operators))


def _merged(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return all ways together, the likeliest of each text, the likeliest first."""
    merged: dict[str, float] = {}
    for ways in found:
        for text, chance in ways.items():
            if chance > merged.get(text, 0.0):
                merged[text] = chance
    return dict(sorted(merged.items(), key=lambda item: -item[1])[:MOST])
