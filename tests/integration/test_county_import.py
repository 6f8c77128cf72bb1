"""A county's import: a dry run changes nothing, a bad row imports nothing, ids stay, the made-up goes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely import box, transform, union_all
from sqlalchemy import func, select

from geo.coordinates import haversine_m, wgs84_to_bd09, wgs84_to_gcj02
from operations.audit import SYSTEM, Actor
from operations.county import county_row, road_network
from operations.county_import.applying import CountyChangedMeanwhile, ImportHasErrors, apply
from operations.county_import.comparing import Trial, dry_run
from operations.county_import.records import LayerFile
from operations.county_import.rows import Wishes
from operations.county_import.standing import TABLES, standing
from operations.county_import.systems import System
from operations.facts import NotAllowed
from operations.intake import Known
from operations.store import Engine, reading, writing
from operations.tables import (
    Alert,
    AuditRow,
    Camera,
    CountyRow,
    Grid,
    RoadNetworkRow,
    SightingRow,
    Table,
    Town,
    Unit,
)
from tests.api_server import keep_ids_ahead
from tests.conftest import START
from tests.county import county
from tests.county_files import (
    Row,
    Turn,
    part_of,
    write_csv,
    write_geojson,
    write_roads,
    write_shapefile,
    write_xlsx,
)
from tests.small_county import (
    CAMERAS,
    GRIDS,
    UNITS,
    areas_file,
    layer_file,
    road_file,
    rows_file,
    whole_county,
)
from tests.village import found_village, seen, straight_road, take, watch_for

ADMINISTRATOR = Actor("administrator", "administrator", 9)
MAY_GO = Wishes(replace_generated=True)


def tried(engine: Engine, files: Sequence[LayerFile], wishes: Wishes = Wishes()) -> Trial:  # noqa: B008
    with reading(engine) as session:
        return dry_run(session, files, wishes)


def imported(engine: Engine, files: Sequence[LayerFile], wishes: Wishes = Wishes()) -> Trial:  # noqa: B008
    trial = tried(engine, files, wishes)
    assert [one.sentence() for one in trial.found.kept if one.severity == "error"] == []
    with writing(engine) as session:
        apply(session, trial, SYSTEM, START)
    return trial


def codes(trial: Trial) -> set[str]:
    return {one.code for one in trial.found.kept}


def count(engine: Engine, table: type[Table]) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def state_of(engine: Engine) -> str:
    with reading(engine) as session:
        return standing(session).fingerprint


def test_a_county_comes_in_whole_with_its_places_found(engine: Engine, tmp_path: Path) -> None:
    before = state_of(engine)
    trial = tried(engine, whole_county(tmp_path), Wishes(name="示范县"))
    assert state_of(engine) == before
    with writing(engine) as session:
        apply(session, trial, SYSTEM, START)
    with reading(engine) as session:
        row = county_row(session)
        assert (row.name, row.generated) == ("示范县", False)
        assert road_network(session).version == trial.roads.version
        towns = dict(session.execute(select(Grid.code, Town.code).join(Town, Grid.town_id == Town.id)).all())
        assert towns == {"W1": "330001", "W2": "330001", "W3": "330002", "W4": "330002"}
        homes = session.execute(select(Camera.code, Grid.code, Camera.kind).join(Grid)).all()
        assert sorted(homes) == [("K1", "W1", "hd"), ("K2", "W4", "social"), ("K3", "W2", "hd")]
        unit = session.scalars(select(Unit)).one()
        assert (unit.kind, unit.vehicle, unit.lon) == ("urban", "motorcycle", 121.26)
        assert unit.shift_id is not None
        said = session.scalars(select(AuditRow).where(AuditRow.action == "county.imported")).one()
        assert said.details["cameras"] == {"file": "cameras.csv", "new": 3, "changed": 0, "unchanged": 0}


def test_one_bad_row_and_nothing_is_imported(engine: Engine, tmp_path: Path) -> None:
    bad = [*CAMERAS, {"code": "K4", "name": "南门", "kind": "高清", "lon": "12l.3", "lat": 28.12}]
    trial = tried(engine, whole_county(tmp_path, bad))
    (error,) = (one for one in trial.found.kept if one.severity == "error")
    assert (error.layer, error.file, error.row, error.field, error.value) == (
        "cameras",
        "cameras.csv",
        5,
        "lon",
        "12l.3",
    )
    with writing(engine) as session, pytest.raises(ImportHasErrors):
        apply(session, trial, SYSTEM, START)
    assert count(engine, Town) == count(engine, Camera) == count(engine, CountyRow) == 0


def test_what_is_known_keeps_its_id_and_what_the_file_leaves_out_stays(
    engine: Engine, tmp_path: Path
) -> None:
    imported(engine, whole_county(tmp_path))
    with writing(engine) as session:
        camera = session.scalars(select(Camera).where(Camera.code == "K1")).one()
        known, camera.source, version = camera.id, "rtsp://10.0.0.7/1", county_row(session).version
    moved = {"code": "K1", "name": "东门", "kind": "hd", "lon": 121.35, "lat": 28.12}
    trial = imported(engine, [rows_file(tmp_path, "cameras", [moved, CAMERAS[1]], "gb18030")])
    change = trial.layers["cameras"]
    assert (len(change.new), len(change.changed), change.unchanged, change.missing) == (0, 1, 1, 1)
    with reading(engine) as session:
        camera = session.scalars(select(Camera).where(Camera.code == "K1")).one()
        assert (camera.id, camera.lon, camera.source) == (known, 121.35, "rtsp://10.0.0.7/1")
        assert session.get(Grid, camera.grid_id).code == "W3"
        assert county_row(session).version != version
    assert count(engine, Camera) == 3


def test_a_file_may_say_less_of_what_is_known_than_of_what_is_new(engine: Engine, tmp_path: Path) -> None:
    imported(engine, whole_county(tmp_path))
    sources = [{"code": "K1", "取流地址": "rtsp://admin:s3cret@10.0.0.7/1"}, {"code": "K9", "取流地址": ""}]
    refused = tried(engine, [rows_file(tmp_path, "cameras", sources)])
    assert [(one.code, one.row) for one in refused.found.kept] == [("no_place", 3)]
    imported(engine, [rows_file(tmp_path, "cameras", sources[:1])])
    with reading(engine) as session:
        camera = session.scalars(select(Camera).where(Camera.code == "K1")).one()
        assert (camera.source, camera.name, camera.lon) == (sources[0]["取流地址"], "东门", 121.25)
        assert "s3cret" not in str([row.details for row in session.scalars(select(AuditRow))])
    stations = [{"code": "S7"}]
    assert codes(tried(engine, [rows_file(tmp_path, "stations", stations)])) == {"no_column", "no_place"}


def test_new_grids_take_over_the_cameras_that_no_file_names(engine: Engine, tmp_path: Path) -> None:
    imported(engine, whole_county(tmp_path))
    halves = [
        (GRIDS[0][0], box(121.2, 28.1, 121.24, 28.15)),
        ({"code": "W5", "name": "五格"}, box(121.24, 28.1, 121.3, 28.15)),
    ]
    trial = imported(engine, [areas_file(tmp_path, "grids", halves)])
    assert (trial.layers["cameras"].moved, trial.layers["grids"].missing) == (1, 3)
    with reading(engine) as session:
        camera = session.scalars(select(Camera).where(Camera.code == "K1")).one()
        assert session.get(Grid, camera.grid_id).code == "W5"


def test_only_an_administrator_imports_and_only_into_the_county_that_was_compared(
    engine: Engine, tmp_path: Path
) -> None:
    trial = tried(engine, whole_county(tmp_path))
    with writing(engine) as session, pytest.raises(NotAllowed):
        apply(session, trial, Actor("supervisor", "supervisor", 3), START)
    imported(engine, whole_county(tmp_path))
    with writing(engine) as session, pytest.raises(CountyChangedMeanwhile):
        apply(session, trial, ADMINISTRATOR, START)


def village_with_an_alert(engine: Engine) -> None:
    """Found the village as a generated county in which a sighting has raised an alert."""
    found_village(engine, START)
    watch_for(engine, "浙JA1234", START)
    take(engine, Known(), START, seen(START, 1), seen(START, 2, "C0003"))
    roads = straight_road()
    with writing(engine) as session:
        session.add(RoadNetworkRow(version=roads.version, loaded_at=START, arrays=roads.to_bytes()))
        area = box(121.2, 28.1, 121.4, 28.2).wkb
        session.add(CountyRow(name="村", version="v1", generated=True, outline=area))
        keep_ids_ahead(session)


def test_a_generated_county_goes_only_when_that_is_said(engine: Engine, tmp_path: Path) -> None:
    village_with_an_alert(engine)
    refused = tried(engine, whole_county(tmp_path))
    assert "generated_in_use" in codes(refused)
    assert refused.recorded["sightings"] == 1
    assert len(refused.going["cameras"]) == 1
    with reading(engine) as session:
        live = {camera.code: camera.id for camera in session.scalars(select(Camera)) if camera.source}
    trial = imported(engine, whole_county(tmp_path), MAY_GO)
    assert {one.value for one in trial.found.kept if one.code == "live_camera_stays"} == set(live)
    with reading(engine) as session:
        kept = {camera.code: camera for camera in session.scalars(select(Camera))}
        assert set(kept) == {"K1", "K2", "K3", *live}
        assert {kept[code].id for code in live} == set(live.values())
        assert {session.get(Grid, camera.grid_id).code[0] for camera in kept.values()} == {"W"}
        assert not county_row(session).generated
        assert session.scalars(select(RoadNetworkRow.version)).all() == [trial.roads.version]
        assert {row.camera_id for row in session.scalars(select(SightingRow))} == {live["C0001"]}
        assert session.scalars(select(Alert)).one().camera_id == live["C0001"]
        assert [unit.code for unit in session.scalars(select(Unit))] == ["P1"]


def test_a_generated_county_needs_towns_grids_and_roads(engine: Engine, tmp_path: Path) -> None:
    village_with_an_alert(engine)
    trial = tried(engine, [rows_file(tmp_path, "cameras", CAMERAS), road_file(tmp_path)])
    (missing,) = (one for one in trial.found.kept if one.code == "needs_layers")
    assert missing.numbers["missing"] == "towns, grids"
    units = rows_file(tmp_path, "units", [UNITS[0], {**UNITS[0], "code": "P2"}])
    (told,) = (one for one in tried(engine, [units]).found.kept if one.layer == "units")
    assert (told.code, told.row, told.numbers) == ("no_layer", None, {"rows": 2, "other": "stations"})


def written(folder: Path, rows: dict[str, list[Row]], turn: Turn, swapped: bool) -> list[LayerFile]:
    """Write the layers, each in one of two formats; `turn` moves every coordinate to another system."""
    folder.mkdir()
    headings = {"code": "设备编码", "name": "设备名称", "kind": "类型", "lon": "经度", "lat": "纬度"}
    paths = {}
    for layer, listed in rows.items():
        plain = [{name: value for name, value in row.items() if name != "geometry"} for row in listed]
        if "geometry" in listed[0]:
            shapes = [transform(row["geometry"], turned_by(turn)) for row in listed]
            if layer == "sub_grids":
                outlines = [{**row, "wkt": shape.wkt} for row, shape in zip(plain, shapes, strict=True)]
                paths[layer] = write_csv(folder / "sub_grids.csv", outlines, "gbk" if swapped else "utf-8")
            elif swapped == (layer == "towns"):
                paths[layer] = write_geojson(folder / f"{layer}.json", plain, shapes, as_list=swapped)
            else:
                paths[layer] = write_shapefile(folder / f"{layer}.zip", plain, shapes)
            continue
        for row in plain:
            if "lon" in row:
                row["lon"], row["lat"] = (float(axis) for axis in turn(row["lon"], row["lat"]))
        if swapped:
            paths[layer] = write_xlsx(folder / f"{layer}.xlsx", plain, headings)
        else:
            paths[layer] = write_csv(folder / f"{layer}.csv", plain, "gb18030")
    return [layer_file(path, layer) for layer, path in paths.items()]


def turned_by(turn: Turn) -> Callable[[Any], Any]:
    return lambda places: np.column_stack(turn(places[:, 0], places[:, 1]))


def test_two_towns_equal_themselves_through_every_format_and_system(engine: Engine, tmp_path: Path) -> None:
    made = county()
    rows = part_of(made, 2)
    roads = write_roads(tmp_path / "roads.geojson", made, union_all(made.towns.areas[:2]))
    files = [*written(tmp_path / "one", rows, wgs84_to_gcj02, False), layer_file(roads, "roads")]
    first = imported(engine, files, Wishes(System("gcj02")))
    assert first.found.count("warning") == 0 or codes(first) <= {"road_parts", "same_place"}
    again = tried(engine, written(tmp_path / "two", rows, wgs84_to_bd09, True), Wishes(System("bd09")))
    assert again.found.count("error") == 0
    for layer in TABLES:
        change = again.layers[layer]
        assert (change.new, change.changed, change.missing) == ([], [], 0), layer
        assert change.unchanged == len(rows[layer]) > 0, layer
    with reading(engine) as session:
        stood = {row.code: row for row in session.scalars(select(Camera))}
        grids = dict(session.execute(select(Grid.id, Grid.code)).all())
    for row in rows["cameras"]:
        camera = stood[row["code"]]
        assert haversine_m(camera.lon, camera.lat, row["lon"], row["lat"]) < 0.02
        assert grids[camera.grid_id] == row["grid"]
