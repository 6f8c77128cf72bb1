"""Readers and checks of a county's import: formats, encodings, coordinate systems, files that mean harm."""

import contextlib
import io
import json
import re
import struct
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import shapefile
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from shapely import MultiPolygon, Polygon, box

from geo import gauss_kruger
from geo.coordinates import haversine_m, wgs84_to_bd09, wgs84_to_gcj02
from operations.county_import.areas import Areas, mend, tell_overlaps
from operations.county_import.findings import WORDS, BadFile, Findings
from operations.county_import.geojson import read_geojson
from operations.county_import.layers import LAYERS, columns_of
from operations.county_import.placing import tell_system
from operations.county_import.records import LayerFile
from operations.county_import.replacing import recorded
from operations.county_import.road_layer import road_layer
from operations.county_import.rows import LayerRows, Row, Teller, Wishes, layer_rows
from operations.county_import.shapefiles import read_zip
from operations.county_import.sheets import read_csv, read_workbook
from operations.county_import.standing import TABLES
from operations.county_import.systems import System, system_from, system_said, to_wgs84
from operations.tables import Table
from tests.county_files import write_csv, write_geojson, write_shapefile, write_xlsx
from tests.village import straight_road

ROOT = Path(__file__).resolve().parents[2]
PLACES = [
    {"设备编码": "K1", "设备名称": "东门", "类型": "高清", "经度": 121.37, "纬度": 29.1, "朝向": "东南"}
]
TOWN = box(121.2, 29.0, 121.3, 29.1)


def read(layer: str, path: Path, name: str | None = None, **wishes: object) -> tuple[LayerRows, Findings]:
    found = Findings()
    return layer_rows(LayerFile(layer, path, name or path.name), Wishes(**wishes), found), found


def faults(found: Findings) -> list[tuple[str, int | None, str | None]]:
    return [(one.code, one.row, one.field) for one in found.kept if one.severity == "error"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_table_of_chinese_headings_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    made, found = read("cameras", write_csv(tmp_path / "a.csv", PLACES, encoding))
    assert found.kept == []
    (row,) = made.rows
    assert (row.number, row.code, row.lon, row.lat) == (2, "K1", 121.37, 29.1)
    assert row.values == {"name": "东门", "kind": "hd", "heading_deg": 135.0}


def test_a_workbook_keeps_codes_and_counts_rows_as_its_sheet_does(tmp_path: Path) -> None:
    rows = [
        {"code": 331022001, "name": "海游", "kind": "社会", "lon": 121.37, "lat": 29.1},
        {},
        {"code": 3.3e19},
    ]
    made, found = read("cameras", write_xlsx(tmp_path / "a.xlsx", rows))
    assert [row.code for row in made.rows] == ["331022001"]
    assert faults(found) == [("code_as_number", 4, "code")]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_zipped_shapefile_keeps_names_and_holes(tmp_path: Path, encoding: str) -> None:
    holed = Polygon(TOWN.exterior.coords, [box(121.24, 29.04, 121.26, 29.06).exterior.coords])
    rows = [{"编码": "T1", "名称": "浦坝港镇"}]
    made, found = read("towns", write_shapefile(tmp_path / "a.zip", rows, [holed], encoding))
    assert found.kept == []
    assert made.rows[0].values == {"name": "浦坝港镇"}
    assert made.rows[0].shape.symmetric_difference(holed).area < 1e-12


def test_a_list_of_features_and_wkt_are_areas_too(tmp_path: Path) -> None:
    row = {"code": "T1", "name": "海游街道"}
    listed, _ = read("towns", write_geojson(tmp_path / "a.json", [row], [MultiPolygon([TOWN])], as_list=True))
    table, _ = read("towns", write_csv(tmp_path / "a.csv", [{**row, "边界": TOWN.wkt}]))
    assert listed.rows[0].shape.equals(TOWN)
    assert table.rows[0].shape.equals(TOWN)


@pytest.mark.parametrize(
    ("system", "turned"),
    [
        ("gcj02", wgs84_to_gcj02),
        ("bd09", wgs84_to_bd09),
        ("cgcs2000", lambda x, y: (x, y)),
        ("cgcs2000-gk:120", lambda x, y: gauss_kruger.to_metres(x, y, 120)),
    ],
)
def test_every_coordinate_system_comes_back_to_a_centimetre(system: str, turned) -> None:
    lon, lat = np.linspace(121.2, 121.7, 30), np.linspace(28.8, 29.2, 30)
    back = to_wgs84(system_from(system), *turned(lon, lat))
    assert haversine_m(lon, lat, *back).max() < 0.01


def by_redfearn(away_deg: float, lat_deg: float) -> tuple[float, float]:
    """Return metres east and north by the textbook's series in longitude, the arc by quadrature."""
    axis, flattening = 6_378_137.0, 1 / 298.257222101
    e2 = flattening * (2 - flattening)
    lat, away = np.radians(lat_deg), np.radians(away_deg)
    arc = quad(lambda phi: axis * (1 - e2) / (1 - e2 * np.sin(phi) ** 2) ** 1.5, 0, lat, epsrel=1e-13)[0]
    radius, t2 = axis / np.sqrt(1 - e2 * np.sin(lat) ** 2), np.tan(lat) ** 2
    n2, p = e2 / (1 - e2) * np.cos(lat) ** 2, away * np.cos(lat)
    fifth = 5 - 18 * t2 + t2**2 + 14 * n2 - 58 * t2 * n2
    east = radius * (p + p**3 / 6 * (1 - t2 + n2) + p**5 / 120 * fifth)
    north = arc + radius * np.tan(lat) * (
        p**2 / 2 + p**4 / 24 * (5 - t2 + 9 * n2 + 4 * n2**2) + p**6 / 720 * (61 - 58 * t2 + t2**2)
    )
    return east + 500_000.0, north


def test_projected_metres_find_their_meridian_by_zone_and_by_prj() -> None:
    east, north = gauss_kruger.to_metres(121.5, 29.1, 120)
    assert (float(east), float(north)) == pytest.approx(by_redfearn(1.5, 29.1), abs=0.002)
    zoned = to_wgs84(System("cgcs2000-gk"), np.array([40e6 + east]), np.array([north]))
    swapped = to_wgs84(System("cgcs2000-gk"), np.array([north]), np.array([40e6 + east]))
    assert [float(axis[0]) for axis in (*zoned, *swapped)] == pytest.approx([121.5, 29.1] * 2, abs=1e-9)
    prj = 'PROJCS["CGCS2000_3_Degree_GK_CM_120E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"],'
    prj += 'PROJECTION["Gauss_Kruger"],PARAMETER["Central_Meridian",120.0]]'
    assert system_said(prj) == system_said("urn:ogc:def:crs:EPSG::4549") == System("cgcs2000-gk", 120.0)
    with pytest.raises(BadFile, match="bad_system"):
        system_said('PROJCS["Xian_1980_3_Degree_GK_CM_120E",GEOGCS["GCS_Xian_1980"]]')


def test_each_fault_names_its_row_and_field(tmp_path: Path) -> None:
    good = {"code": "K1", "name": "东门", "kind": "hd", "lon": 121.37, "lat": 29.1}
    rows = [
        good,
        {**good, "name": "again"},
        {**good, "code": "K 2"},
        {**good, "code": "K3", "kind": "热成像"},
        {**good, "code": "K4", "lon": 29.1, "lat": 121.37},
        {**good, "code": "K5", "name": "=HYPERLINK(1)"},
        {**good, "code": "K6", "lon": ""},
        {**good, "code": "K7", "lat": "#N/A"},
        {**good, "code": "K8", "name": "东\u0000门"[:1] + "\u200b"},
    ]
    _, found = read("cameras", write_csv(tmp_path / "a.csv", rows))
    assert sorted(faults(found), key=lambda fault: fault[1] or 0) == [
        ("duplicate", 3, "code"),
        ("camera_code", 4, "code"),
        ("unknown_kind", 5, "kind"),
        ("swapped", 6, "lon"),
        ("formula", 7, "name"),
        ("no_number", 8, "lon"),
        ("no_number", 9, "lat"),
        ("bad_text", 10, "name"),
    ]
    assert all(one.says and one.fix and "{" not in one.says + one.fix for one in found.kept)


def test_a_mapping_comes_before_the_table_of_synonyms() -> None:
    columns, spare = columns_of("cameras", ["编号", "国标编码", "名称", "X", "Y"], {"code": "国标编码"})
    assert columns == {"code": "国标编码", "name": "名称", "lon": "X", "lat": "Y"}
    assert spare == []
    assert columns_of("cameras", ["编号", "设备编码"], {})[0]["code"] == "设备编码"


def test_outlines_are_mended_where_it_is_clear_and_overlaps_told() -> None:
    spike = Polygon([(0, 0), (1, 0), (1, 1), (1, 1.2), (1, 1), (0, 1)])
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    found = Findings()
    rows = [Row(2, "A", {}, shape=spike), Row(3, "B", {}, shape=bow)]
    mend(rows, Teller("grids", "a.csv", found))
    assert [(one.severity, one.code, one.row) for one in found.kept] == [
        ("warning", "mended", 2),
        ("error", "crossed", 3),
    ]
    shapes = np.array([box(0, 0, 1, 1), box(0.999, 0, 2, 1), box(0.5, 0, 1.5, 1)], dtype=object)
    areas = Areas(["A", "B", "C"], ["", "", ""], shapes, [rows[0], None, rows[1]], [None] * 3)
    found = Findings()
    tell_overlaps(areas, Teller("grids", "a.csv", found))
    told = sorted((one.severity, one.row, one.numbers["other"]) for one in found.kept)
    assert told == [("error", 3, "A"), ("error", 3, "B")]


def zip_of(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return made.getvalue()


def far_sheet(corner: str = "XFD1048576") -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"], book.active[corner] = "code", "x"
    book.save(made)
    return made.getvalue()


HOSTILE = {
    "login.geojson": (b"<!doctype html><html>sign in</html>", "markup"),
    "grids.csv": (far_sheet(), "wrong_extension"),
    "far.xlsx": (far_sheet(), "too_many_rows"),
    "wide.xlsx": (far_sheet("IV40000"), "too_many_cells"),
    "deep.json": (b"[" * 200_000, "unreadable"),
    "nan.json": (b'{"type":"FeatureCollection","features":[NaN]}', "unreadable"),
    "other.json": (b'{"towns": 10}', "no_geojson"),
    "bomb.zip": (zip_of(**{"a.shp": bytes(60_000_000), "a.dbf": b""}), "too_large"),
    "climbs.zip": (zip_of(**{"../../etc/a.shp": b"x"}), "bad_names"),
    "two.zip": (zip_of(**{"a.shp": b"x", "b.shp": b"y"}), "not_one_shape"),
    "broken.zip": (zip_of(**{"a.shp": b"x", "a.dbf": b"y"}), "unreadable"),
    "cut.xlsx": (far_sheet()[:900], "unreadable"),
    "a.exe": (b"MZ", "unknown_format"),
    "none.csv": (b"", "empty"),
    "binary.csv": (bytes(range(256)), "wrong_extension"),
    "names.csv": (b"a,b,c\n1,2,3\n", "no_column"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_data_is_told_by_name_with_a_fix(tmp_path: Path, name: str) -> None:
    content, code = HOSTILE[name]
    (tmp_path / name).write_bytes(content)
    made, found = read("towns", tmp_path / name)
    assert made.rows == []
    assert [(one.code, one.file) for one in found.kept] == [(code, name)]
    assert name in found.kept[0].sentence()


def test_a_passage_of_passwords_stays_out_of_findings(tmp_path: Path) -> None:
    rows = [{**PLACES[0], "取流地址": "ftp://admin:s3cret@10.0.0.7/"}]
    _, found = read("cameras", write_csv(tmp_path / "a.csv", rows))
    assert faults(found) == [("bad_source", 2, "source")]
    assert "s3cret" not in json.dumps([one.as_json() for one in found.kept])


SCRAPS = st.lists(
    st.sampled_from(
        [
            *(
                b'{"type":"FeatureCollection","features":[',
                b'{"type":"Feature","geometry":',
                b"null",
                b"]",
                b"}",
            ),
            *(b'{"type":"Polygon","coordinates":', b"[[[1,2],[3,4]", b"1e999", b"\xff\xfe", b"\x00", b","),
            *("编码,名称\n".encode("gbk"), b"code,name,lon,lat,wkt\n", b"K1,", b"POLYGON((", b'"', b"\n"),
            *(b"<a>", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"-99999999999999999999", b'"\\ud800"', b"121.1"),
        ]
    ),
    max_size=14,
)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    scraps=SCRAPS,
    suffix=st.sampled_from([".json", ".csv", ".xlsx", ".xls", ".zip", ".shp"]),
    layer=st.sampled_from(LAYERS),
)
def test_no_file_ends_in_a_traceback(tmp_path_factory, scraps: list[bytes], suffix: str, layer: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"fuzz{suffix}"
    path.write_bytes(b"".join(scraps))
    found, file = Findings(), LayerFile(layer, path, path.name)
    if layer == "roads":
        assert road_layer(file, Wishes(), found).network is None
    else:
        made = layer_rows(file, Wishes(), found)
        assert found.kept or len(made.rows) == made.read
    assert all(one.sentence() and json.dumps(one.as_json()).encode() for one in found.kept)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    cut=st.integers(0, 100), flips=st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 255)), max_size=6)
)
def test_damaged_workbooks_and_shapefiles_are_told(cut: int, flips: list[tuple[int, int]]) -> None:
    for whole, reader in (
        (SHAPES, read_zip),
        (JSON, read_geojson),
        (TABLE, read_csv),
    ):
        damaged = bytearray(whole[: len(whole) * (100 - cut // 4) // 100])
        for place, value in flips:
            damaged[place % len(damaged)] = value
        with contextlib.suppress(BadFile):  # any other error is a traceback
            reader(bytes(damaged))


def _samples() -> tuple[bytes, bytes]:
    book, workbook = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["code", "name"])
    book.active.append(["K1", "东门"])
    book.save(workbook)
    parts = {suffix: io.BytesIO() for suffix in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, encoding="utf-8") as writer:
        writer.field("code", "C", 10)
        writer.poly([[[0, 0], [0, 1], [1, 1], [0, 0]]])
        writer.record("T1")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as package:
        for suffix, content in parts.items():
            package.writestr(f"a.{suffix}", content.getvalue())
    return workbook.getvalue(), made.getvalue()


WORKBOOK, SHAPES = _samples()
JSON = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":1},"geometry":null}]}'
TABLE = "编码,名称\nK1,东门\n".encode("gbk")


def test_the_console_has_chinese_words_for_every_finding() -> None:
    table = (ROOT / "api/console/src/i18n/zh_county_findings.ts").read_text(encoding="utf-8")
    assert set(re.findall(r"^  (\w+): \[", table, re.MULTILINE)) == set(WORDS)


def test_a_damaged_workbook_ends_only_the_process_that_reads_it() -> None:
    for damaged in (b"\xd0\xcf\x11\xe0" + bytes(600), WORKBOOK[: len(WORKBOOK) // 2], WORKBOOK[:-80]):
        with pytest.raises(BadFile, match="unreadable"):
            read_workbook(damaged)
    assert read_workbook(WORKBOOK).records[0].values == {"code": "K1", "name": "东门"}


def test_a_damaged_shape_header_is_no_crash() -> None:
    parts = {".shp": struct.pack(">i", 9994) + bytes(96), ".dbf": bytes(32)}
    with pytest.raises(BadFile):
        read_zip(zip_of(**{f"a{suffix}": content for suffix, content in parts.items()}))


def test_places_in_another_system_than_told_are_suspected() -> None:
    roads = straight_road()
    lon, lat = np.linspace(121.26, 121.34, 40), np.full(40, 28.1503)
    for told, turn, suspected in (
        ("wgs84", wgs84_to_gcj02, "gcj02"),
        ("gcj02", lambda x, y: (x, y), "wgs84"),
    ):
        found = Findings()
        place = to_wgs84(System(told), *turn(lon, lat))
        tell_system(*place, roads, System(told), Teller("cameras", "a.csv", found))
        ((code, numbers),) = ((one.code, one.numbers) for one in found.kept)
        assert (code, numbers["other"], numbers["other_m"] < 60 < numbers["median_m"]) == (
            "wrong_system",
            suspected,
            True,
        )
    tell_system(lon, lat, roads, System("wgs84"), Teller("cameras", "a.csv", fine := Findings()))
    assert fine.kept == []


def test_all_that_refers_to_the_county_is_known_to_its_replacement() -> None:
    """A new table that refers to grids, cameras or units: have `replacing` delete it, then add it here."""
    county = {table.__tablename__ for table in TABLES.values()}
    refers = {
        table.name
        for table in Table.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in county
    }
    by_cascade = {"patrol_routes", "patrol_stops"}
    handled = {table.__tablename__ for _, table, _ in recorded({layer: [1] for layer in TABLES})}
    assert refers - county <= handled | by_cascade
