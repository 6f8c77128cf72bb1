"""Exports: tracks as GeoJSON, GPX 1.1 and CSV. Who may have them, and the audit, is with the question.

Times are ISO 8601 in UTC by our clock; the CSV has the camera's own and the offset beside them.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from xml.etree import ElementTree

from operations.times import to_text
from operations.tracks.legs import Leg
from operations.tracks.readings import Reading
from operations.tracks.track import RoutedLeg, Track, path_of
from operations.tracks.trips import Trip

GPX = "http://www.topografix.com/GPX/1/1"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A spreadsheet takes a text that begins so for a formula."""
COLUMNS = (
    "seen_at",
    "camera_time",
    "clock_offset_s",
    "plate_read",
    "plate_asked",
    "read_probability",
    "misread",
    "vehicle",
    "trip",
    "verdict",
    "seconds_since_last",
    "usual_s",
    "stop_s",
    "camera",
    "site",
    "lon",
    "lat",
    "vehicle_class",
    "colour",
    "confidence",
    "quarantine",
    "simulated",
    "sighting",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A reading with its place in a track: the trip's number, and the leg that led to it."""

    reading: Reading
    trip: int | None
    leg: Leg | None


def geojson_of(tracks: Sequence[Track]) -> str:
    """Return tracks as a GeoJSON FeatureCollection (WGS-84): likely ways, gaps, and where it was seen."""
    return json.dumps(path_of(tracks), ensure_ascii=False, allow_nan=False)


def gpx_of(tracks: Sequence[Track], name: str) -> str:
    """Return tracks as GPX 1.1: a waypoint for each sighting, a track for each trip.

    Points with a time were seen; those between lie on the likeliest way and have none. Where the way is not
    known or impossible, a segment ends.
    """
    root = ElementTree.Element("gpx", {"version": "1.1", "creator": "Watchgrid", "xmlns": GPX})
    about = ElementTree.SubElement(root, "metadata")
    _text(about, "name", name)
    _text(about, "desc", "Points with a time are sightings; the ways between are likely, not seen.")
    for track in tracks:
        for seen in seen_of(track):
            _waypoint(root, seen, track)
    for track in tracks:
        for trip in track.trips:
            _trip(root, trip, track)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def csv_of(tracks: Sequence[Track]) -> str:
    """Return every reading of tracks as CSV with a header, in order of track and time; for spreadsheets.

    Texts that a spreadsheet would run as a formula stand behind an apostrophe.
    """
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for track in tracks:
        for seen in seen_of(track):
            writer.writerow([_cell(value) for value in _row(seen, track)])
    return out.getvalue()


def seen_of(track: Track) -> Iterator[Seen]:
    """Yield every reading of a track once, in order of time: kept, contradicting, and in quarantine."""
    found: dict[str, Seen] = {}
    for trip in track.trips:
        into = {leg.end.sighting: leg for leg in trip.legs}
        for reading in trip.readings:
            found[reading.sighting] = Seen(reading, trip.number, into.get(reading.sighting))
        for leg in trip.legs:
            for reading in (leg.start, leg.end):
                found.setdefault(reading.sighting, Seen(reading, None, leg))
    for reading in track.quarantined:
        found[reading.sighting] = Seen(reading, None, None)
    yield from sorted(found.values(), key=lambda seen: (seen.reading.at, seen.reading.sighting))


def _row(seen: Seen, track: Track) -> list[object]:
    reading, leg, sites = seen.reading, seen.leg, track.travel.sites
    offset = reading.clock_offset_s
    place = sites.place(reading.site)
    slips = [f"{s['position']}: {s['read'] or '∅'} for {s['true'] or '∅'}" for s in reading.why]
    return [
        to_text(reading.at),
        None if offset is None else to_text(reading.at + timedelta(seconds=offset)),
        offset,
        reading.plate,
        track.plate,
        round(reading.probability, 4),
        "; ".join(slips),
        track.vehicle,
        seen.trip,
        leg.verdict if leg else None,
        round(leg.seconds, 1) if leg else None,
        round(leg.band.usual_s, 1) if leg and leg.band.usual_s < 1e9 else None,
        None if leg is None or leg.stop_s is None else round(leg.stop_s),
        reading.camera,
        sites.name(reading.site),
        place.lon,
        place.lat,
        reading.vehicle_class,
        reading.colour,
        round(reading.confidence, 3),
        reading.quarantined,
        reading.simulated,
        reading.sighting,
    ]


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value


def _waypoint(root: ElementTree.Element, seen: Seen, track: Track) -> None:
    point = _point(root, "wpt", track.travel.sites.place(seen.reading.site))
    _text(point, "time", to_text(seen.reading.at))
    _text(point, "name", f"{seen.reading.plate} {seen.reading.camera}")
    _text(point, "desc", track.travel.sites.name(seen.reading.site))


def _trip(root: ElementTree.Element, trip: Trip, track: Track) -> None:
    element = ElementTree.SubElement(root, "trk")
    _text(element, "name", f"{track.plate} {track.vehicle}.{trip.number}")
    into = {leg.end.sighting: leg for leg in trip.legs}
    segment = ElementTree.SubElement(element, "trkseg")
    for number, reading in enumerate(trip.readings):
        leg = into.get(reading.sighting)
        routed = track.routed[leg.start.sighting, leg.end.sighting] if leg and number else None
        if number and not _is_drawn(routed):
            segment = ElementTree.SubElement(element, "trkseg")
        if routed is not None and routed.ways:
            for place in routed.ways[0][0].line["coordinates"][1:-1]:
                _point(segment, "trkpt", place)
        point = _point(segment, "trkpt", track.travel.sites.place(reading.site))
        _text(point, "time", to_text(reading.at))


def _is_drawn(routed: RoutedLeg | None) -> bool:
    if routed is None or routed.leg.verdict == "impossible":
        return False
    return bool(routed.ways) or routed.leg.start.site == routed.leg.end.site


def _point(parent: ElementTree.Element, tag: str, place: Sequence[float]) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, {"lat": f"{place[1]:.6f}", "lon": f"{place[0]:.6f}"})


def _text(parent: ElementTree.Element, tag: str, text: str) -> None:
    """Add an element with a text, without characters that XML cannot hold."""
    clean = "".join(char for char in text if char >= " " or char in "\t\n")
    ElementTree.SubElement(parent, tag).text = clean
