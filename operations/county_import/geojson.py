"""GeoJSON: a FeatureCollection, a list of features, or one feature. Coordinates stay as they are written."""

import json
from typing import Any, NoReturn

import shapely
from shapely.geometry import shape

from operations.county_import.findings import BadFile
from operations.county_import.records import Content, Record, limited
from operations.county_import.sheets import text_of


def read_geojson(data: bytes) -> Content:
    """Read features; rows are counted from 1, as there is no heading. Raises BadFile."""
    try:
        found = json.loads(text_of(data), parse_constant=_no_constant)
    except RecursionError:
        raise BadFile("unreadable", why="it is nested too deeply") from None
    except ValueError as error:
        raise BadFile("unreadable", why=str(error)[:120]) from None
    features = _features(found)
    limited(len(features))
    records = [_record(row, feature) for row, feature in enumerate(features, 1)]
    headings = dict.fromkeys(name for record in records for name in record.values)
    return Content(list(headings), records, _system_of(found), shaped=True)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _features(found: Any) -> list[Any]:
    if isinstance(found, dict) and found.get("type") == "FeatureCollection":
        features = found.get("features")
    elif isinstance(found, dict) and found.get("type") == "Feature":
        features = [found]
    else:
        features = found
    if not isinstance(features, list):
        raise BadFile("no_geojson")
    if not features:
        raise BadFile("empty")
    if not all(isinstance(one, dict) and one.get("type") == "Feature" for one in features):
        raise BadFile("no_geojson")
    return features


def _record(row: int, feature: dict[str, Any]) -> Record:
    properties = feature.get("properties")
    values = {str(name): value for name, value in properties.items()} if isinstance(properties, dict) else {}
    if "id" in feature and "id" not in values and not isinstance(feature["id"], dict | list):
        values["id"] = feature["id"]
    if feature.get("geometry") is None:
        return Record(row, values)
    try:
        geometry = shape(feature["geometry"])
        if not geometry.is_empty:
            return Record(row, values, geometry)
        return Record(row, values)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError, RecursionError):
        return Record(row, values, fault="its coordinates do not fit its type")
    except shapely.errors.ShapelyError as error:
        return Record(row, values, fault=str(error).splitlines()[0][:100])


def _system_of(found: Any) -> str | None:
    """Return the name of the old `crs` member, which Chinese exports still carry."""
    crs = found.get("crs") if isinstance(found, dict) else None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else None
