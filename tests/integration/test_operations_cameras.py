"""Lists of cameras: what a person names gets a source and a place; a mistake is told with its line."""

from pathlib import Path

import pytest

from operations.audit import SYSTEM
from operations.cameras import (
    BadCameraList,
    WatchedCamera,
    active_cameras,
    cameras_from_arguments,
    read_camera_file,
    replace_listed_cameras,
)
from operations.store import Engine, reading, writing
from operations.tables import Camera, Point
from tests.conftest import START
from tests.ingest_worker import add_cameras


@pytest.fixture
def county(engine: Engine) -> Engine:
    add_cameras(engine, {"C1": None})
    with writing(engine) as session:
        session.add(Point(code="P1", name="路口", kind="road", lon=121.3, lat=28.15, town_id=1, grid_id=1))
    return engine


def listed(engine: Engine, sources: list[str], file: Path | None = None) -> list[WatchedCamera]:
    with writing(engine) as session:
        replace_listed_cameras(session, cameras_from_arguments(sources, file), SYSTEM, START)
    with reading(engine) as session:
        return active_cameras(session)


def test_cameras_of_the_command_line_replace_those_named_before(county: Engine) -> None:
    listed(county, ["rtsp://admin:s3cr3t@10.0.0.7/1", "rtsp://10.0.0.8/1"])
    assert listed(county, ["rtsp://10.0.0.9/1"]) == [WatchedCamera("ARG1", "rtsp://10.0.0.9/1")]


def test_a_name_holds_no_password(county: Engine) -> None:
    listed(county, ["rtsp://admin:s3/cr3t@10.0.0.7/1"])
    with reading(county) as session:
        names = [camera.name for camera in session.query(Camera)]
    assert "10.0.0.7/1" in names


def test_a_file_gives_known_cameras_a_source_and_adds_new_ones(county: Engine, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.touch()
    file = tmp_path / "cameras.csv"
    file.write_text(
        f"code,name,source,lon,lat\nC1,东门,{clip},,\nN7,西门,rtsp://10.0.0.7/1,121.25,28.12\n",
        encoding="utf-8",
    )
    assert listed(county, [], file) == [
        WatchedCamera("C1", str(clip)),
        WatchedCamera("N7", "rtsp://10.0.0.7/1"),
    ]
    with reading(county) as session:
        place = {camera.code: (camera.name, camera.lon) for camera in session.query(Camera)}
    assert place == {"C1": ("东门", 121.3), "N7": ("西门", 121.25)}


def test_a_sub_stream_is_listed_with_its_camera_and_goes_with_it(county: Engine, tmp_path: Path) -> None:
    file = tmp_path / "cameras.csv"
    file.write_text("code,name,source,sub_source\nC1,a,rtsp://10.0.0.7/1,rtsp://10.0.0.7/2\n")
    both = WatchedCamera("C1", "rtsp://10.0.0.7/1", sub_source="rtsp://10.0.0.7/2")
    assert listed(county, [], file) == [both]
    file.write_text("code,name,source\nC1,a,rtsp://10.0.0.8/1\n")
    assert listed(county, [], file) == [WatchedCamera("C1", "rtsp://10.0.0.8/1")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code,name\nC1,a\n", "first line must name the columns source"),
        ("code,name,source\nC 1,a,rtsp://x\n", "line 2.*letters"),
        ("code,name,source\nC1,a,nothing.mp4\n", "line 2.*no file"),
        ("code,name,source,lon,lat\nC1,a,rtsp://x,121,\n", "line 2.*belong together"),
        ("code,name,source,lon,lat\nC1,a,rtsp://x,121,95\n", "line 2.*lat"),
        ("code,name,source\nC1,a,rtsp://x\nC1,b,rtsp://y\n", "C1 more than once"),
        ("code,name,source,sub_source\nC1,a,synthetic://road,rtsp://y\n", "line 2.*both rtsp"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "cameras.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadCameraList, match=says):
        read_camera_file(tmp_path / "cameras.csv")
