"""Reads the table `plates` bit by bit without missing a row, though PostgreSQL commits ids out of order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlalchemy import select

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
    """An id, and the first writer that began after it was seen."""

    def read(self, session: Session) -> tuple[bool, list[list[str]]]:
        """Return whether to begin anew, plates having been deleted, and the texts not read before."""
        forgotten = session.scalar(select(LearnedUntil.until).where(LearnedUntil.name == FORGOTTEN))
        again = forgotten is not None and (self.forgotten is None or forgotten > self.forgotten)
        if again:
            self.forgotten, self.floor, self.settling = forgotten, 0, None
            self.recent = np.zeros(0, np.int64)
        oldest, following = running_writers(session)  # before the rows: who ended by now is seen in them
        ids, texts = [self.recent], []
        for some_ids, some_texts in self._rows(session):
            fresh = ~np.isin(some_ids, self.recent)
            ids.append(some_ids[fresh])
            texts.append([text for text, new in zip(some_texts, fresh.tolist(), strict=True) if new])
        last = int(self.recent.max(initial=self.floor))
        self.recent = np.concatenate(ids)
        self._settle(oldest)
        if self.settling is None and last > self.floor:
            self.settling = last, following
        return again, texts

    def _settle(self, oldest: int) -> None:
        if self.settling is not None and self.settling[1] <= oldest:
            self.floor = self.settling[0]
            self.recent = self.recent[self.recent > self.floor]
            self.settling = None

    def _rows(self, session: Session) -> Iterator[tuple[np.ndarray, list[str]]]:
        after, wanted = self.floor, select(PlateRow.id, PlateRow.text).order_by(PlateRow.id).limit(_CHUNK)
        while rows := session.execute(wanted.where(PlateRow.id > after)).all():
            ids, texts = zip(*rows, strict=True)
            after = ids[-1]
            yield np.array(ids, np.int64), list(texts)
            if len(rows) < _CHUNK:
                return
