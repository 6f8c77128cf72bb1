"""A county's import over HTTP and at the shell: who may, what a dry run answers, what is kept how long."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from operations import county_cli
from operations.county_import.kept import forget_old
from operations.store import Engine
from tests.api_server import Api
from tests.small_county import CAMERAS, rows_file, whole_county

MAY_GO = {"replace_generated": True}


def sent(api: Api, folder: Path, who: str = "administrator", **fields: str) -> httpx.Response:
    """Upload every file of the small county that is in the folder, each named as its layer."""
    files = {path.stem: (path.name, path.read_bytes()) for path in folder.iterdir() if path.is_file()}
    return api.as_user(who).post("/api/v1/county/imports", files=files, data=fields, timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "county"
    made.mkdir()
    whole_county(made)
    return made


def test_a_dry_run_then_the_import(api: Api, folder: Path) -> None:
    report: dict[str, Any] = sent(api, folder, name="示范县", mapping="{}").json()
    assert [finding["code"] for finding in report["findings"] if finding["severity"] == "error"] == []
    assert (report["can_apply"], report["applied"], report["replaces_generated"]) == (True, False, True)
    cameras = next(layer for layer in report["layers"] if layer["layer"] == "cameras")
    assert (cameras["new"], cameras["file"], cameras["columns"]["lon"]) == (3, "cameras.csv", "lon")
    assert api.as_user("administrator").get("/api/v1/county").json()["name"] == "村"
    applied = api.as_user("administrator").post(
        f"/api/v1/county/imports/{report['id']}/apply", json=MAY_GO, timeout=60
    )
    assert applied.json()["applied"]
    county = api.as_user("operator").get("/api/v1/county").json()
    assert (county["name"], county["counts"]["grids"], county["counts"]["units"]) == ("示范县", 4, 1)
    grids = api.as_user("operator").get("/api/v1/map/grids").json()["features"]
    assert {feature["properties"]["code"] for feature in grids} == {"W1", "W2", "W3", "W4"}
    assert not list((api.house.data_dir / "imports").iterdir())
    again = api.as_user("administrator").post(f"/api/v1/county/imports/{report['id']}/apply")
    assert again.status_code == 404


def test_errors_are_answered_and_cannot_be_imported(api: Api, folder: Path) -> None:
    rows_file(folder, "cameras", [{**CAMERAS[0], "lat": "north"}])
    report = sent(api, folder).json()
    assert not report["can_apply"]
    (error,) = (one for one in report["findings"] if one["severity"] == "error")
    assert (error["row"], error["field"], error["code"]) == (2, "lat", "no_number")
    apply = f"/api/v1/county/imports/{report['id']}/apply"
    refused = api.as_user("administrator").post(apply, json=MAY_GO)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/import-has-errors")
    assert api.as_user("administrator").delete(f"/api/v1/county/imports/{report['id']}").status_code == 204


def test_what_is_no_file_of_a_county_is_refused_by_name(api: Api) -> None:
    def post(name: str, content: bytes) -> httpx.Response:
        files = {"towns": (name, content)}
        return api.as_user("administrator").post("/api/v1/county/imports", files=files)

    answer = post("../../etc/passwd.geojson", b"{}").json()
    assert {one["file"] for one in answer["findings"]} == {"", "passwd.geojson"}
    stored = [path.name for path in (api.house.data_dir / "imports").rglob("*") if path.is_file()]
    assert sorted(stored) == ["import.json", "towns.geojson"]
    for name, says in (("towns.shp", "one zip"), ("towns.exe", "send .geojson")):
        answer = post(name, b"MZ")
        assert (answer.status_code, answer.json()["field"]) == (422, "towns")
        assert says in answer.json()["detail"]


def test_only_administrators_and_only_sane_questions(api: Api, folder: Path) -> None:
    assert sent(api, folder, "supervisor").status_code == 403
    for fields, field in (
        ({"crs": "epsg:3857"}, "crs"),
        ({"mapping": "[1]"}, "mapping"),
        ({"mapping": '{"cameras": {"colour": "x"}}'}, "mapping"),
    ):
        answer = sent(api, folder, **fields)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    for body in ({"files": {"castles": ("a.csv", b"x")}}, {"content": b"x"}):
        assert api.as_user("administrator").post("/api/v1/county/imports", **body).status_code == 422


def test_kept_files_are_for_their_owner_and_go_after_a_day(api: Api, folder: Path) -> None:
    sent(api, folder)
    (kept,) = (api.house.data_dir / "imports").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    forget_old(api.house.data_dir, datetime.now(UTC))
    assert kept.exists()
    forget_old(api.house.data_dir, datetime.now(UTC) + timedelta(hours=25))
    assert not kept.exists()


def test_the_shell_says_0_1_or_2(
    engine: Engine,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    arguments = ["import"]
    for file in whole_county(tmp_path):
        arguments += [f"--{file.layer.replace('_', '-')}", str(file.path)]
    assert county_cli.main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["applied"] is False
    assert county_cli.main([*arguments, "--apply", "--name", "示范县"]) == 0
    assert "Imported" in capsys.readouterr().out
    cameras = rows_file(tmp_path, "cameras", [{**CAMERAS[0], "kind": "?"}])
    assert county_cli.main(["import", "--cameras", str(cameras.path), "--apply"]) == 1
    assert "error: cameras, cameras.csv, row 2: kind '?' is not a kind" in capsys.readouterr().out
    for wrong in (["--crs", "mars"], ["--map", "cameras.colour=x"], ["--cameras", "none.csv"], []):
        given = wrong if "--cameras" in wrong or not wrong else ["--cameras", str(cameras.path), *wrong]
        assert county_cli.main(["import", *given]) == 2
