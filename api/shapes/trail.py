"""Shapes of the audit trail and of the system's own state."""

from typing import Annotated, Any

from pydantic import Field

from api.shapes.vocabulary import Answer, NextCursor, Time


class AuditAnswer(Answer):
    """One thing somebody did; plates are masked."""

    id: Annotated[int, Field(examples=[4711])]
    at: Time
    actor: Annotated[str, Field(examples=["investigator"])]
    actor_role: Annotated[str, Field(examples=["investigator"])]
    action: Annotated[str, Field(examples=["vehicle.queried"])]
    subject: Annotated[str, Field(examples=["query"])]
    subject_id: Annotated[str, Field(examples=["6f0c5b0e-2f1b-4a35-8a53-0a2f6f2f8e11"])]
    case_number: Annotated[str | None, Field(examples=["2026-YH-0142"])]
    reason: Annotated[str | None, Field(examples=["连环盗窃案嫌疑车辆"])]
    details: Annotated[dict[str, Any], Field(examples=[{"plate": "浙J****5", "count": 17}])]
    sequence: Annotated[int | None, Field(examples=[4711], description="null while not yet sealed")]
    hash: Annotated[str | None, Field(examples=["9f2b…"])]


class AuditList(Answer):
    items: list[AuditAnswer]
    next_cursor: NextCursor = None


class BrokenAt(Answer):
    sequence: Annotated[int, Field(examples=[4711])]
    why: Annotated[str, Field(examples=["the row does not match its hash"])]


class AuditVerdict(Answer):
    whole: Annotated[bool, Field(examples=[True])]
    sealed: Annotated[int, Field(examples=[4711])]
    unsealed: Annotated[int, Field(examples=[2])]
    first_broken: BrokenAt | None


class StatusAnswer(Answer):
    """How the system is, in numbers; each part that cannot be asked says why in words."""

    redis: Annotated[str, Field(examples=["ok"])]
    database: Annotated[str, Field(examples=["ok"])]
    workers: Annotated[list[str], Field(examples=[["ingest:host-1:4242"]])]
    lag: Annotated[dict[str, int], Field(examples=[{"sightings": 0}], description="messages waiting")]
    dead_letters: Annotated[int, Field(examples=[0])]
    cameras: Annotated[dict[str, int], Field(examples=[{"online": 4}])]
    alerts_open: Annotated[int, Field(examples=[1])]
    unsealed: Annotated[int, Field(examples=[2])]
    sse_clients: Annotated[int, Field(examples=[3])]
    version: Annotated[str, Field(examples=["0.1.0"])]
