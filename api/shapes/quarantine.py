"""Shapes of quarantines: readings that are not believed, why, and who lifted it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.shapes.vocabulary import Answer, Id, NamedPlace, NextCursor, Question, Reason, Time, Trimmed

QuarantineState = Literal["in_force", "ended", "lifted"]


class QuarantineAnswer(Answer):
    id: Id
    kind: Annotated[Literal["phantom", "clock", "lane", "person"], Field(examples=["phantom"])]
    state: Annotated[QuarantineState, Field(examples=["in_force"])]
    camera: NamedPlace
    plate: Annotated[str | None, Field(examples=["浙A20261"], description="the text; None: any")]
    lane: Annotated[int | None, Field(examples=[None])]
    reason: Annotated[str, Field(examples=["Read 41 times by 17 different vehicles, and nowhere else."])]
    code: Annotated[str, Field(examples=["phantom"], description="why, for other languages")]
    numbers: Annotated[dict[str, Any], Field(examples=[{"visits": 41, "elsewhere": 0}])]
    since: Time
    until: Annotated[Time | None, Field(description="when it ended by itself")]
    made_at: Time
    made_by: Annotated[str | None, Field(examples=[None], description="None: found by the system")]
    held: Annotated[int, Field(examples=[3], description="sightings kept from raising an alert")]
    lifted_at: Time | None
    lifted_by: Annotated[str | None, Field(examples=["supervisor"])]
    lifted_reason: Annotated[str | None, Field(examples=["是真车"])]


class QuarantineList(Answer):
    items: list[QuarantineAnswer]
    next_cursor: NextCursor = None


class NewQuarantineQuestion(Question):
    """Readings of a camera: of one text or one lane where named, else all of them."""

    camera_id: Id
    plate: Annotated[Trimmed | None, Field(min_length=1, max_length=16, examples=["浙A20261"])] = None
    lane: Annotated[int | None, Field(ge=0, lt=100, examples=[2])] = None
    reason: Reason


class LiftQuestion(Question):
    reason: Reason
