"""Shapes of what is made of sightings: ways by road, two vehicles under a plate, companions, where next."""

from typing import Annotated, Literal

from pydantic import Field

from api.shapes.vocabulary import (
    Answer,
    Code,
    Lat,
    LineString,
    Lon,
    NamedPlace,
    Plate,
    PointGeometry,
    SlipAnswer,
    Time,
)

SightingId = Annotated[str, Field(examples=["C0001:1795406400000:12"])]
Seconds = Annotated[float, Field(examples=[312.0])]
SomeSeconds = Annotated[float | None, Field(examples=[255.0])]
Share = Annotated[float, Field(examples=[0.83])]
Metres = Annotated[float, Field(examples=[4210.0])]


class PathProperties(Answer):
    """A leg (between two sightings), a gap, or a stop (one sighting) of a vehicle's path."""

    kind: Annotated[Literal["leg", "gap", "stop"], Field(examples=["leg"])]
    plate: Annotated[str, Field(examples=["浙JA12345"])]
    seconds: Annotated[float | None, Field(examples=[312.0], description="between the two sightings")] = None
    road_seconds: Annotated[
        float | None, Field(examples=[255.0], description="driving time at free flow")
    ] = None
    distance_m: Annotated[float | None, Field(examples=[4210.0])] = None
    implausible: Annotated[
        bool,
        Field(
            examples=[False], description="faster than any road allows: told with both readings, never drawn"
        ),
    ] = False
    from_sighting: Annotated[str | None, Field(examples=["C0001:1795406400000:12"])] = None
    to_sighting: Annotated[str | None, Field(examples=["C0002:1795406400000:31"])] = None
    sighting: Annotated[str | None, Field(examples=[None])] = None
    seen_at: Time | None = None
    camera: Annotated[str | None, Field(examples=["C0001"])] = None
    vehicle: Annotated[int, Field(examples=[1], description="1; 2: the second under a cloned plate")] = 1
    verdict: Annotated[str | None, Field(examples=["driven"], description="of a leg")] = None
    stop_s: Annotated[float | None, Field(examples=[None], description="of a leg: how long it stood")] = None
    probability: Annotated[
        float | None,
        Field(examples=[0.83], description="of a leg: of this way; of a stop: that it was read so"),
    ] = None
    quarantined: Annotated[
        int | None, Field(examples=[None], description="the quarantine that holds the sighting")
    ] = None
    simulated: Annotated[bool, Field(examples=[False])] = False


class PathFeature(Answer):
    type: Literal["Feature"] = "Feature"
    geometry: Annotated[LineString | PointGeometry, Field(discriminator="type")]
    properties: PathProperties


class PathCollection(Answer):
    """A GeoJSON FeatureCollection: lines by road, points where the vehicle was seen."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[PathFeature]


class ReadingAnswer(Answer):
    """A sighting as it stands beside another: what was read, how surely, where and when (by our clock)."""

    sighting: SightingId
    plate: Plate
    probability: Share
    why: list[SlipAnswer]
    confidence: Share
    at: Time
    camera: Code
    vehicle_class: Annotated[str | None, Field(examples=["car"])]
    colour: Annotated[str | None, Field(examples=["white"])]


class WayAnswer(Answer):
    """One likely way by road between two sightings."""

    probability: Share
    distance_m: Metres
    seconds: Seconds
    geometry: LineString


class LegAnswer(Answer):
    """From one sighting to the next. An impossible leg has its two readings instead of a way."""

    from_sighting: SightingId
    to_sighting: SightingId
    seconds: Seconds
    road_seconds: SomeSeconds
    shortest_s: SomeSeconds
    usual_s: SomeSeconds
    slow_s: SomeSeconds
    learned: Annotated[bool, Field(examples=[True], description="the times are this pair's own")] = False
    verdict: Annotated[Literal["driven", "stop", "gap", "impossible"], Field(examples=["driven"])]
    stop_s: Annotated[float | None, Field(examples=[None], description="how long it stood, likely")] = None
    stop_band_s: Annotated[
        list[float] | None, Field(examples=[None], description="how long at least and at most")
    ] = None
    ways: list[WayAnswer]
    readings: list[ReadingAnswer] | None = None


class TripAnswer(Answer):
    number: Annotated[int, Field(examples=[1])]
    since: Annotated[Time, Field(alias="from")]
    until: Annotated[Time, Field(alias="to")]
    sightings: Annotated[int, Field(examples=[9])]
    distance_m: Metres
    legs: list[LegAnswer]


class TrackAnswer(Answer):
    """The way of one vehicle. vehicle: 1, or 2 where two carry the plate."""

    plate: Plate
    vehicle: Annotated[int, Field(examples=[1])]
    trips: list[TripAnswer]


class ConflictAnswer(Answer):
    """Two sightings that one vehicle cannot have made, and what else may explain them."""

    earlier: Annotated[str, Field(alias="from", examples=["C0001:1795406400000:12"])]
    later: Annotated[str, Field(alias="to", examples=["C0009:1795406400000:3"])]
    seconds: Seconds
    shortest_s: SomeSeconds
    p_clone: Share
    p_misread: Share
    p_clock: Share
    attributes: Annotated[
        Literal["agree", "differ", "unknown"],
        Field(examples=["differ"], description="colour and class of the two"),
    ]


class CloneAnswer(Answer):
    """Whether two vehicles carry the plate (套牌), and which sighting is whose."""

    probability: Share
    verdict: Annotated[Literal["cloned", "one_vehicle", "unclear"], Field(examples=["cloned"])]
    conflicts: list[ConflictAnswer]
    vehicles: Annotated[
        list[list[str]],
        Field(examples=[[["C0001:1795406400000:12"], ["C0009:1795406400000:3"]]]),
    ]


class CameraPlace(NamedPlace):
    """A camera and where it stands."""

    lon: Lon
    lat: Lat


class EncounterAnswer(Answer):
    """Both vehicles at one place, so many seconds apart (negative: the other one first)."""

    sighting: SightingId
    with_sighting: SightingId
    seconds: Seconds
    at: Time
    camera: CameraPlace


class CompanionAnswer(Answer):
    """A vehicle that was seen with the case's vehicle more often than the traffic explains."""

    plate: Plate
    encounters: Annotated[int, Field(examples=[6])]
    points: Annotated[int, Field(examples=[4])]
    expected: Annotated[float | None, Field(examples=[0.08], description="encounters that chance explains")]
    significance: Annotated[
        float | None, Field(examples=[2.1e-7], description="p, put right for all vehicles looked at")
    ]
    lag_s: Annotated[float | None, Field(examples=[14.0])]
    last_seen_at: Time
    encounters_list: list[EncounterAnswer]


class InterceptionAnswer(Answer):
    """A unit that can be there before the vehicle."""

    unit: NamedPlace
    eta_s: Seconds
    spare_s: Seconds
    route: LineString | None = None


class NextAnswer(Answer):
    """A place where the vehicle may pass next, and when."""

    site: Annotated[int, Field(examples=[12])]
    name: Annotated[str, Field(examples=["城关大道 1 号杆"])]
    lon: Lon
    lat: Lat
    probability: Share
    early: Time
    likely: Time
    late: Time
    interception: InterceptionAnswer | None = None
