"""The table of what is quarantined: readings and cameras that are not believed for a while, and why."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from operations.tables.foundation import Table

GOES_ON = text("lifted_at IS NULL AND until IS NULL")


class Quarantine(Table):
    """Sightings of a camera (of one plate text or lane, where named) from `since` on are not believed.

    until: when what was wrong ended by itself; what was seen before stays disbelieved. None: it goes on.
    Lifted, nothing of it counts any more. why: {"code", and the numbers of its sentence}.
    held: sightings so far that would have raised an alert.
    """

    __tablename__ = "quarantines"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # phantom | clock | lane | person
    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"), index=True)
    plate: Mapped[str | None] = mapped_column(String(16))
    lane: Mapped[int | None]
    key: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    why: Mapped[dict[str, Any]]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    held: Mapped[int] = mapped_column(default=0)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        Index("ux_quarantines_key", "key", unique=True, sqlite_where=GOES_ON, postgresql_where=GOES_ON),
    )
