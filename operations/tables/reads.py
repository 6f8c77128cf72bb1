"""Tables of plates as they were read: which there are, how reading errs, and what people put right."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from operations.tables.foundation import Table


class PlateRow(Table):
    """A plate text that some stored sighting carries: what a fuzzy search looks through. Counts nothing."""

    __tablename__ = "plates"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(16), unique=True)
    first_day: Mapped[date]
    last_day: Mapped[date] = mapped_column(index=True)


class ReadConfusion(Table):
    """How often a character was read where another was true, at one position, by one source of truth."""

    __tablename__ = "read_confusions"
    source: Mapped[str] = mapped_column(String(8), primary_key=True)  # fused | operator
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    true_char: Mapped[str] = mapped_column(String(1), primary_key=True)
    read_char: Mapped[str] = mapped_column(String(1), primary_key=True)
    count: Mapped[float]


class ReadCorrection(Table):
    """What a person said of one reading, the pictures before them. true_plate: None where nobody can tell."""

    __tablename__ = "read_corrections"
    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))
    sighting_id: Mapped[str] = mapped_column(String(80))
    seen_at: Mapped[datetime]
    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"))
    read_plate: Mapped[str] = mapped_column(String(16))
    verdict: Mapped[str] = mapped_column(String(12))  # confirmed | rejected
    true_plate: Mapped[str | None] = mapped_column(String(16))
    said_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    said_at: Mapped[datetime]
    __table_args__ = (Index("ux_read_corrections_sighting", "sighting_id", "seen_at", unique=True),)
