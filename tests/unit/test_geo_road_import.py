"""Roads from files: a small OSM extract and GeoJSON lines, worked out by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.coordinates import gcj02_to_wgs84, wgs84_to_gcj02
from geo.road_import import UnreadableRoads, roads_from_geojson, roads_from_osm
from geo.travel_times import route

# 1 - 2 - 3 along a bend at 21, 3 - 4 - 1 one way, 2 - 5 private, 6 - 7 an island, 3 - 9 its end is missing.
PLACES = {1: (121.40, 29.10), 2: (121.41, 29.10), 21: (121.415, 29.104), 3: (121.42, 29.10),
          4: (121.41, 29.09), 5: (121.41, 29.11), 6: (121.6, 29.1), 7: (121.61, 29.1)}  # fmt: skip
WAYS = [
    ([1, 2, 21, 3], {"highway": "primary", "maxspeed": "40 mph"}),
    ([3, 4, 1], {"highway": "residential", "oneway": "yes"}),
    ([2, 5], {"highway": "service", "access": "private"}),
    ([6, 7], {"highway": "residential"}),
    ([3, 9], {"highway": "service"}),
    ([2, 4], {"highway": "cycleway"}),
    ([1, 6], {"route": "ferry"}),
]


def write_extract(path: Path) -> Path:
    nodes = "".join(f'<node id="{i}" version="1" lon="{x}" lat="{y}"/>' for i, (x, y) in PLACES.items())
    ways = "".join(
        f'<way id="{number}" version="1">'
        + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        + "</way>"
        for number, (refs, tags) in enumerate(WAYS, 1)
    )
    path.write_text(f'<osm version="0.6" generator="test">{nodes}{ways}</osm>')
    return path


def line(*places: tuple[float, float], **said: Any) -> dict[str, Any]:
    return {"geometry": {"type": "LineString", "coordinates": [list(p) for p in places]}, "properties": said}


def test_an_osm_extract_becomes_its_connected_roads(tmp_path: Path) -> None:
    made = roads_from_osm(write_extract(tmp_path / "small.osm"))
    network, counts = made.network, made.report.counts
    assert network is not None
    assert counts["left_out"] == {"closed_to_cars": 1, "ferry": 1, "not_for_cars": 1}
    assert [found.code for found in made.report.warnings] == ["ferries", "cut_roads", "parts"]
    one, two, three = network.snap([121.40, 121.41, 121.42], [29.10, 29.10, 29.10])
    there, back = route(network, one, three), route(network, three, one)
    by_the_bend = 972 + 2 * float(np.hypot(486, 444.8))
    assert there.distance_m == pytest.approx(by_the_bend, rel=2e-3)
    assert there.seconds == pytest.approx(there.distance_m / (40 * 1.609344 / 3.6), rel=1e-3), "as signed"
    assert back.nodes.tolist() == there.nodes.tolist()[::-1], "the one-way street is slower"
    assert np.diff(route(network, one, two).passed_s).max() <= 300 / (40 * 1.609344 / 3.6) + 0.1
    south = network.snap(121.41, 29.09)
    assert route(network, three, south).distance_m < 1600 < route(network, one, south).distance_m
    assert counts["metres"] == pytest.approx(2 * by_the_bend + 2 * np.hypot(972, 1112), rel=3e-3)


def test_a_web_page_is_no_extract(tmp_path: Path) -> None:
    (tmp_path / "roads.osm").write_text("<html>sign in</html>")
    with pytest.raises(UnreadableRoads, match="export it again"):
        roads_from_osm(tmp_path / "roads.osm")


def test_surveyed_lines_meet_at_their_ends_and_not_on_bridges() -> None:
    features = [
        line((121.40, 29.10), (121.41, 29.10), (121.42, 29.10), **{"class": "省道"}),
        line((121.410005, 29.10001), (121.41, 29.11), **{"class": "村道"}),  # 1.2 m off a corner
        line((121.405, 29.09), (121.405, 29.11), **{"class": "国道"}),  # over a bridge
        line((121.41, 29.11), (121.405, 29.11), (121.40, 29.10), **{"class": "street", "oneway": "-1"}),
    ]
    made = roads_from_geojson(features)
    assert made.network is not None
    end, corner, bridge = made.network.snap([121.42, 121.41, 121.405], [29.10, 29.11, 29.09])
    assert route(made.network, end, corner).distance_m == pytest.approx(972 + 1112, rel=3e-3)
    assert made.report.counts["dropped_nodes"] == 0, "the national road joins at the other line's corner"
    assert route(made.network, end, bridge).distance_m > 5000, "the bridge is no crossing"


def test_coordinates_are_converted() -> None:
    lon, lat = wgs84_to_gcj02([121.40, 121.41], [29.10, 29.10])
    shifted = line(*zip(lon.tolist(), lat.tolist(), strict=True), **{"class": "2"})
    network = roads_from_geojson([shifted], gcj02_to_wgs84).network
    assert network is not None
    assert sorted(network.lon.round(6).tolist())[::4] == [121.40, 121.41]


def test_each_mistake_names_feature_field_and_fix() -> None:
    features = [
        line(
            (121.40, 29.10),
            (121.41, 29.10),
            **{"class": "boulevard", "oneway": "perhaps", "maxspeed": "fast"},
        ),
        {"geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"class": 1, "name": "东门"}},
        line((500000, 3200000), (500100, 3200000), **{"class": "1"}),
        line((121.40, 29.10), **{"class": "1"}),
    ]
    made = roads_from_geojson(features)
    assert made.network is None
    found = [(one.feature, one.code) for one in made.report.errors]
    assert found == [("1", "class"), ("1", "oneway"), ("1", "maxspeed"), ("2 (东门)", "geometry"),
                     ("3", "coordinates"), ("4", "line")]  # fmt: skip
    assert all(one.fix for one in made.report.errors)


def test_lines_that_nowhere_join_are_refused() -> None:
    apart = [line((121.4 + i, 29.1), (121.401 + i, 29.1), **{"class": "1"}) for i in range(9)]
    made = roads_from_geojson(apart)
    assert made.network is None
    assert made.report.errors[-1].code == "scattered"


def test_one_way_in_only_is_left_out() -> None:
    features = [
        line((121.40, 29.10), (121.41, 29.10), **{"class": "2"}),
        line((121.41, 29.10), (121.41, 29.101), **{"class": "4", "oneway": "yes"}),
    ]
    network = roads_from_geojson(features).network
    assert network is not None
    assert network.lat.max() == pytest.approx(29.10)
    alone = roads_from_geojson(features[1:])
    assert (alone.network, alone.report.errors[0].code) == (None, "scattered")
