"""Shapes of cases: the ground on which everything about vehicles is asked."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from api.shapes.vocabulary import (
    Answer,
    CaseNumber,
    Id,
    NextCursor,
    Question,
    Reason,
    Time,
    Trimmed,
)

Pattern = Annotated[Trimmed, Field(min_length=3, max_length=16, examples=["浙JA12345"])]
FutureTime = Annotated[AwareDatetime, Field(examples=["2026-12-23T16:00:00Z"])]


class CaseAnswer(Answer):
    id: Id
    number: CaseNumber
    title: Annotated[str, Field(examples=["城关镇连环盗窃案"])]
    legal_basis: Annotated[str, Field(examples=["立案决定书 永公（刑）立字〔2026〕142 号"])]
    state: Annotated[Literal["open", "closed"], Field(examples=["open"])]
    opened_by: Annotated[str, Field(examples=["investigator"])]
    opened_at: Time
    ends_at: Time
    members: Annotated[list[str], Field(examples=[["investigator", "supervisor"]])]


class CaseList(Answer):
    items: list[CaseAnswer]
    next_cursor: NextCursor = None


class NewCaseQuestion(Question):
    number: Annotated[Trimmed, Field(min_length=3, max_length=64, examples=["2026-YH-0142"])]
    title: Annotated[Trimmed, Field(min_length=2, max_length=200, examples=["城关镇连环盗窃案"])]
    legal_basis: Annotated[
        Trimmed, Field(min_length=2, max_length=500, examples=["立案决定书 永公（刑）立字〔2026〕142 号"])
    ]
    ends_at: FutureTime


class MemberQuestion(Question):
    """Name the user by id or by login."""

    user_id: Id | None = None
    login: Annotated[str | None, Field(max_length=64, examples=["investigator2"])] = None


class ReasonQuestion(Question):
    reason: Reason


class MembershipEndQuestion(MemberQuestion):
    """Name the user by id or by login, and say why."""

    reason: Reason


class ExtensionQuestion(Question):
    """A later end of a case, and why."""

    ends_at: FutureTime
    reason: Reason
