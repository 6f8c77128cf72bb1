"""Tables of questions about vehicle data: what was asked, who allowed it, what the case keeps, what left."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from operations.tables.foundation import Table


class QueryRow(Table):
    """One question about vehicle data, re-openable by its id."""

    __tablename__ = "queries"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16), default="path")
    question: Mapped[dict[str, Any]]
    grade: Mapped[str] = mapped_column(String(12), default="own")  # own | supervisor | two_persons
    state: Mapped[str] = mapped_column(String(12), default="answered", index=True)
    """waiting (for approval) | approved (not answered yet) | answered | refused"""
    grade_why: Mapped[list[dict[str, Any]] | None]
    """Why it has this grade: [{"code", "grade", and its sentence's numbers}]; see questions/grades.py."""
    answered_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(String(16))
    """Why it is refused, where no person said so: lapsed | case_closed"""
    result_count: Mapped[int]


class QueryDecision(Table):
    """One person's approval or refusal of a question that goes further or wider."""

    __tablename__ = "query_decisions"
    query_id: Mapped[str] = mapped_column(ForeignKey("queries.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    decision: Mapped[str] = mapped_column(String(8))  # approve | refuse
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]


class CaseSighting(Table):
    """A sighting that a case preserves until it ends, because a question or an alert of the case found it.

    found_by: the id of the query, or alert:ID.
    """

    __tablename__ = "case_sightings"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    found_by: Mapped[str] = mapped_column(String(48), primary_key=True)
    sighting_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(primary_key=True)
    __table_args__ = (Index("ix_case_sightings_seen", "seen_at", "sighting_id"),)


class EvidenceExport(Table):
    """One evidence file that left the house: of which query or alert, by whom, why, and its hash."""

    __tablename__ = "evidence_exports"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    query_id: Mapped[str | None] = mapped_column(ForeignKey("queries.id"))
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    sightings: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
