"""Searching: which vehicles a pattern fits, the best fit first, each with its reasons; never by suspicion."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from operations.quarantine import in_force
from operations.questions.found import Json, Read
from operations.questions.question import Question
from operations.reads.errors import Slip, read_errors
from operations.reads.plate_index import Likely, plate_index
from operations.seen import Seen
from operations.store import Session
from operations.tables import Camera, SightingRow
from operations.times import to_text

MOST_VEHICLES = 200
MOST_TEXTS = 5_000
"""Plate texts that a loose pattern fits exactly: so many are looked for in the time asked about."""
TEXTS_AT_ONCE = 1_000
SHOWN_OF_EACH = 3
SHOWN_VEHICLES = 50
"""The newest sightings are shown of the best fits; of all it is told how often and when they were seen."""
LEAST = 1e-4
"""P(read | plate) under which a misread is not looked for: four in five of all misreads lie above it, and
most other vehicles' plates, which are nobody's business here, below."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A plate text that fits a pattern, and how it was seen in the time asked about."""

    likely: Likely
    sightings: int
    first_seen_at: datetime
    last_seen_at: datetime
    vehicle_class: str | None
    colour: str | None

    def json(self) -> Json:
        """Return it as the API shows it."""
        return {
            "plate": self.likely.text,
            "probability": round(self.likely.probability, 4),
            "why": [slip_json(slip) for slip in self.likely.why],
            "sightings": self.sightings,
            "first_seen_at": to_text(self.first_seen_at),
            "last_seen_at": to_text(self.last_seen_at),
            "vehicle_class": self.vehicle_class,
            "colour": self.colour,
        }


def rank(session: Session, question: Question) -> tuple[list[Ranked], bool]:
    """Return the vehicles that a question's pattern fits, the best fit first, and whether some were left out.

    Where fits are equal the plate's text decides: nothing about the vehicle does.
    """
    index, pattern = plate_index(session), question.plate or ""
    exact = index.search(pattern, None, LEAST, MOST_TEXTS)
    texts = {each.text: each for each in exact}
    ranked = _seen_among(session, question, texts)
    if question.fuzzy and len(ranked) <= MOST_VEHICLES:  # else none of them would be shown
        likely = index.search(pattern, read_errors(session), LEAST, MOST_VEHICLES)
        misreads = {each.text: each for each in likely if each.text not in texts}
        ranked += _seen_among(session, question, misreads)
    ranked.sort(key=lambda each: (-each.likely.probability, each.likely.text))
    return ranked[:MOST_VEHICLES], len(exact) == MOST_TEXTS or len(ranked) > MOST_VEHICLES


def newest_of_each(session: Session, question: Question, ranked: Sequence[Ranked]) -> list[Seen]:
    """Return the newest few sightings of each of the first vehicles, in order of time."""
    at = SightingRow.seen_at
    newest = func.row_number().over(partition_by=SightingRow.plate, order_by=(at.desc(), SightingRow.id))
    plates = [each.likely.text for each in ranked[:SHOWN_VEHICLES]]
    asked = (*asked_of(question), SightingRow.plate.in_(plates))
    numbered = select(SightingRow.id, at, newest.label("number")).where(*asked).subquery()
    same = (SightingRow.id == numbered.c.id) & (at == numbered.c.seen_at)
    wanted = select(SightingRow, Camera).join(numbered, same)
    wanted = wanted.join(Camera, Camera.id == SightingRow.camera_id)
    wanted = wanted.where(*asked)  # said again: without it PostgreSQL reads every partition whole to join
    wanted = wanted.where(numbered.c.number <= SHOWN_OF_EACH).order_by(at, SightingRow.id)
    return list(session.execute(wanted).all())


def reads_of(session: Session, seen: Sequence[Seen], ranked: Sequence[Ranked]) -> dict[str, Read]:
    """Return what the plates of ranked vehicles' sightings are taken for, by sighting: for what was read."""
    doubts = in_force(session)
    likely = {each.likely.text: each.likely for each in ranked}
    return {
        row.id: Read(
            plate=row.plate or "",
            probability=likely[row.plate or ""].probability,
            why=tuple(slip_json(slip) for slip in likely[row.plate or ""].why),
            quarantined=doubts.holds(row.camera_id, row.plate, row.lane, row.seen_at),
        )
        for row, _ in seen
    }


def slip_json(slip: Slip) -> Json:
    """Return one misread character as the API shows it."""
    said = {"position": slip.position, "read": slip.read, "true": slip.true}
    return {**said, "probability": round(slip.probability, 4)}


def _seen_among(session: Session, question: Question, likely: Mapping[str, Likely]) -> list[Ranked]:
    """Return those of the texts that were seen in the time asked about."""
    found: dict[str, list[Any]] = defaultdict(list)
    at = SightingRow.seen_at
    looks = (SightingRow.plate, SightingRow.vehicle_class, SightingRow.colour)
    amounts = (func.count().label("seen"), func.min(at).label("first"), func.max(at).label("last"))
    counted = select(*looks, *amounts).where(*asked_of(question)).group_by(*looks)
    plates = list(likely)
    for start in range(0, len(plates), TEXTS_AT_ONCE):
        some = plates[start : start + TEXTS_AT_ONCE]
        for row in session.execute(counted.where(SightingRow.plate.in_(some))):
            found[row.plate].append(row)
    return [_ranked(likely[plate], rows) for plate, rows in found.items()]


def _ranked(likely: Likely, rows: Sequence[Any]) -> Ranked:
    """Put together how one plate was seen; its class and colour are those it was seen with most."""
    most = max(rows, key=lambda row: (row.seen, str(row.colour)))
    return Ranked(
        likely=likely,
        sightings=sum(row.seen for row in rows),
        first_seen_at=min(row.first for row in rows),
        last_seen_at=max(row.last for row in rows),
        vehicle_class=most.vehicle_class,
        colour=most.colour,
    )


def asked_of(question: Question) -> list[Any]:
    """Return the conditions of a question's time, class and colour."""
    asked = [SightingRow.seen_at >= question.since, SightingRow.seen_at < question.until]
    if question.vehicle_class is not None:
        asked.append(SightingRow.vehicle_class == question.vehicle_class)
    if question.colour is not None:
        asked.append(SightingRow.colour == question.colour)
    return asked
