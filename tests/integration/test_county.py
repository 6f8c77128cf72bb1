"""The county in the database: what was made is what is stored, mapped and driven on."""

from collections.abc import Iterator

import numpy as np
import pytest
import shapely

from operations import county_map
from operations.county import NoCounty, county_row, county_summary, road_network, store_county
from operations.store import Engine, Session, reading, writing
from tests.conftest import START
from tests.county import county


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on a database with the county."""
    with writing(engine) as writer:
        store_county(writer, county(), START)
    with reading(engine) as reader:
        yield reader


def test_an_empty_database_says_so(engine: Engine) -> None:
    with reading(engine) as session, pytest.raises(NoCounty, match="no county yet"):
        road_network(session)


def test_summary_counts_what_is_stored(session: Session) -> None:
    summary = county_summary(session, "Asia/Shanghai", START)
    assert summary["counts"] == {
        "towns": 10,
        "grids": 944,
        "sub_grids": 5_727,
        "points": 304,
        "cameras_hd": 1_131,
        "cameras_social": 7_084,
        "units": 60,
    }
    assert (summary["name"], summary["version"]) == (county().name, county().version())
    assert county_row(session).generated
    west, south, east, north = summary["bounds"]
    assert west < summary["centre"][0] < east
    assert south < summary["centre"][1] < north


def test_roads_come_back_whole_once_per_process_and_are_drawn_once(session: Session) -> None:
    network = road_network(session)
    assert network.version == county().roads.version
    assert road_network(session) is network
    layer = county_map.roads(session)
    drawn = 0.0
    for line in layer["lines"]:
        steps = np.array(line["xy"]).reshape(-1, 2)[1:] / layer["scale"]
        drawn += float(np.hypot(steps[:, 0], steps[:, 1]).sum())
    here, there = network.source, network.target
    pairs = np.unique(np.sort(np.column_stack([here, there]), axis=1), axis=0)
    lon, lat = network.lon[pairs], network.lat[pairs]
    assert drawn == pytest.approx(np.hypot(lon[:, 0] - lon[:, 1], lat[:, 0] - lat[:, 1]).sum(), rel=1e-6)


def test_map_layers_keep_shapes_parents_and_places(session: Session) -> None:
    made = county()
    grids = county_map.grids(session)["features"]
    towns = {f["id"]: f["properties"]["code"] for f in county_map.towns(session)["features"]}
    assert [f["properties"]["code"] for f in grids] == made.grids.codes
    assert [towns[f["properties"]["town_id"]] for f in grids] == [
        made.towns.codes[i] for i in made.grids.above
    ]
    first = shapely.geometry.shape(grids[0]["geometry"])
    assert first.equals_exact(made.grids.areas[0], 1e-9)
    assert len(county_map.sub_grids(session)["features"]) == 5_727
    points = county_map.points(session)["features"]
    assert points[5]["geometry"]["coordinates"] == [county().points.lon[5], county().points.lat[5]]
    assert [
        f["properties"]["kind"] for f in county_map.stations(session)["features"]
    ] == county().stations.kinds
    columns = county_map.cameras(session)
    assert {len(column) for column in columns.values()} == {8_215}
    assert set(columns["state"]) == {"unknown"}
    assert not any(columns["live"])
