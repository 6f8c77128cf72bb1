"""Shapes of sightings: one vehicle pass at one camera, as people see it."""

from typing import Annotated

from pydantic import Field

from api.shapes.vocabulary import Answer, Lat, Lon, NamedPlace, Time


class PlateCharacter(Answer):
    char: Annotated[str, Field(examples=["浙"])]
    confidence: Annotated[float, Field(examples=[0.97])]


class SightingAnswer(Answer):
    id: Annotated[str, Field(examples=["C0001:1795406400000:12"])]
    seen_at: Time
    received_at: Time
    clock_offset_s: Annotated[float | None, Field(examples=[0.2])]
    plate: Annotated[str | None, Field(examples=["浙JA12345"])]
    plate_kind: Annotated[str | None, Field(examples=["blue"])] = None
    plate_confidence: Annotated[float | None, Field(examples=[0.93])]
    plate_characters: list[PlateCharacter]
    vehicle_class: Annotated[str, Field(examples=["car"])]
    colour: Annotated[str | None, Field(examples=["white"])]
    direction: Annotated[str | None, Field(examples=["towards"])]
    lane: Annotated[int | None, Field(examples=[2])] = None
    speed_kmh: Annotated[float | None, Field(examples=[42.0])] = None
    speed_error_kmh: Annotated[
        float | None, Field(examples=[2.5], description="one standard deviation of speed_kmh")
    ] = None
    camera: NamedPlace
    lon: Lon
    lat: Lat
    has_snapshot: Annotated[bool, Field(examples=[True])]
    has_plate_crop: Annotated[bool, Field(examples=[True])]
    box: Annotated[list[float] | None, Field(examples=[[0.31, 0.42, 0.55, 0.71]])]
    simulated: Annotated[bool, Field(examples=[False])] = False
