"""Shapes of the county and its map: GeoJSON, and columns where GeoJSON would be too heavy."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.shapes.vocabulary import Answer, CameraKind, CameraState, Id, PointGeometry, Time


class Counts(Answer):
    towns: Annotated[int, Field(examples=[10])]
    grids: Annotated[int, Field(examples=[944])]
    sub_grids: Annotated[int, Field(examples=[5727])]
    points: Annotated[int, Field(examples=[304])]
    cameras_hd: Annotated[int, Field(examples=[1131])]
    cameras_social: Annotated[int, Field(examples=[7084])]
    units: Annotated[int, Field(examples=[60])]


class CountyAnswer(Answer):
    name: Annotated[str, Field(examples=["示范县"])]
    bounds: Annotated[list[float], Field(examples=[[120.8, 27.9, 121.5, 28.4]], description="w, s, e, n")]
    centre: Annotated[list[float], Field(examples=[[121.13, 28.13]], description="lon, lat")]
    counts: Counts
    version: Annotated[str, Field(examples=["b41c09"])]
    site_timezone: Annotated[str, Field(examples=["Asia/Shanghai"])]
    server_time: Time


class AreaGeometry(Answer):
    """A GeoJSON Polygon or MultiPolygon."""

    type: Annotated[Literal["Polygon", "MultiPolygon"], Field(examples=["Polygon"])]
    coordinates: Annotated[
        list[Any], Field(examples=[[[[121.1, 28.1], [121.2, 28.1], [121.2, 28.2], [121.1, 28.1]]]])
    ]


class PlaceProperties(Answer):
    """What is known of a place besides its geometry; a property that does not apply is absent or null."""

    id: Id
    code: Annotated[str, Field(examples=["G0123"])]
    name: Annotated[str | None, Field(examples=["城关镇第 3 网格"])] = None
    kind: Annotated[str | None, Field(examples=["urban"])] = None
    town_id: Annotated[int | None, Field(examples=[1])] = None
    grid_id: Annotated[int | None, Field(examples=[123])] = None


class AreaFeature(Answer):
    type: Literal["Feature"] = "Feature"
    id: Id
    geometry: AreaGeometry
    properties: PlaceProperties


class AreaCollection(Answer):
    """A GeoJSON FeatureCollection of areas."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[AreaFeature]


class PlaceFeature(Answer):
    type: Literal["Feature"] = "Feature"
    id: Id
    geometry: PointGeometry
    properties: PlaceProperties


class PlaceCollection(Answer):
    """A GeoJSON FeatureCollection of places."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[PlaceFeature]


class RoadLine(Answer):
    road_class: Annotated[int, Field(alias="class", ge=0, le=4, examples=[1], description="0 is the largest")]
    xy: Annotated[
        list[int],
        Field(
            examples=[[121128300, 28134200, 1200, -340]],
            description="lon, lat in units of 1/scale degree; first absolute, then differences",
        ),
    ]


class RoadsAnswer(Answer):
    version: Annotated[str, Field(examples=["b41c09"])]
    scale: Annotated[float, Field(examples=[1e6])]
    lines: list[RoadLine]


class MapCameras(Answer):
    """All cameras as columns of equal length."""

    id: Annotated[list[int], Field(examples=[[1, 2]])]
    code: Annotated[list[str], Field(examples=[["C0001", "C0002"]])]
    lon: Annotated[list[float], Field(examples=[[121.1283, 121.1301]])]
    lat: Annotated[list[float], Field(examples=[[28.1342, 28.1350]])]
    kind: Annotated[list[CameraKind], Field(examples=[["hd", "social"]])]
    state: Annotated[list[CameraState], Field(examples=[["online", "unknown"]])]
    live: Annotated[list[bool], Field(examples=[[True, False]], description="whether it has a source")]
