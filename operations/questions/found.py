"""What a question found, as its answer shows it: sightings, how they were read, and what was made of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from operations.seen import Seen, seen_json

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """What a sighting's plate is taken for: `plate`, with its probability (1.0: read so) and why."""

    plate: str
    probability: float = 1.0
    why: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """An answer's content; truncated: only the newest sightings of it. None: not asked for."""

    items: list[Json]
    kept: list[tuple[str, datetime]]
    """The (id, seen_at) of the sightings shown: what the case preserves."""
    truncated: bool = False
    vehicles: list[Json] = field(default_factory=list)
    tracks: list[Json] = field(default_factory=list)
    path: Json = field(default_factory=lambda: {"type": "FeatureCollection", "features": []})
    clone: Json | None = None
    companions: list[Json] | None = None
    next: list[Json] | None = None

    @property
    def count(self) -> int:
        return len(self.items)


def items_of(seen: Sequence[Seen], reads: Sequence[Read]) -> list[Json]:
    """Return sightings as the API shows them, each with what its plate is taken for."""
    shown = seen_json(seen)
    for item, read in zip(shown, reads, strict=True):
        item["read"] = {"plate": read.plate, "probability": read.probability, "why": list(read.why)}
        item["quarantined"] = None
    return shown


def keys_of(seen: Sequence[Seen]) -> list[tuple[str, datetime]]:
    """Return the keys of sightings."""
    return [(row.id, row.seen_at) for row, _ in seen]
