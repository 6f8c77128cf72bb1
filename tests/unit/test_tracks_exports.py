"""Exports of tracks: they parse, say what is known and what is not, and no spreadsheet runs them."""

import csv
import io
import json
from datetime import datetime
from xml.etree import ElementTree

from operations.tracks.exports import COLUMNS, csv_of, geojson_of, gpx_of
from operations.tracks.track import Track, track_of
from tests.road import DRIVE_S, PLATE, drive, reading, road

ROAD = road()
GPX = {"gpx": "http://www.topografix.com/GPX/1/1"}


def _track() -> Track:
    stray = reading(
        12, 0, 200, plate="=1+1", probability=0.02, why=({"position": 5, "read": "Z", "true": "2"},)
    )
    held = reading(9, 0, 30, quarantined=3)
    readings = [
        *drive(range(1, 4), 0, 0, clock_offset_s=2.5),
        stray,
        held,
        *drive(range(3, 1, -1), 0, 20_000),
    ]
    return track_of(PLATE, sorted(readings, key=lambda one: one.at), ROAD)


def _rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_csv_holds_every_reading_with_iso_times_and_the_clock_s_offset() -> None:
    track = _track()
    rows = _rows(csv_of([track]))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 7
    assert [row["seen_at"] for row in rows] == sorted(row["seen_at"] for row in rows)
    first = rows[0]
    ours, camera = (datetime.fromisoformat(first[name]) for name in ("seen_at", "camera_time"))
    assert (camera - ours).total_seconds() == float(first["clock_offset_s"]) == 2.5
    assert [row["verdict"] for row in rows if row["trip"]] == ["", "driven", "driven", "gap", "driven"]
    assert [row["quarantine"] for row in rows if row["quarantine"]] == ["3"]


def test_a_spreadsheet_runs_no_text_of_the_csv() -> None:
    (stray,) = [row for row in _rows(csv_of([_track()])) if row["verdict"] == "impossible"]
    assert stray["plate_read"] == "'=1+1"
    assert (stray["misread"], stray["read_probability"]) == ("5: Z for 2", "0.02")


def test_the_gpx_has_a_track_for_each_trip_and_times_only_where_it_was_seen() -> None:
    root = ElementTree.fromstring(gpx_of([_track()], "案件 <1> & \x00"))
    assert root.get("version") == "1.1"
    assert root.findtext("gpx:metadata/gpx:name", namespaces=GPX) == "案件 <1> & "
    assert len(root.findall("gpx:wpt", GPX)) == 7
    tracks = root.findall("gpx:trk", GPX)
    assert [len(one.findall("gpx:trkseg", GPX)) for one in tracks] == [1, 1]
    timed = [
        point for point in tracks[0].iter(f"{{{GPX['gpx']}}}trkpt") if point.find("gpx:time", GPX) is not None
    ]
    assert [point.get("lon") for point in timed] == ["121.200000", "121.220500", "121.241000"]
    order = [child.tag.split("}")[1] for child in root]
    assert order == ["metadata"] + ["wpt"] * 7 + ["trk"] * 2  # the order the schema wants


def test_the_geojson_is_the_path_that_the_answer_shows() -> None:
    found = json.loads(geojson_of([_track()]))
    kinds = [feature["properties"]["kind"] for feature in found["features"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {"leg": 3, "gap": 1, "stop": 7}
    impossible = [
        f for f in found["features"] if f["properties"]["kind"] == "stop" and f["properties"]["implausible"]
    ]
    assert {f["properties"]["plate"] for f in impossible} == {PLATE, "=1+1"}
    assert DRIVE_S in {f["properties"].get("seconds") for f in found["features"]}
