"""Belief: how probable it is that a read that resembles a watched plate is that vehicle. It raises nothing.

Bayes over all that the read may have been: each plate that is misread so, as often as it passes; the read
itself as a vehicle of its own, as often as that was seen before yesterday; and a vehicle never seen here.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select

from operations.alerts import CLOSED
from operations.reads.codes import PROVINCES, UNREADABLE
from operations.reads.errors import ReadErrors
from operations.store import Session
from operations.tables import Alert, PlateRow, SightingRow

LEAST_BELIEVED, LEAST_BELIEVED_PARTIAL = 0.1, 0.2
"""Belief from which a resemblance of a whole plate, or of a partial one, raises an alert. Below, one in
thirty is the vehicle; above, every second (docs/benchmarks.md, which tells the wrong alerts a day too)."""
LEAST_TRUTH = 3e-4
"""P(read | true) under which a plate is not weighed as what was truly there."""
MONTH = timedelta(days=30)
OWN_SINCE = timedelta(days=1)
"""A text has a life of its own by what was seen before yesterday: a dirty plate is misread alike all day."""
NEW = 0.02
"""Sightings a month of any one plausible plate that was not seen in the past month. A county sees some 10,000
plates a day for the first time, of some 10 million that an office's letter may have."""
PASSES = 6.0
"""Sightings a month of a watched vehicle that comes here at all."""
_PLAUSIBLE = re.compile(rf"[{PROVINCES}][A-Z][A-Z0-9]{{4,6}}.?")
AT_ONCE = 500
CONFIRMED = 0.5
"""Least belief in a read that a person has once confirmed as the entry's vehicle: a plate stays dirty for
days, and would else become a vehicle of its own."""
MAY_BE_MISREADS = 3
"""Sightings before yesterday of which a text may have each by misreading alone."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Sightings of a text in the past month, and those before yesterday."""

    month: int = 0
    before_yesterday: int = 0


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A read, the watched plate it resembles, P(read | plate), and which plates belong to the entry."""

    read: str
    plate: str
    likelihood: float
    fits: Callable[[str], bool]
    whole: bool

    @property
    def least(self) -> float:
        return LEAST_BELIEVED if self.whole else LEAST_BELIEVED_PARTIAL


def believed(
    resemblance: Resemblance, traffic: Mapping[str, Traffic], expected: float, errors: ReadErrors
) -> float:
    """Return P(the vehicle is the entry's | the read). traffic: of all texts that matter; others: not seen.

    expected: sightings a month of a watched plate of which nothing else is known.
    """
    read, watched = resemblance.read, resemblance.plate
    truths = {**errors.likely_truths(read, LEAST_TRUTH), watched: resemblance.likelihood}
    theirs = others = 0.0
    for truth, likelihood in truths.items():
        seen = traffic.get(truth, Traffic())
        if truth == read:
            if UNREADABLE not in read:
                others += likelihood * (seen.before_yesterday + NEW)
            continue
        passes = seen.month + (NEW if _PLAUSIBLE.fullmatch(truth) else 0.0)
        if resemblance.fits(truth):
            theirs += likelihood * (passes + (expected if resemblance.whole else 0.0))
        else:
            others += likelihood * passes
    return theirs / (theirs + others) if theirs else 0.0


def at_most(
    resemblance: Resemblance, traffic: Mapping[str, Traffic], expected: float, errors: ReadErrors
) -> float:
    """Return what `believed` cannot exceed by the watched plate's and the read's own traffic alone."""
    theirs = resemblance.likelihood * (traffic.get(resemblance.plate, Traffic()).month + expected + NEW)
    own = traffic.get(resemblance.read, Traffic()).before_yesterday + NEW
    if not resemblance.whole or UNREADABLE in resemblance.read:
        return 1.0 if own < MAY_BE_MISREADS else theirs / (theirs + own)
    return theirs / (theirs + own * errors.probability(resemblance.read, resemblance.read))


def first_days(session: Session, texts: Iterable[str]) -> dict[str, date]:
    """Return since when there are sightings of these texts, for those of which there are any."""
    wanted, found = sorted(set(texts)), dict[str, date]()
    for first in range(0, len(wanted), AT_ONCE):
        some = PlateRow.text.in_(wanted[first : first + AT_ONCE])
        found |= dict(session.execute(select(PlateRow.text, PlateRow.first_day).where(some)).all())
    return found


def traffic_of(session: Session, texts: Iterable[str], now: datetime) -> dict[str, Traffic]:
    """Return the traffic of the texts that were seen in the past month; most never were, and cost little."""
    wanted, found = sorted(first_days(session, texts)), {}
    old = func.sum(case((SightingRow.seen_at < now - OWN_SINCE, 1), else_=0))
    for first in range(0, len(wanted), AT_ONCE):
        some = SightingRow.plate.in_(wanted[first : first + AT_ONCE])
        counted = select(SightingRow.plate, func.count(), old)
        counted = counted.where(some, SightingRow.seen_at >= now - MONTH, SightingRow.seen_at <= now)
        for plate, month, before_yesterday in session.execute(counted.group_by(SightingRow.plate)):
            found[plate] = Traffic(month, int(before_yesterday))
    return found


def expected_passes(session: Session, entries: int, now: datetime) -> float:
    """Return how many sightings a month a watched plate has, by how many of the entries were seen of late.

    A list of thousands that are elsewhere expects next to nothing of each; a short one of a local case much.
    """
    hit = select(func.count(Alert.entry_id.distinct())).where(Alert.match == "exact")
    seen = session.scalar(hit.where(Alert.last_seen_at >= now - MONTH)) or 0
    return PASSES * (seen + 5) / (max(entries, seen) + 10)


def confirmed(session: Session) -> set[tuple[int, str]]:
    """Return the pairs (entry, read) of which a person has said that it was the entry's vehicle."""
    said = select(Alert.entry_id, Alert.plate).where(Alert.verdict == "confirmed", Alert.match == "fuzzy")
    return {(entry_id, plate) for entry_id, plate in session.execute(said)}


def rejected(session: Session, pairs: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return of pairs (entry, read) those of which a person has said that it was another vehicle."""
    wanted = set(pairs)
    if not wanted:
        return set()
    said = select(Alert.entry_id, Alert.plate).where(Alert.verdict == "rejected", Alert.state.in_(CLOSED))
    said = said.where(Alert.entry_id.in_({entry_id for entry_id, _ in wanted}))
    return wanted & {(entry_id, plate) for entry_id, plate in session.execute(said)}
