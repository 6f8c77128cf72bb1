"""The county and its map layers: large, compressed, with ETags, kept in memory by the county's version."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from api.doors import Anyone, allowed
from api.house import House, TheHouse
from api.shapes.county import AreaCollection, CountyAnswer, MapCameras, PlaceCollection, RoadsAnswer
from operations import county_map
from operations.access import Person
from operations.county import county_row, county_summary
from operations.store import Session, reading

router = APIRouter(tags=["county"])

MapReader = Annotated[Person, allowed("operator", "patrol", "investigator", "supervisor", "administrator")]
CameraReader = Annotated[Person, allowed("operator", "investigator", "supervisor", "administrator")]
CAMERAS_FRESH_S = 2


@router.get("/county", summary="The county")
def show_county(house: TheHouse, person: Anyone) -> CountyAnswer:
    """Answer name, bounds and counts of the county, and what time it is here."""
    with reading(house.engine) as session:
        return CountyAnswer(**county_summary(session, house.site_timezone, house.now()))


@router.get("/map/towns", summary="Towns", response_model=AreaCollection)
def map_towns(request: Request, house: TheHouse, person: MapReader) -> Response:
    """Answer the towns as GeoJSON."""
    return _layer(request, house, county_map.towns)


@router.get("/map/grids", summary="Grids", response_model=AreaCollection)
def map_grids(request: Request, house: TheHouse, person: MapReader) -> Response:
    """Answer the grids as GeoJSON."""
    return _layer(request, house, county_map.grids)


@router.get("/map/sub_grids", summary="Sub-grids", response_model=AreaCollection)
def map_sub_grids(request: Request, house: TheHouse, person: MapReader) -> Response:
    """Answer the sub-grids as GeoJSON."""
    return _layer(request, house, county_map.sub_grids)


@router.get("/map/points", summary="Monitoring points", response_model=PlaceCollection)
def map_points(request: Request, house: TheHouse, person: MapReader) -> Response:
    """Answer the monitoring points as GeoJSON."""
    return _layer(request, house, county_map.points)


@router.get("/map/stations", summary="Stations", response_model=PlaceCollection)
def map_stations(request: Request, house: TheHouse, person: MapReader) -> Response:
    """Answer the police stations and posts as GeoJSON."""
    return _layer(request, house, county_map.stations)


@router.get("/map/roads", summary="Roads", response_model=RoadsAnswer)
def map_roads(request: Request, house: TheHouse, person: MapReader) -> Response:
    """Answer the roads as lines of integers: the first pair absolute, then differences."""
    return _layer(request, house, county_map.roads)


@router.get("/map/cameras", summary="All cameras, as columns", response_model=MapCameras)
def map_cameras(request: Request, house: TheHouse, person: CameraReader) -> Response:
    """Answer where every camera is and its state, at most two seconds old; events tell what changes."""
    moment = str(int(house.now().timestamp()) // CAMERAS_FRESH_S)
    return house.maps.answer(request, "cameras", moment, lambda: _read(house, county_map.cameras))


def _layer(request: Request, house: House, layer: Callable[[Session], Any]) -> Response:
    """Answer a layer that changes only with the county."""
    with reading(house.engine) as session:
        version = county_row(session).version
    return house.maps.answer(request, layer.__name__, version, lambda: _read(house, layer))


def _read(house: House, layer: Callable[[Session], Any]) -> Any:
    with reading(house.engine) as session:
        return layer(session)
