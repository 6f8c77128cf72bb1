"""Shapes of a camera's calibration: where the ground and the lanes are in its picture."""

from typing import Annotated

from pydantic import Field

from api.shapes.vocabulary import Answer, Question

Fraction = Annotated[float, Field(ge=0, le=1, examples=[0.42])]
Metres = Annotated[float, Field(ge=-1000, le=1000, examples=[12.5])]
Corner = Annotated[list[Fraction], Field(min_length=2, max_length=2)]


class GroundPlace(Question):
    """A place on the ground: fractions of the picture, and its metres to the right and ahead."""

    x: Fraction
    y: Fraction
    right_m: Metres
    ahead_m: Metres


class LaneOutline(Question):
    """A lane by its number and the corners of its outline, as fractions of the picture (x, y)."""

    number: Annotated[int, Field(ge=1, le=99, examples=[1])]
    outline: Annotated[
        list[Corner],
        Field(min_length=3, max_length=50, examples=[[[0.2, 0.9], [0.45, 0.4], [0.5, 0.4], [0.5, 0.9]]]),
    ]


class CalibrationQuestion(Question):
    """Without a calibration a camera tells no speed and no lane."""

    ground: Annotated[list[GroundPlace], Field(min_length=4, max_length=24)]
    lanes: Annotated[list[LaneOutline], Field(max_length=20, default_factory=list)]


class CalibrationAnswer(Answer):
    ground: list[GroundPlace]
    lanes: list[LaneOutline]
    residual_m: Annotated[
        float, Field(examples=[0.12], description="how far the points are from agreeing; 0 for four points")
    ]
