"""Cameras with a source: which are to be watched, and how a list of them gets in. Opens no stream."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from shapely import Point as Place
from shapely import from_wkb
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from operations.audit import Actor, record
from operations.facts import BadInput
from operations.store import Session
from operations.tables import Camera, Grid, Point

NEEDED_COLUMNS = ("code", "name", "source")
CODE = re.compile(r"[A-Za-z0-9_-]{1,32}")


class BadCameraList(Exception):
    """A list of cameras cannot be used; the sentence names the place and the fix."""


class CamerasUnknown(Exception):
    """The database cannot say which cameras there are."""


@dataclass(frozen=True, slots=True)
class WatchedCamera:
    """A camera to be watched by an ingest worker; calibration as in calibrations.py, or None.

    sub_source: where there are two streams of one view, the smaller one; source is the larger then.
    """

    code: str
    source: str
    calibration: dict[str, Any] | None = None
    sub_source: str | None = None


@dataclass(frozen=True, slots=True)
class ListedCamera:
    """A camera as a person listed it; without lon and lat it gets a place at a monitoring point."""

    code: str
    name: str
    source: str
    lon: float | None = None
    lat: float | None = None
    heading_deg: float | None = None
    sub_source: str | None = None


def active_cameras(session: Session) -> list[WatchedCamera]:
    """Return the enabled cameras that have a source, by code. Raises CamerasUnknown."""
    columns = select(Camera.code, Camera.source, Camera.calibration, Camera.sub_source)
    active = columns.where(Camera.enabled, Camera.source.is_not(None))
    try:
        rows = session.execute(active.order_by(Camera.code)).all()
    except SQLAlchemyError as error:
        why = str(error.__cause__ or error).splitlines()[0]
        raise CamerasUnknown(
            f"The cameras cannot be read from the database ({why}): is it up to date?"
        ) from None
    return [WatchedCamera(*row) for row in rows if row.source]


def cameras_from_arguments(sources: Sequence[str], file: Path | None) -> list[ListedCamera]:
    """Return the cameras of repeated --camera arguments and of a --cameras file. Raises BadCameraList."""
    listed = [
        ListedCamera(f"ARG{number}", _name_of(source), _checked_source(source, "--camera"))
        for number, source in enumerate(sources, 1)
    ]
    return listed + (read_camera_file(file) if file else [])


def read_camera_file(path: Path) -> list[ListedCamera]:
    """Read a CSV file: columns code, name, source; perhaps others of ListedCamera. Raises BadCameraList."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in NEEDED_COLUMNS if name not in (reader.fieldnames or [])]
            if missing:
                raise BadCameraList(f"{path}: the first line must name the columns {', '.join(missing)}.")
            cameras = [_listed(row, f"{path} line {reader.line_num}") for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadCameraList(f"{path} cannot be read as UTF-8 CSV: {error}.") from None
    codes = [camera.code for camera in cameras]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise BadCameraList(
            f"{path} lists {', '.join(twice)} more than once: give every camera its own code."
        )
    return cameras


def replace_listed_cameras(
    session: Session, cameras: Sequence[ListedCamera], actor: Actor, now: datetime
) -> None:
    """Give the listed cameras their sources, adding those that are new.

    Cameras named with --camera replace those named so before; a file changes only the cameras it lists.
    """
    named_before = Camera.code.like("ARG%"), Camera.source.is_not(None)
    forgotten = {
        "source": None,
        "sub_source": None,
        "state": "unknown",
        "state_reason": None,
        "state_why": None,
    }
    codes = [camera.code for camera in cameras]
    if any(code.startswith("ARG") for code in codes):
        session.execute(update(Camera).where(*named_before).values(forgotten))
    known = {row.code: row for row in session.scalars(select(Camera).where(Camera.code.in_(codes)))}
    for position, listed in enumerate(cameras):
        row = known.get(listed.code) or _added(session, listed, position)
        row.name, row.source, row.enabled = listed.name, listed.source, True
        row.sub_source = listed.sub_source
        if listed.lon is not None and listed.lat is not None:
            row.lon, row.lat = listed.lon, listed.lat
            row.grid_id, row.town_id = _grid_at(session, listed.lon, listed.lat)
        if listed.heading_deg is not None:
            row.heading_deg = listed.heading_deg
    said = {"cameras": codes}
    record(
        session, actor=actor, now=now, action="cameras.listed", subject="camera", subject_id="", details=said
    )


def _added(session: Session, listed: ListedCamera, position: int) -> Camera:
    """Add a camera at its place, or else at a monitoring point."""
    point = session.scalar(select(Point).order_by(Point.id).offset(position % _points(session)).limit(1))
    if point is None:
        raise BadCameraList("The county has no monitoring points yet: start `watchgrid up` once first.")
    row = Camera(
        code=listed.code, kind="hd", point_id=point.id, town_id=point.town_id, grid_id=point.grid_id,
        lon=point.lon, lat=point.lat, heading_deg=0.0, view_deg=60.0, range_m=80.0, state="unknown",
    )  # fmt: skip
    session.add(row)
    return row


def _points(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Point)) or 1


def _grid_at(session: Session, lon: float, lat: float) -> tuple[int, int]:
    """Return grid and town of a place: the grid around it, else the nearest."""
    place = Place(lon, lat)
    grids = session.execute(select(Grid.id, Grid.town_id, Grid.geometry)).all()
    grid_id, town_id, _ = min(grids, key=lambda row: from_wkb(row.geometry).distance(place))
    return grid_id, town_id


def _listed(row: dict[str, str], where: str) -> ListedCamera:
    code, source = (row["code"] or "").strip(), (row["source"] or "").strip()
    if not CODE.fullmatch(code):
        raise BadCameraList(f"{where}: the code {code!r} must be 1 to 32 letters, digits, - or _.")
    lon, lat = _number(row, "lon", 180, where), _number(row, "lat", 90, where)
    if (lon is None) != (lat is None):
        raise BadCameraList(f"{where}: lon and lat belong together: give both or neither.")
    name = (row["name"] or "").strip()[:120] or code
    heading_deg = _number(row, "heading_deg", 360, where)
    source, sub_source = _checked_source(source, where), (row.get("sub_source") or "").strip() or None
    if sub_source is not None:
        sub_source = _checked_source(sub_source, where)
        try:
            check_sub_source(source, sub_source)
        except BadInput as error:
            raise BadCameraList(f"{where}: {error}") from None
    return ListedCamera(code, name, source, lon, lat, heading_deg, sub_source)


def check_sub_source(source: str | None, sub_source: str | None) -> None:
    """Raise BadInput unless the two streams can be brought together: both by RTSP, or both files."""
    if sub_source is None:
        return
    if not any(all(re.match(kind, url or "") for url in (source, sub_source)) for kind in ("rtsps?://", "/")):
        raise BadInput(
            "sub_source", "A sub-stream needs a main stream in `source`: both rtsp://, or both files."
        )


def _number(row: dict[str, str], column: str, most: float, where: str) -> float | None:
    text = (row.get(column) or "").strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = most + 1
    if not -most <= number <= most:
        raise BadCameraList(f"{where}: {column} {text!r} must be a number from -{most:g} to {most:g}.")
    return number


def _checked_source(source: str, where: str) -> str:
    """Return the source, a path made absolute: workers may run in another directory."""
    if re.match(r"(rtsps?|https?|synthetic)://", source):
        return source
    path = Path(source.removeprefix("file://")).expanduser()
    if not source or "://" in str(path) or not path.exists():
        fix = "give rtsp://…, http(s)://…, a video file or a folder of pictures"
        raise BadCameraList(f"{where}: {source!r} is no file or folder here: {fix}.")
    return str(path.absolute())


def _name_of(source: str) -> str:
    """Return a name for people: the host or the file, never user or password."""
    if "://" in source:
        return re.sub(r"^[a-z]+://(.*@)?", "", source).split("?")[0][:120]
    return Path(source).name[:120]
