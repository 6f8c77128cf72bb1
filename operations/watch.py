"""The watch: the watchlist as one worker knows it, asked for the hits of a batch. It raises no alerts."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial

from operations import belief
from operations.belief import Resemblance
from operations.hits import Believed, CameraPlace, Hit
from operations.matching import Look, Match, Matcher, compiled
from operations.reads.errors import ReadErrors, read_errors
from operations.reads.patterns import is_plate, matches
from operations.sightings import Sighting
from operations.store import Session
from operations.watch_conditions import Passage
from operations.watched import entries_in_force, fingerprint

RELOADED_EVERY_S = 1.0
EXPECTED_EVERY_S = 300.0
MOST_KNOWN = 500_000

Seen = tuple[Sighting, CameraPlace]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A sighting whose read resembles a watched plate."""

    seen: Seen
    match: Match

    @property
    def read(self) -> str:
        return self.seen[0].plate or ""

    @property
    def pair(self) -> tuple[int, str]:
        return self.match.entry.id, self.read

    @property
    def resemblance(self) -> Resemblance:
        pattern = self.match.entry.pattern
        fits = partial(matches, pattern)
        return Resemblance(self.read, self.match.plate, self.match.likelihood, fits, is_plate(pattern))


class Watch:
    """What one worker remembers: entries, a second old at most, and texts with a life of their own."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        """zone: of the site, in which the entries' hours are told."""
        self.zone = zone
        self._looked_at: datetime | None = None
        self._fingerprint: Hashable = None
        self._matcher, self._count = compiled([]), 0
        self._expected_at: datetime | None = None
        self._expected = 0.0
        self._confirmed: set[tuple[int, str]] = set()
        self._known: set[str] = set()
        self._known_of = datetime.min.date()

    def hits(self, session: Session, seen: Sequence[Seen], now: datetime) -> list[Hit]:
        """Return the hits of new sightings: exact ones, and resemblances that are believed."""
        read = [each for each in seen if each[0].plate]
        matcher = self.matcher(session, now)
        if not read or not matcher.patterns:
            return []
        errors = read_errors(session)
        found = matcher.matches([look_of(each, self.zone) for each in read], errors)
        hits, suspects = [], []
        for each, matched in zip(read, found, strict=True):
            for match in matched:
                if match.exact:
                    hits.append(Hit(each[0], match.plate, match.entry, each[1]))
                else:
                    suspects.append(Suspect(each, match))
        return hits + self._believed(session, suspects, errors, now)

    def matcher(self, session: Session, now: datetime) -> Matcher:
        """Return the matcher for `now`; entries are read again when one came into force or ended."""
        if self._looked_at is None or not 0 <= (now - self._looked_at).total_seconds() < RELOADED_EVERY_S:
            self._looked_at, new = now, fingerprint(session)
            if new != self._fingerprint:
                entries = entries_in_force(session, now)
                self._fingerprint, self._count, self._matcher = new, len(entries), compiled(entries)
                self._expected_at = None
        return self._matcher

    def _believed(
        self, session: Session, suspects: Sequence[Suspect], errors: ReadErrors, now: datetime
    ) -> list[Hit]:
        """Weigh what resembles a watched plate; most of it is a vehicle of its own, known as such."""
        if not suspects:
            return []
        expected = self._expected_passes(session, now)
        suspects = self._not_known(session, suspects, now)
        texts = {text for each in suspects for text in (each.read, each.match.plate)}
        traffic = belief.traffic_of(session, texts, now)
        possible = [
            each
            for each in suspects
            if each.pair in self._confirmed
            or belief.at_most(each.resemblance, traffic, expected, errors) >= each.resemblance.least
        ]
        denied = belief.rejected(session, (each.pair for each in possible))
        possible = [each for each in possible if each.pair not in denied]
        truths = {text for each in possible for text in errors.likely_truths(each.read, belief.LEAST_TRUTH)}
        traffic |= belief.traffic_of(session, truths - texts, now)
        hits = []
        for each in possible:
            probability = belief.believed(each.resemblance, traffic, expected, errors)
            if each.pair in self._confirmed:
                probability = max(probability, belief.CONFIRMED)
            if probability >= each.resemblance.least:
                why = errors.why(each.read, each.match.plate)
                believed = Believed(each.match.plate, probability, why)
                hits.append(Hit(each.seen[0], each.read, each.match.entry, each.seen[1], believed))
        return hits

    def _not_known(self, session: Session, suspects: Sequence[Suspect], now: datetime) -> list[Suspect]:
        """Leave out those whose read was here before yesterday while what it resembles never was.

        They are most, and this asks for texts, not for sightings.
        """
        if now.date() != self._known_of or len(self._known) > MOST_KNOWN:
            self._known, self._known_of = set(), now.date()
        plates = {each.match.plate for each in suspects}
        reads = {each.read for each in suspects} - self._known
        days = belief.first_days(session, plates | reads)
        old = (now - belief.OWN_SINCE).date()
        self._known |= {read for read in reads if read in days and days[read] < old}
        return [
            each
            for each in suspects
            if each.read not in self._known or each.match.plate in days or each.pair in self._confirmed
        ]

    def _expected_passes(self, session: Session, now: datetime) -> float:
        since = self._expected_at
        if since is None or not timedelta(0) <= now - since < timedelta(seconds=EXPECTED_EVERY_S):
            self._expected_at, self._expected = now, belief.expected_passes(session, self._count, now)
            self._confirmed = belief.confirmed(session)
        return self._expected


def look_of(seen: Seen, zone: tzinfo) -> Look:
    """Return what matching asks of a sighting."""
    sighting, camera = seen
    local = sighting.seen_at.astimezone(zone)
    place = (camera.lon, camera.lat)
    passage = Passage(sighting.vehicle_class, sighting.colour, place, local)
    return Look(sighting.plate or "", sighting.received_at, passage)
