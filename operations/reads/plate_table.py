"""Reads the table `plates` bit by bit without missing a row, though PostgreSQL commits ids out of order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlalchemy import String, cast, func, select

from operations.store import Session, running_writers
from operations.tables import LearnedUntil, PlateRow

FORGOTTEN = "plates_forgotten"
"""The mark that moves whenever plates were deleted."""
_CHUNK = 100_000


@dataclass(slots=True)
class Reader:
    """How far one process has read.

    floor: every row up to this id was read. recent: ids above it that were. A row above the floor may still
    be missing, its writer not having committed; the floor rises to `settling` once every writer that
    could own an id up to there is over.
    """

    forgotten: datetime | None = None
    floor: int = 0
    recent: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    settling: tuple[int, int] | None = None
    """An id that was there, and the first writer to begin after it was."""

    def read(self, session: Session) -> tuple[bool, list[list[str]]]:
        """Return whether to begin anew, plates having been deleted, and the texts not read before."""
        again = self._begin_anew(session)
        last = session.scalar(select(func.max(PlateRow.id))) or 0
        oldest, following = running_writers(session)  # before the rows: who is over by now is seen in them
        ids, texts = [self.recent], []
        for some_ids, some_texts in self._rows(session):
            fresh = ~np.isin(some_ids, self.recent)
            ids.append(some_ids[fresh])
            texts.append([text for text, new in zip(some_texts, fresh.tolist(), strict=True) if new])
        self.recent = np.concatenate(ids)
        if self.settling is None and last > self.floor:
            self.settling = last, following
        self._settle(oldest)
        return again, texts

    def _begin_anew(self, session: Session) -> bool:
        forgotten = session.scalar(select(LearnedUntil.until).where(LearnedUntil.name == FORGOTTEN))
        if forgotten is None or (self.forgotten is not None and forgotten <= self.forgotten):
            return False
        self.forgotten, self.floor, self.settling = forgotten, 0, None
        self.recent = np.zeros(0, np.int64)
        return True

    def _settle(self, oldest: int) -> None:
        if self.settling is not None and self.settling[1] <= oldest:
            self.floor = self.settling[0]
            self.recent = self.recent[self.recent > self.floor]
            self.settling = None

    def _rows(self, session: Session) -> Iterator[tuple[np.ndarray, list[str]]]:
        """Yield the rows above the floor, in parts; a part that was read whole is left out.

        As two long texts a part: ten times as quick as a row at a time, for the millions of a first reading.
        """
        part = (PlateRow.id // _CHUNK).label("part")
        above = PlateRow.id > self.floor
        there = session.execute(select(part, func.count()).where(above).group_by(part).order_by(part)).all()
        read = dict(zip(*np.unique(self.recent // _CHUNK, return_counts=True), strict=True))
        wanted = select(
            func.aggregate_strings(cast(PlateRow.id, String), ","),
            func.aggregate_strings(PlateRow.text, "\n"),
        ).where(above)
        for number, count in there:
            if count == read.get(number):
                continue
            here = (PlateRow.id >= number * _CHUNK) & (PlateRow.id < (number + 1) * _CHUNK)
            ids, texts = session.execute(wanted.where(here)).one()
            if ids:
                yield np.array(ids.split(","), np.int64), texts.split("\n")
