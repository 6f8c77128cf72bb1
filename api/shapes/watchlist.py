"""Shapes of the watchlist: entries, and the question for one."""

from typing import Annotated

from pydantic import Field

from api.shapes.cases import FutureTime, Pattern
from api.shapes.vocabulary import (
    Answer,
    CaseNumber,
    EntryState,
    Id,
    NextCursor,
    Question,
    Reason,
    Severity,
    Time,
)


class EntryAnswer(Answer):
    id: Id
    pattern: Annotated[str, Field(examples=["浙JA12345"])]
    case_number: CaseNumber
    reason: Annotated[str, Field(examples=["连环盗窃案嫌疑车辆"])]
    severity: Annotated[Severity, Field(examples=["red"])]
    state: Annotated[EntryState, Field(examples=["active"])]
    valid_from: Time
    valid_until: Time
    created_by: Annotated[str, Field(examples=["investigator"])]
    created_at: Time
    decided_by: Annotated[str | None, Field(examples=["supervisor"])]
    decided_at: Time | None


class EntryList(Answer):
    items: list[EntryAnswer]
    next_cursor: NextCursor = None


class NewEntryQuestion(Question):
    pattern: Pattern
    case_number: CaseNumber
    reason: Reason
    severity: Annotated[Severity, Field(examples=["red"])]
    valid_until: FutureTime
