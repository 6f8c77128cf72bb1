"""Reading: which reader a file is for, by its name and its first bytes; a mismatch is told."""

from pathlib import PurePath

from operations.county_import.findings import BadFile
from operations.county_import.geojson import read_geojson
from operations.county_import.records import Content, LayerFile
from operations.county_import.shapefiles import read_loose, read_zip
from operations.county_import.sheets import read_csv, read_workbook

TABLES = (".csv", ".txt", ".tsv", ".xlsx", ".xls")
SHAPES = (".geojson", ".json", ".zip", ".shp")
ROADS = (".pbf", ".osm", ".geojson", ".json", ".zip", ".shp")
MOST_FILE_BYTES = 256 * 1024**2
MOST_TEXT_BYTES = 64 * 1024**2  # as objects a text takes ten times its size
PACKED = (".pbf", ".osm", ".zip", ".shp")
WORKBOOKS = {".xlsx", ".xls"}
KINDS = {
    "a Shapefile": {".shp"},
    "a zip": {".zip"},
    "an Excel workbook (.xlsx)": {".xlsx"},
    "an Excel workbook (.xls)": {".xls"},
    "JSON": {".geojson", ".json"},
    "OSM (.pbf)": {".pbf"},
    "plain text": {".csv", ".txt", ".tsv"},
}


def formats_of(layer: str) -> tuple[str, ...]:
    """Return the extensions that are read for a layer."""
    return ROADS if layer == "roads" else TABLES if layer == "units" else (*SHAPES, *TABLES)


def checked_start(file: LayerFile) -> str:
    """Return the extension of a file that is what it says it is. Raises BadFile."""
    extension = PurePath(file.name).suffix.lower()
    if extension not in formats_of(file.layer):
        raise BadFile("unknown_format", formats=", ".join(formats_of(file.layer)))
    size = file.path.stat().st_size
    if size == 0:
        raise BadFile("empty")
    most = MOST_FILE_BYTES if extension in PACKED else MOST_TEXT_BYTES
    if size > most:
        raise BadFile("too_large", megabytes=size >> 20, most=most >> 20)
    with file.path.open("rb") as opened:
        really = _kind_of(opened.read(4_096), extension)
    if really == "XML":
        if extension == ".osm":
            return extension
        raise BadFile("markup")
    if extension not in KINDS.get(really, set()):
        raise BadFile("wrong_extension", really=really, extension=extension)
    return extension


def _kind_of(start: bytes, extension: str) -> str:
    text = start.lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"PK\x03\x04"):
        workbook = b"xl/" in start or b"[Content_Types].xml" in start or b"_rels/.rels" in start
        return "an Excel workbook (.xlsx)" if workbook or extension == ".xlsx" else "a zip"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "an Excel workbook (.xls)"
    if start.startswith(b"\x00\x00\x27\x0a"):
        return "a Shapefile"
    if b"OSMHeader" in start[:64]:
        return "OSM (.pbf)"
    if text.startswith(b"<"):
        return "XML"
    if text.startswith((b"{", b"[")):
        return "JSON"
    if b"\x00" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "binary data"
    return "plain text"


def read_file(file: LayerFile) -> Content:
    """Read a file of areas, places or units. Raises BadFile."""
    extension = checked_start(file)
    if extension == ".shp":
        return read_loose(file.path)
    data = file.path.read_bytes()
    if extension == ".zip":
        return read_zip(data)
    if extension in (".geojson", ".json"):
        return read_geojson(data)
    return read_workbook(data) if extension in WORKBOOKS else read_csv(data)
