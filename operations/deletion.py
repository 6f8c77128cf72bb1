"""Deletion: sightings older than a time go, and the pictures of each. What is kept is decided elsewhere.

Pictures go first: should the process end in between, their rows still say what is to be deleted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, delete, func, select

from operations.media import KEY
from operations.questions.preserved import is_preserved
from operations.store import (
    Engine,
    Session,
    is_partitioned,
    partitions_before,
    reading,
    take_turn,
    thin_partition,
    writing,
)
from operations.tables import Alert, Case, CaseSighting, ReadCorrection, SightingRow

AT_ONCE = 5_000
# A picture is stored a little before or after its sighting's own time.
PICTURES_LATER = timedelta(days=1)


@dataclass(slots=True)
class Pictures:
    """The picture files of what goes. kept: keys that preserved sightings need; `limit`: newer files stay.

    deleted: files that went. left: files that should have gone and are still there.
    """

    media_dir: Path
    limit: datetime
    kept: frozenset[str]
    deleted: int = 0
    left: int = 0

    def delete(self, keys: Iterable[str | None]) -> None:
        """Delete the files of these keys, unless they are needed or were stored again since."""
        for key in keys:
            if key and key not in self.kept and KEY.fullmatch(key):
                self._delete_file(self.media_dir / key[:2] / key, self.limit)

    def sweep(self) -> None:
        """Delete every old file that nothing preserved needs, whether or not a sighting ever named it."""
        for file in self.media_dir.glob("[0-9a-f][0-9a-f]/*.jpg"):
            if KEY.fullmatch(file.name) and file.name not in self.kept:
                self._delete_file(file, self.limit - PICTURES_LATER)

    def _delete_file(self, file: Path, limit: datetime) -> None:
        try:
            if file.stat().st_mtime >= limit.timestamp():
                return
            file.unlink()
            self.deleted += 1
        except FileNotFoundError:
            return
        except OSError:  # a disk that is read-only or failing: the proof must say that the picture is there
            pass
        self.left += file.exists()


def delete_sightings(engine: Engine, limit: datetime, pictures: Pictures) -> int:
    """Delete every sighting before `limit` that no open case preserves, in short steps; return how many."""
    with reading(engine) as session:
        partitioned = is_partitioned(session)
    steps = _partitions(engine, limit, pictures) if partitioned else _cameras(engine, limit, pictures)
    return sum(steps)


def kept_pictures(session: Session, limit: datetime) -> frozenset[str]:
    """Return the keys of the pictures of preserved sightings before `limit`."""
    same = (SightingRow.id == CaseSighting.sighting_id) & (SightingRow.seen_at == CaseSighting.seen_at)
    needed = select(SightingRow.snapshot, SightingRow.plate_crop).join(CaseSighting, same)
    needed = needed.where(CaseSighting.seen_at < limit, SightingRow.seen_at < limit, is_preserved())
    return frozenset(key for row in session.execute(needed) for key in row if key)


def count_left(session: Session, limit: datetime) -> int:
    """Return how many sightings before `limit` there are that no open case preserves: none, if all went well.

    Asked anew of the database, not taken from what was deleted.
    """
    left = select(func.count()).select_from(SightingRow).where(SightingRow.seen_at < limit, ~is_preserved())
    if is_partitioned(session):
        return session.scalar(left) or 0
    cameras = _camera_ids(session)
    return sum(session.scalar(left.where(SightingRow.camera_id == camera)) or 0 for camera in cameras)


def _partitions(engine: Engine, limit: datetime, pictures: Pictures) -> Iterator[int]:
    with reading(engine) as session:
        days = partitions_before(session, limit.date())
    for day in days:
        with writing(engine) as session:
            if take_turn(session, "retention") and _has_something_to_go(session, day):
                for row in _pictures_of_day(session, day):
                    pictures.delete(row)
                yield thin_partition(session, day, is_preserved())


def _has_something_to_go(session: Session, day: date) -> bool:
    """Return whether a partition holds anything but what is preserved; an empty one may go as a whole."""
    going = select(SightingRow.id).where(*_of_day(day), ~is_preserved()).limit(1)
    anything = select(SightingRow.id).where(*_of_day(day)).limit(1)
    return session.scalar(going) is not None or session.scalar(anything) is None


def _pictures_of_day(session: Session, day: date) -> Iterable[Sequence[str | None]]:
    going = select(SightingRow.snapshot, SightingRow.plate_crop).where(*_of_day(day), ~is_preserved())
    return session.execute(going.execution_options(yield_per=AT_ONCE))


def _of_day(day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    start = datetime.combine(day, time.min, UTC)
    return SightingRow.seen_at >= start, SightingRow.seen_at < start + timedelta(days=1)


def _cameras(engine: Engine, limit: datetime, pictures: Pictures) -> Iterator[int]:
    """Delete camera by camera, by the index of cameras and times: nothing reads the whole table."""
    with reading(engine) as session:
        cameras = list(_camera_ids(session))
    for camera_id in cameras:
        while gone := _delete_some(engine, camera_id, limit, pictures):
            yield gone


def _delete_some(engine: Engine, camera_id: int, limit: datetime, pictures: Pictures) -> int:
    columns = (SightingRow.id, SightingRow.seen_at, SightingRow.snapshot, SightingRow.plate_crop)
    going = select(*columns).where(SightingRow.camera_id == camera_id, SightingRow.seen_at < limit)
    with reading(engine) as session:  # most cameras have nothing to go: no writer is held up to find that
        rows = session.execute(going.where(~is_preserved()).limit(AT_ONCE)).all()
    if not rows:
        return 0
    for row in rows:
        pictures.delete((row.snapshot, row.plate_crop))
    # Not by pairs of id and time: SQLite reads the whole table for a list of those.
    gone = SightingRow.id.in_([row.id for row in rows]) & (SightingRow.camera_id == camera_id)
    with writing(engine) as session:
        session.execute(delete(SightingRow).where(gone, SightingRow.seen_at < limit))
    return len(rows)


def _camera_ids(session: Session) -> Iterator[int]:
    """Yield the cameras that have sightings, each found by the index from the one before."""
    last: int | None = None
    while True:
        following = select(func.min(SightingRow.camera_id))
        if last is not None:
            following = following.where(SightingRow.camera_id > last)
        last = session.scalar(following)
        if last is None:
            return
        yield last


def forget_corrections(session: Session, limit: datetime) -> None:
    """Delete what people said of readings before `limit` in cases that ended: only what was learned stays."""
    in_open_cases = select(Alert.id).join(Case, Case.id == Alert.case_id).where(Case.state == "open")
    old = delete(ReadCorrection).where(ReadCorrection.seen_at < limit)
    session.execute(old.where(ReadCorrection.alert_id.not_in(in_open_cases)))
