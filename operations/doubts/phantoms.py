"""Phantoms: a text that one camera reads again and again, and that no vehicle carries through the county.

Pure. Only a text at one camera is judged, against that camera's own vehicles; the outcome is "not believed".
A parked car is one visit, however often it is read; a taxi or a bus is seen elsewhere too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln
from scipy.stats import nbinom, poisson

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ONE_VISIT_S = 600.0
"""Read again within this: the same visit, a vehicle that waits or was lost and found by the tracker."""
ONE_STAY_S = 24 * 3600.0
STANDS = 0.6
"""Overlap of two boxes from which on the vehicle has not moved; within ONE_STAY_S it is the same stay."""
LINKED_S = 45 * 60.0
"""Read at another site so long before or after: the visit was a vehicle's that drives through the county."""
LEAST_VISITS = 8
LEAST_SAMPLE = 8
DAYS_IF_ALIKE, A_DAY_IF_ALIKE = 3, 10
"""What looks like one and the same vehicle may be one that lives here, whose way passes no other camera: it
is not believed only if it comes so often a day, on so many days."""
SEVERAL = 0.25
"""Of the way from two strangers' agreement to one vehicle's: below, the visits are of several vehicles."""
TOO_OFTEN = 1e-3
TOO_UNLINKED, TOO_UNLINKED_IF_SEVERAL = 1e-3, 0.05
"""After correction for all texts that are tested; looking like several vehicles is evidence of its own."""
TIED_IF_UNKNOWN = 0.2
LEAST_TIED = 0.1
"""Of the beta-binomial: how alike the visits of one vehicle are at least (some live behind the camera)."""


@dataclass(frozen=True)
class Reads:
    """All reads of one text, in order of time. at_s: seconds. here: by this camera; else at another site.

    look: a number for class and colour. box: [n, 4] fractions of the picture, nan where unknown.
    """

    at_s: Floats
    here: NDArray[np.bool_]
    look: Ints
    box: Floats


@dataclass(frozen=True, slots=True)
class Visits:
    """What the reads of one text come to: visits to the camera, how many of them linked, when, how alike."""

    at_s: Floats
    linked: int
    agreement: float
    """Of two visits taken by chance, how often they look alike (class and colour)."""
    looks: int

    @property
    def count(self) -> int:
        return len(self.at_s)


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual at a camera: reads of one text, share of linked visits, how alike visits look.

    per_text: how many texts were read once, twice, … (index 0: once). stranger_agreement: two vehicles.
    """

    per_text: Ints
    linked: float
    tied: float
    agreement: float
    stranger_agreement: float


@dataclass(frozen=True, slots=True)
class Phantom:
    """A text that is not believed, with the numbers of its sentence."""

    visits: int
    linked: int
    usual_linked: float
    looks: int
    days: int
    p: float
    every_s: float | None
    first_s: float

    def numbers(self) -> dict[str, Any]:
        return {
            "visits": self.visits,
            "linked": self.linked,
            "usual_linked": round(self.usual_linked, 2),
            "looks": self.looks,
            "days": self.days,
            "every_s": None if self.every_s is None else round(self.every_s),
            "p": float(f"{self.p:.1e}"),
        }


def visits_of(reads: Reads) -> Visits:
    """Gather reads into visits: a vehicle that waits, is parked or was lost for a moment is one."""
    at_s, box, look = reads.at_s[reads.here], reads.box[reads.here], reads.look[reads.here]
    if not len(at_s):
        return Visits(at_s, 0, 1.0, 0)
    gap_s = np.diff(at_s)
    same = gap_s <= ONE_VISIT_S
    same |= (gap_s <= ONE_STAY_S) & (_overlap(box[:-1], box[1:]) >= STANDS)
    first = np.flatnonzero(np.concatenate([[True], ~same]))
    last = np.concatenate([first[1:] - 1, [len(at_s) - 1]])
    elsewhere = reads.at_s[~reads.here]
    before = np.searchsorted(elsewhere, at_s[first] - LINKED_S)
    after = np.searchsorted(elsewhere, at_s[last] + LINKED_S, side="right")
    seen = look[first]
    counts = np.unique(seen, return_counts=True)[1]
    return Visits(at_s[first], int((after > before).sum()), _agreement(counts), len(counts))


def usual_of(
    per_text: Ints, sample: Sequence[Visits], linked_prior: float | None, looks: Ints
) -> Usual | None:
    """Return what is usual by a camera's ordinary texts; None where too few are known to say.

    per_text: see Usual. linked_prior: the share of its site's vehicles that the learned traffic saw again.
    looks: those of single reads of many vehicles.
    """
    known = [visits for visits in sample if visits.count]
    if len(known) < LEAST_SAMPLE:
        return None
    share = np.array([visits.linked / visits.count for visits in known])
    prior = 0.0 if linked_prior is None else 10.0
    linked = float((share.sum() + prior * (linked_prior or 0.0)) / (len(share) + prior))
    linked = min(max(linked, 0.01), 0.99)
    back = [visits for visits in known if visits.count >= 2]
    strangers = _agreement(np.unique(looks, return_counts=True)[1])
    alike = float(np.mean([visits.agreement for visits in back])) if len(back) >= 3 else strangers
    return Usual(per_text, linked, _tied(back, linked), alike, strangers)


def _tied(back: Sequence[Visits], linked: float) -> float:
    """Return how alike the visits of one vehicle are in being linked, by those that came back."""
    if len(back) < LEAST_SAMPLE:
        return TIED_IF_UNKNOWN
    count = np.array([visits.count for visits in back], dtype=np.float64)
    share = np.array([visits.linked for visits in back]) / count
    over = float(np.mean((share - linked) ** 2)) / (linked * (1 - linked))
    by_chance = float(np.mean(1 / count))
    return float(np.clip((over - by_chance) / (1 - by_chance), LEAST_TIED, 0.9))


def judge(visits: Visits, usual: Usual, reads: int, tested: int) -> Phantom | None:
    """Return the phantom that a text is, or None. reads: in usual.per_text's time; tested: texts in all."""
    if visits.count < LEAST_VISITS or too_often(reads, usual.per_text) > TOO_OFTEN:
        return None
    p = min(1.0, tested * so_few_linked(visits.linked, visits.count, usual))
    several = _are_several(visits, usual)
    if p > (TOO_UNLINKED_IF_SEVERAL if several else TOO_UNLINKED):
        return None
    days = len(np.unique(visits.at_s // 86_400))
    lives_here = days < DAYS_IF_ALIKE or visits.count < A_DAY_IF_ALIKE * days
    if lives_here and not several:
        return None
    return Phantom(
        visits=visits.count,
        linked=visits.linked,
        usual_linked=usual.linked,
        looks=visits.looks,
        days=days,
        p=p,
        every_s=_regular_s(visits.at_s),
        first_s=float(visits.at_s[0]),
    )


def too_often(reads: int, per_text: Ints) -> float:
    """Return how probable so many reads of one text are at this camera: a negative binomial's upper tail."""
    times = np.arange(len(per_text), dtype=np.float64)  # beyond the first read
    texts = per_text.sum()
    if not texts:
        return 1.0
    mean = float((per_text * times).sum() / texts)
    spread = float((per_text * (times - mean) ** 2).sum() / texts)
    if mean <= 0:
        return 0.0 if reads > 1 else 1.0
    if spread <= mean * 1.01:
        return float(poisson.sf(reads - 2, mean))
    size = mean**2 / (spread - mean)
    return float(nbinom.sf(reads - 2, size, size / (size + mean)))


def so_few_linked(linked: int, visits: int, usual: Usual) -> float:
    """Return how probable so few linked visits or fewer are: a beta-binomial's lower tail."""
    strength = 1 / usual.tied - 1
    a, b = usual.linked * strength, (1 - usual.linked) * strength
    k = np.arange(linked + 1, dtype=np.float64)
    log_ways = -betaln(visits - k + 1, k + 1) - np.log(visits + 1)
    return float(min(1.0, np.exp(log_ways + betaln(k + a, visits - k + b) - betaln(a, b)).sum()))


def _are_several(visits: Visits, usual: Usual) -> bool:
    """Return whether the visits look like those of several vehicles; never where looks say nothing."""
    apart = usual.agreement - usual.stranger_agreement
    return apart >= 0.2 and visits.agreement < usual.stranger_agreement + SEVERAL * apart


def _agreement(counts: Ints) -> float:
    total = int(counts.sum())
    return float((counts * (counts - 1)).sum() / (total * (total - 1))) if total > 1 else 1.0


def _overlap(one: Floats, other: Floats) -> Floats:
    """Return the shared part of pairs of boxes over their union; 0 where one is unknown."""
    width = np.minimum(one[:, 2], other[:, 2]) - np.maximum(one[:, 0], other[:, 0])
    height = np.minimum(one[:, 3], other[:, 3]) - np.maximum(one[:, 1], other[:, 1])
    shared = np.maximum(width, 0) * np.maximum(height, 0)
    whole = _area(one) + _area(other) - shared
    return np.nan_to_num(np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0))


def _area(box: Floats) -> Floats:
    return np.asarray((box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1]))


def _regular_s(at_s: Floats) -> float | None:
    """Return the time between visits where it hardly varies: no driver is so regular."""
    gaps = np.diff(at_s)
    middle = float(np.median(gaps)) if len(gaps) else 0.0
    return middle if middle > 0 and float(np.median(np.abs(gaps - middle))) < 0.1 * middle else None
