"""Analyses of one vehicle that a case has named: a cloned plate, companions, another vehicle, where next."""

from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from operations.dispatch import interception_json, interceptions
from operations.quarantine import in_force
from operations.questions.found import Found, Json, Read, items_of, keys_of, rows_of
from operations.questions.one_vehicle import cameras_as_places, found_of, readings_asked
from operations.questions.question import Question
from operations.reads.errors import read_errors
from operations.store import Session
from operations.times import to_text
from operations.tracks import clones, encounters
from operations.tracks import companions as company
from operations.tracks import where_next as following
from operations.tracks.companions import Companion
from operations.tracks.neighbours import foreign_reads
from operations.tracks.readings import Reading
from operations.tracks.track import Saw, Track, track_of, tracks_of
from operations.tracks.travel import TravelTimes, travel_times
from operations.tracks.working import saw_in

LAST = timedelta(days=1)
AROUND = timedelta(hours=1)
"""An encounter's two sightings lie well within this of each other."""


def clone(session: Session, question: Question, now: datetime) -> Found:
    """Answer whether two vehicles carry the plate, with the tracks of both apart."""
    plate, travel = question.plate or "", travel_times(session)
    readings, truncated = readings_asked(session, question, plate)
    errors = read_errors(session)
    foreign = foreign_reads(session, plate, question.since, question.until, errors)
    verdict = clones.check(readings, travel, errors, foreign)
    tracks = _apart(plate, readings, verdict, (travel, saw_in(session)))
    return replace(found_of(session, {plate: readings}, tracks, truncated), clone=clones.clone_json(verdict))


def companions(session: Session, question: Question, now: datetime) -> Found:
    """Answer which vehicles moved with it more often than the traffic explains; its own way with it."""
    plate, travel = question.plate or "", travel_times(session)
    readings, truncated = readings_asked(session, question, plate)
    found = company.companions(session, readings, travel, read_errors(session), plate)
    tracks = tracks_of(plate, readings, travel, saw_in(session))
    own = found_of(session, {plate: readings}, tracks, truncated)
    told = company.companions_json(found)
    for one in told:
        one["encounters_list"] = cameras_as_places(session, one["encounters_list"])
    return _with_others(session, replace(own, companions=told), found)


def compare(session: Session, question: Question, now: datetime) -> Found:
    """Answer the ways of two vehicles beside one another, and where they met."""
    plate, other = question.plate or "", question.other_plate or ""
    one, two = readings_asked(session, question, plate), readings_asked(session, question, other)
    travel, met = travel_times(session), encounters.between(one[0], two[0])
    saw = saw_in(session)
    tracks = [*tracks_of(plate, one[0], travel, saw), *tracks_of(other, two[0], travel, saw)]
    found = found_of(session, {plate: one[0], other: two[0]}, tracks, one[1] or two[1])
    return replace(found, companions=_comparison(session, other, met))


def where_next(session: Session, question: Question, now: datetime) -> Found:
    """Answer where the vehicle will likely pass next and when, and which unit could be there before it.

    Its way is shown of the last day only; what it did before only counts.
    """
    plate, travel = question.plate or "", travel_times(session)
    readings, truncated = readings_asked(session, question, plate)
    last = [each for each in readings if readings[-1].at - each.at < LAST]
    tracks = tracks_of(plate, last, travel, saw_in(session))
    found = found_of(session, {plate: last}, tracks, truncated)
    believed = [each for each in readings if each.quarantined is None]
    points = following.where_next(session, believed[-1], now, believed) if believed else []
    units = {one.point.site: one for one in interceptions(session, travel.sites.network, points, now)}
    told = following.next_json(points)
    for point in told:
        unit = units.get(point["site"])
        point["interception"] = interception_json(unit) if unit else None
    return replace(found, next=told)


def _apart(
    plate: str, readings: list[Reading], verdict: clones.CloneVerdict, by: tuple[TravelTimes, Saw]
) -> list[Track]:
    """Return the tracks of the two vehicles under a cloned plate; of one vehicle otherwise."""
    if verdict.verdict == "one_vehicle":
        return tracks_of(plate, readings, *by)
    travel, saw = by
    return [
        track_of(plate, one, travel, number, saw) for number, one in enumerate(verdict.vehicles, 1) if one
    ]


def _with_others(session: Session, own: Found, found: list[Companion]) -> Found:
    """Add the companions' sightings at the encounters: shown, and preserved, like the vehicle's own."""
    if not found:
        return own
    met = [each for one in found for each in one.encounters_list]
    plates = {text for one in found for text in (one.plate, *one.reads)}
    taken_for = {text: one.plate for one in found for text in (one.plate, *one.reads)}
    within = min(each.at for each in met) - AROUND, max(each.at for each in met) + AROUND
    rows = rows_of(session, {each.with_sighting for each in met}, plates, within)
    doubts = in_force(session)
    reads = {
        row.id: Read(
            taken_for[row.plate or ""],
            quarantined=doubts.holds(row.camera_id, row.plate, row.lane, row.seen_at),
        )
        for row, _ in rows
    }
    items = [*own.items, *items_of(session, rows, reads)]
    items.sort(key=lambda item: (item["seen_at"], item["id"]))
    return replace(own, items=items, kept=[*own.kept, *keys_of(rows)])


def _comparison(session: Session, plate: str, met: encounters.Comparison) -> list[Json]:
    """Return how two vehicles met, told as of a companion; nothing where they never did."""
    if not met.meetings:
        return []
    listed: Any = encounters.comparison_json(met)["meetings"]
    return [
        {
            "plate": plate,
            "encounters": met.drives,
            "points": len({each.first.site for each in met.meetings}),
            "expected": round(met.expected, 3),
            "significance": met.p,
            "lag_s": round(median(each.seconds for each in met.meetings), 1),
            "last_seen_at": to_text(max(each.second.at for each in met.meetings)),
            "encounters_list": cameras_as_places(session, listed),
        }
    ]
