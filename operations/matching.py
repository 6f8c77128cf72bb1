"""Matching: which watchlist entries a plate belongs to, fast. It knows no sightings and raises nothing."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from operations.store import Session
from operations.watchlist import Watched, entries_in_force

RELOADED_EVERY_S = 1.0
ANY_FIRST = ""


@dataclass(frozen=True, slots=True)
class Matcher:
    """Entries ready to be matched: whole plates by name, patterns by their first character.

    `gates` holds one expression per first character that any of its patterns fits; only a plate that passes
    it is tried against each.
    """

    whole: dict[str, list[Watched]]
    gates: dict[str, re.Pattern[str]]
    patterns: dict[str, list[tuple[re.Pattern[str], Watched]]]

    def matches(self, plate: str, seen: datetime) -> list[Watched]:
        """Return the entries in force at `seen` that the plate belongs to, by id."""
        found = list(self.whole.get(plate, ()))
        for first in (plate[:1], ANY_FIRST):
            gate = self.gates.get(first)
            if gate and gate.fullmatch(plate):
                found += [entry for expression, entry in self.patterns[first] if expression.fullmatch(plate)]
        in_force = (entry for entry in found if entry.valid_from <= seen < entry.valid_until)
        return sorted(in_force, key=lambda entry: entry.id)


def compiled(entries: Sequence[Watched]) -> Matcher:
    """Return a matcher for the entries."""
    whole: dict[str, list[Watched]] = defaultdict(list)
    patterns: dict[str, list[tuple[re.Pattern[str], Watched]]] = defaultdict(list)
    for entry in entries:
        if entry.pattern.isalnum():
            whole[entry.pattern].append(entry)
        else:
            first = entry.pattern[0] if entry.pattern[0] not in "?*" else ANY_FIRST
            patterns[first].append((re.compile(_expression(entry.pattern)), entry))
    gates = {
        first: re.compile("|".join(expression.pattern for expression, _ in group))
        for first, group in patterns.items()
    }
    return Matcher(dict(whole), gates, dict(patterns))


def _expression(pattern: str) -> str:
    return pattern.replace("?", ".").replace("*", ".*")


class Watch:
    """The watchlist as one worker knows it; at most RELOADED_EVERY_S old."""

    def __init__(self) -> None:
        self._entries: list[Watched] | None = None
        self._loaded_at: datetime | None = None
        self._matcher = compiled([])

    def matcher(self, session: Session, now: datetime) -> Matcher:
        """Return the matcher for `now`, read again from the database when it is too old."""
        if self._loaded_at is None or not 0 <= (now - self._loaded_at).total_seconds() < RELOADED_EVERY_S:
            entries = entries_in_force(session, now)
            if entries != self._entries:
                self._entries, self._matcher = entries, compiled(entries)
            self._loaded_at = now
        return self._matcher
