"""Exporting: the tracks of an answered question as a file; each export is a look, and the trail says so.

What such a file holds is in tracks/exports.py; signed evidence with its pictures is in evidence/.
"""

from datetime import datetime

from sqlalchemy import select

from operations.access import Person
from operations.facts import Conflict
from operations.questions.asking import Look, answered
from operations.questions.found import Found
from operations.store import Engine, reading
from operations.tables import QueryRow
from operations.tracks.exports import csv_of, geojson_of, gpx_of

FORMS = ("geojson", "gpx", "csv")
WITHOUT_TRACKS = ("search", "area")


class NoTracks(Conflict):
    """Questions of this kind find vehicles, and draw no way."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"A query of kind {kind} has no tracks: ask where one of its vehicles was (path).")


def export(engine: Engine, query_id: str, person: Person, form: str, now: datetime) -> str:
    """Return an answered question's tracks as geojson, gpx or csv. Raises as `answered`, and NoTracks."""
    with reading(engine) as session:
        kind = session.scalar(select(QueryRow.kind).where(QueryRow.id == query_id))
    if kind in WITHOUT_TRACKS:
        raise NoTracks(kind)
    answer = answered(engine, query_id, person, now, Look("query.exported", {"form": form}))
    tracks = (answer.found or Found([], [])).tracks
    if form == "gpx":
        return gpx_of(tracks, f"{answer.case_number} {answer.row.id}")
    return geojson_of(tracks) if form == "geojson" else csv_of(tracks)
