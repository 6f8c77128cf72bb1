"""One vehicle: the readings of a whole plate that a question asks about, and its way by road."""

from collections.abc import Sequence

from sqlalchemy import select

from operations.questions.found import MOST_SHOWN, Found, Json, items_of, keys_of, read_as, shown
from operations.questions.question import Question
from operations.store import Session
from operations.tables import Camera
from operations.tracks.joining import Asked, readings_of
from operations.tracks.readings import Reading
from operations.tracks.track import Track, tracks_of
from operations.tracks.travel import travel_times
from operations.tracks.working import saw_in


def paths(session: Session, question: Question, plates: Sequence[str]) -> Found:
    """Answer where vehicles were and how each went from place to place."""
    travel, by_plate, tracks, truncated = travel_times(session), {}, list[Track](), False
    for plate in plates:
        by_plate[plate], more = readings_asked(session, question, plate)
        tracks += tracks_of(plate, by_plate[plate], travel, saw_in(session))
        truncated = truncated or more
    return found_of(session, by_plate, tracks, truncated)


def readings_asked(session: Session, question: Question, plate: str) -> tuple[list[Reading], bool]:
    """Return the newest readings of a plate that a question asks about, and whether there are older ones."""
    asked = Asked(plate, question.since, question.until, question.fuzzy, MOST_SHOWN + 1)
    found = readings_of(session, asked)
    return [each for each in found[-MOST_SHOWN:] if _looks_as_asked(each, question)], len(found) > MOST_SHOWN


def found_of(
    session: Session, by_plate: dict[str, list[Reading]], tracks: Sequence[Track], truncated: bool
) -> Found:
    """Return the readings of named plates with their tracks as an answer."""
    seen = shown(session, [each for readings in by_plate.values() for each in readings])
    reads = {key: read for plate, rs in by_plate.items() for key, read in read_as(plate, rs).items()}
    return Found(
        items=items_of(session, seen, reads),
        kept=keys_of(seen),
        truncated=truncated,
        tracks=list(tracks),
    )


def cameras_as_places(session: Session, told: list[Json]) -> list[Json]:
    """Return what names a camera by its code with its place instead."""
    codes = {each["camera"] for each in told}
    found = session.scalars(select(Camera).where(Camera.code.in_(codes)))
    places = {
        each.code: {"id": each.id, "code": each.code, "name": each.name, "lon": each.lon, "lat": each.lat}
        for each in found
    }
    return [{**each, "camera": places[each["camera"]]} for each in told if each["camera"] in places]


def _looks_as_asked(reading: Reading, question: Question) -> bool:
    """Return whether a reading is of the class and colour asked for."""
    wanted = (question.vehicle_class, reading.vehicle_class), (question.colour, reading.colour)
    return all(asked is None or asked == seen for asked, seen in wanted)
