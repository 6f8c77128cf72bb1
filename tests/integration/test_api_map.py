"""The county, its map and its cameras over HTTP: compressed, revalidated, filtered, changed."""

import gzip
import json

import redis

from operations import media
from operations.store import reading, writing
from operations.tables import AuditRow, Camera
from tests.api_server import Api
from tests.conftest import Clock


def test_a_map_layer_comes_compressed_and_only_once(api: Api) -> None:
    client = api.as_user("operator")
    first = client.get("/api/v1/map/cameras")
    assert json.loads(first.content)["code"] == ["C0001", "C0002", "C0003"]
    assert json.loads(first.content)["live"] == [True, True, False]
    again = client.get("/api/v1/map/cameras", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    roads = client.get("/api/v1/map/roads", headers={"Accept-Encoding": "gzip"})
    assert roads.headers["content-encoding"] == "gzip"
    assert roads.json()["scale"] == 1e6
    with client.stream("GET", "/api/v1/map/roads", headers={"Accept-Encoding": "gzip"}) as raw:
        assert json.loads(gzip.decompress(b"".join(raw.iter_raw()))) == roads.json(), (
            "compressed once, not twice"
        )
    plain = client.get("/api/v1/map/roads", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == roads.json()


def test_the_county_and_its_layers(api: Api) -> None:
    client = api.as_user("investigator")
    county = client.get("/api/v1/county").json()
    assert county["counts"]["cameras_hd"] == 3
    assert county["bounds"] == [121.2, 28.1, 121.4, 28.2]
    for layer, count in (("towns", 1), ("grids", 1), ("sub_grids", 0), ("points", 0), ("stations", 1)):
        collection = client.get(f"/api/v1/map/{layer}").json()
        assert collection["type"] == "FeatureCollection"
        assert len(collection["features"]) == count, layer


def test_cameras_are_filtered_paged_and_show_their_health(api: Api, redis_client: redis.Redis) -> None:
    client = api.as_user("operator")
    redis_client.hset("camera:health:C0001", "fps", "9.8")
    page = client.get("/api/v1/cameras", params={"limit": 2}).json()
    rest = client.get("/api/v1/cameras", params={"cursor": page["next_cursor"]}).json()
    assert [c["code"] for c in page["items"] + rest["items"]] == ["C0001", "C0002", "C0003"]
    assert [c["fps"] for c in page["items"]] == [9.8, None]
    assert [c["code"] for c in client.get("/api/v1/cameras?live=false").json()["items"]] == ["C0003"]
    assert [c["code"] for c in client.get("/api/v1/cameras?q=c0002").json()["items"]] == ["C0002"]
    assert client.get("/api/v1/cameras?q=%25").json()["items"] == [], "a wildcard is a sign like any other"
    assert client.get("/api/v1/cameras/summary").json() == {"states": {"unknown": 3}, "live": 2}
    assert "rtsp" not in client.get("/api/v1/cameras/1").text, "a source may hold a password"


def test_cameras_come_worst_first_over_all_pages(api: Api) -> None:
    with writing(api.house.engine) as session:
        for camera_id, state, reason in (
            (1, "online", None),
            (2, "online", "overloaded"),
            (3, "offline", "no"),
        ):
            camera = session.get_one(Camera, camera_id)
            camera.state, camera.state_reason = state, reason
    client, found, cursor = api.as_user("administrator"), [], None
    while len(found) < 4:
        asked = {"worst_first": True, "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/v1/cameras", params=asked).json()
        found += [camera["code"] for camera in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["C0003", "C0002", "C0001"]
    by_id = client.get("/api/v1/cameras", params={"limit": 1}).json()["next_cursor"]
    assert client.get("/api/v1/cameras", params={"worst_first": True, "cursor": by_id}).status_code == 422


def test_the_administrator_changes_a_camera_and_no_password_is_audited(api: Api) -> None:
    administrator = api.as_user("administrator")
    changed = administrator.patch("/api/v1/cameras/3", json={"source": "rtsp://user:secret@10.0.0.9/1"})
    assert changed.json()["live"] is True
    assert administrator.patch("/api/v1/cameras/3", json={"source": "gopher://x"}).json()["field"] == "source"
    assert administrator.patch("/api/v1/cameras/3", json={"enabled": False}).json()["live"] is False
    with reading(api.house.engine) as session:
        assert session.get_one(Camera, 3).source == "rtsp://user:secret@10.0.0.9/1"
        rows = session.query(AuditRow).filter_by(action="camera.changed").all()
        assert [row.details for row in rows] == [{"source": "changed"}, {"enabled": False}]


def test_a_sub_stream_needs_a_main_stream_and_is_never_shown(api: Api) -> None:
    administrator, url = api.as_user("administrator"), "/api/v1/cameras/3"
    lonely = administrator.patch(url, json={"source": None, "sub_source": "rtsp://u:secret@10.0.0.9/2"})
    assert lonely.json()["has_sub_source"] is False
    assert administrator.patch(url, json={"sub_source": "rtsp://10.0.0.9/2"}).json()["field"] == "sub_source"
    streams = {"source": "rtsp://u:secret@10.0.0.9/1", "sub_source": "rtsp://u:secret@10.0.0.9/2"}
    changed = administrator.patch(url, json=streams)
    assert changed.json()["has_sub_source"] is True
    assert "secret" not in changed.text
    assert administrator.patch(url, json={"source": "synthetic://road"}).json()["field"] == "sub_source"
    assert administrator.patch(url, json={"source": None}).json()["has_sub_source"] is False
    with reading(api.house.engine) as session:
        rows = session.query(AuditRow).filter_by(action="camera.changed").all()
        assert "secret" not in str([row.details for row in rows])


def test_a_look_at_a_live_picture_is_audited_and_asks_for_more(
    api: Api, redis_client: redis.Redis, clock: Clock
) -> None:
    operator = api.as_user("operator")
    assert operator.get("/api/v1/cameras/1/live.jpg").status_code == 404, (
        "no picture yet, but a worker is asked"
    )
    assert 0 < redis_client.ttl("watching:C0001") <= 10
    media.write_whole(media.live_path(api.house.media, "C0001"), b"jpeg")
    assert operator.get("/api/v1/cameras/1/live.jpg").content == b"jpeg"
    with reading(api.house.engine) as session:
        rows = session.query(AuditRow).filter_by(action="camera.watched").all()
        assert [(row.actor, row.subject_id) for row in rows] == [("operator", "1")] * 2


def test_coverage_is_for_the_desk_and_null_where_nothing_is_known(api: Api) -> None:
    client = api.as_user("operator")
    found = client.get("/api/v1/coverage").json()
    assert {name: len(column) for name, column in found.items() if name != "at"} == dict.fromkeys(
        set(found) - {"at"}, 1
    )
    assert (found["cameras"], found["cameras_unknown"], found["seen_now"]) == ([3], [3], [0.0])
    assert (found["last_visit_at"], found["unvisited_h"]) == ([None], [None])
    assert found["blind_rank"] == [1]
    assert 0 < found["station_1min"][0] < found["station_5min"][0] < 1
    assert found["blind_points"][0] == round(sum(r["points"] for r in found["reasons"][0]), 1)
    reach = client.get("/api/v1/coverage/reach", params={"from": "units"}).json()
    assert (reach["seconds"], reach["in_5min"]) == (found["unit_s"], found["unit_5min"])
    assert client.get("/api/v1/coverage/reach?from=heaven").status_code == 422
    assert api.as_user("investigator").get("/api/v1/coverage").status_code == 403
