"""Findings: what is wrong or odd in a file, as data (code, numbers) and as an English sentence with the fix.

The console says the same in Chinese by the code; the words here are for the shell and for scripts.
"""

import dataclasses
from collections import Counter
from dataclasses import dataclass
from typing import Any

MOST_KEPT = 200  # of one code in one layer: more say nothing new; all are counted
LONGEST_VALUE = 80

# code: what is wrong, what to do. Numbers of the finding fill the braces.
WORDS: dict[str, tuple[str, str]] = {
    # files
    "unreadable": ("cannot be read ({why})", "save it again from the program it comes from"),
    "empty": ("holds no rows", "choose another file, or leave the layer out"),
    "markup": (
        "is a web page or XML, not data",
        "download the file itself: what was saved may be a login page",
    ),
    "wrong_extension": (
        "is {really} by its content, not {extension}",
        "give the file the right extension, or save it again as {extension}",
    ),
    "unknown_format": ("is in a format that is not read here", "save it as {formats}"),
    "encoding": ("is neither UTF-8 nor GB18030 text", "save it as UTF-8"),
    "too_large": ("has {megabytes} MB, unpacked", "split it: {most} MB at most"),
    "too_many_rows": ("has {rows} rows", "split it: {most} rows at most"),
    "too_wide": ("has {columns} columns", "take out what is not needed: {most} columns at most"),
    "too_many_cells": (
        "has {rows} rows and {columns} columns, to its last cell",
        "delete empty rows and columns, or split it: {most} cells at most",
    ),
    "encrypted": ("is protected by a password", "save it without one"),
    "bad_names": ("holds a file whose name leads out of it ({name})", "pack it again, without folders above"),
    "not_one_shape": (
        "must hold one Shapefile (.shp and .dbf, better .prj and .cpg too); it holds {found}",
        "pack one Shapefile into one zip",
    ),
    "no_table": (
        "has no .dbf beside its .shp",
        "keep .shp, .dbf, .prj and .cpg together, or pack them as zip",
    ),
    "no_geojson": ("is JSON, but no GeoJSON features", "export it as a GeoJSON FeatureCollection"),
    "bad_system": (
        "says its coordinates are {said}, which is not converted here",
        "export it in CGCS2000 or WGS-84",
    ),
    "other_system": (
        "says its coordinates are {said}; taken as {taken}, as you asked",
        "nothing, if you know better than the file",
    ),
    "no_meridian": (
        "is in metres, and nothing tells the central meridian",
        "keep the .prj with it, or choose cgcs2000-gk:120 (or whichever it is)",
    ),
    "not_metres": ("is in degrees, not in metres", "choose cgcs2000 instead"),
    "in_metres": (
        "has coordinates in metres ({x}, {y})",
        "choose cgcs2000-gk with its meridian, such as cgcs2000-gk:120",
    ),
    # columns
    "no_column": ("has no column for {field}", "name one of its columns {names}, or give a mapping"),
    "unknown_column": ("has no column {heading}", "map {field} to one of: {names}"),
    "same_column": ("has several columns for {field}; {heading} is left out", "remove it, or give a mapping"),
    # cells
    "missing": ("is empty", "fill it in"),
    "too_long": ("has {length} characters", "shorten it: {most} at most"),
    "bad_code": ("is no code", "use letters, digits, - _ . / only, 32 at most, no space"),
    "camera_code": ("is no code of a camera", "use the letters A-Z, digits, - and _ only, 32 at most"),
    "code_as_number": (
        "is a code that the spreadsheet has rounded as a number",
        "format the column as text and enter the codes again",
    ),
    "bad_text": ("has characters that cannot be shown", "type it again, or save the file as UTF-8"),
    "formula": ("begins like a formula of a spreadsheet", "take the first character away"),
    "error_cell": ("is an error of the spreadsheet", "repair the formula, or type the value"),
    "no_number": ("is no number", "write digits only, with . for decimals"),
    "out_of_range": ("is not between {least} and {most}", "correct it"),
    "unknown_kind": ("is not a kind that is known", "use one of {known}"),
    "bad_source": ("is no address of a stream", "begin it with rtsp://, rtsps://, http:// or https://"),
    "sub_alone": (
        "is a sub-stream without a main stream",
        "give the main stream in `source` too, both by RTSP",
    ),
    "bad_flag": ("is neither yes nor no", "write 1 or 0, yes or no, 是 or 否"),
    "duplicate": ("is in row {first} too", "give every row its own code"),
    # places and shapes
    "no_place": ("has no coordinates", "fill in longitude and latitude"),
    "no_shape": ("has no outline", "give it a polygon (GeoJSON, Shapefile, or WKT in a column)"),
    "bad_shape": ("is no geometry ({why})", "draw it again, or export it again"),
    "not_area": ("is a {type}, not an area", "give a Polygon or MultiPolygon"),
    "not_point": ("is a {type}, not a point", "give a Point, or longitude and latitude"),
    "impossible": ("{x}, {y} is no place on earth", "give longitude, then latitude, in degrees"),
    "swapped": ("{x}, {y}: latitude and longitude look swapped", "exchange the two columns"),
    "same_place": ("lies exactly where {other} does", "check that they are two"),
    "mended": (
        "crossed its own line and was mended ({share} % of its area changed)",
        "look at it; draw it again if it is wrong",
    ),
    "crossed": ("crosses its own line; mended, {share} % of its area would change", "draw it again"),
    "overlap": ("overlaps {other} by {share} % of the smaller", "move the border they share"),
    "overlap_small": (
        "overlaps {other} by {area_m2} m²",
        "nothing must be done: places there count for one of them",
    ),
    "over_town": ("reaches {share} % out of {other}", "move its border, or name another in its row"),
    "other_town": ("lies in {found}, not in {other}", "name {found}, or correct its outline"),
    "uncovered": (
        "{area_km2} km² of it ({share} %) are in none of its parts",
        "draw the parts that are missing",
    ),
    "no_parent": ("is neither in the county nor in the files", "add it to its layer, or correct it"),
    "no_layer": (
        "is named in {rows} rows, and there are no {other}",
        "import {other} in the same go, or leave the column out",
    ),
    "two_parents": ("is the name of several: {other}", "give the code instead"),
    "nowhere": ("lies in no {other}", "correct its coordinates, or name it in its row"),
    "outside": ("lies {away_m} m outside all grids", "correct its coordinates, or the coordinate system"),
    "beside": (
        "lies {away_m} m outside all grids; counted for {other}",
        "check it, if it is not on the border",
    ),
    "other_grid": ("lies in {found}, its row says {other}; the place counts", "correct the row or the place"),
    # the county
    "mostly_outside": (
        "{outside} of {rows} places lie outside all grids",
        "check the coordinate system: {hint}",
    ),
    "wrong_system": (
        "lies {median_m} m from the roads by {given}, {other_m} m by {other}",
        "choose {other} as the coordinate system if that is where the data come from",
    ),
    "needs_layers": (
        "no real county is here yet: its first import needs {needed}; {missing} missing",
        "give those layers in the same import",
    ),
    "generated_in_use": (
        "what was recorded in the generated county would go with it ({goes})",
        "say --replace-generated (in the console: the box beside Apply) if that may go, "
        "or begin with an empty database",
    ),
    "evidence_made": (
        "{exports} evidence files were made of alerts of the generated county",
        "begin with an empty database: these alerts must stay",
    ),
    "live_camera_stays": (
        "has a source and is not in the file: it stays, counted for {other}",
        "add it to the cameras with its place",
    ),
    "kept_outside": (
        "{count} that are not in the file lie outside the new grids",
        "give them their places, or list them",
    ),
    "road_class": (
        "is no class of road",
        "write national, provincial, county, street, lane, or 国道 省道 县道 乡道 村道",
    ),
    "road_oneway": ("is no direction", "write yes (along the line), -1 (against it) or no"),
    "road_maxspeed": ("is no speed", "write km/h as a number, or leave it empty"),
    "road_coordinates": ("is no place in degrees", "name the coordinate system that the file is in"),
    "road_geometry": ("is no line", "draw roads as LineString or MultiLineString"),
    "road_line": ("is a line of fewer than two places", "give every line two places or more"),
    "road_no_roads": ("holds no road for cars", "take lines with highway=… (OSM) or with a column class"),
    "road_scattered": (
        "falls into pieces: {count} of its crossings hang together",
        "join lines where roads meet: ends more than 2 m apart do not",
    ),
    "road_parts": (
        "{count} crossings are not reached from the others and are left out",
        "join their ends, if cars drive there",
    ),
    "road_ferries": ("{count} ferries are left out", "know that islands have no road to them"),
    "road_cut_roads": (
        "{count} places of roads are missing",
        "take a complete extract: roads end at the cut",
    ),
    "roads_away": ("no road lies within the county", "check the coordinate system, or take another extract"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. row: as a person counts it in the sheet, the heading being row 1; None: the file."""

    severity: str  # error | warning
    layer: str
    file: str
    code: str
    row: int | None = None
    field: str | None = None
    value: str | None = None
    numbers: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def says(self) -> str:
        """Return what is wrong, in English."""
        return WORDS[self.code][0].format(**self.numbers)

    @property
    def fix(self) -> str:
        """Return what to do, in English."""
        return WORDS[self.code][1].format(**self.numbers)

    def as_json(self) -> dict[str, Any]:
        """Return it as the API and --json show it."""
        return {
            "severity": self.severity,
            "layer": self.layer,
            "file": self.file,
            "row": self.row,
            "field": self.field,
            "value": self.value,
            "code": self.code,
            "numbers": self.numbers,
            "says": self.says,
            "fix": self.fix,
        }

    def sentence(self) -> str:
        """Return it as one line for the shell."""
        where = f"{self.layer}, {self.file or 'the county'}" + (f", row {self.row}" if self.row else "")
        what = " ".join(part for part in (self.field, f"'{self.value}'" if self.value else None) if part)
        return f"{self.severity}: {where}: {what + ' ' if what else ''}{self.says}: {self.fix}."


class Findings:
    """What was found so far; of one kind of finding in a layer only the first are kept, all are counted."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._rows: set[tuple[str, int | None]] = set()

    def add(self, found: Finding) -> None:
        """Keep a finding, its value shortened."""
        key = (found.layer, found.severity, found.code)
        self._counts[key] += 1
        if found.severity == "error":
            self._rows.add((found.layer, found.row))
        if self._counts[key] <= MOST_KEPT:
            self.kept.append(found)

    def told_of(self, layer: str, row: int) -> bool:
        """Return whether an error of this row was told."""
        return (layer, row) in self._rows

    def count(self, severity: str, layer: str | None = None) -> int:
        """Return how many of a severity there are, in one layer or in all."""
        return sum(
            count
            for (where, how, _), count in self._counts.items()
            if how == severity and layer in (None, where)
        )


def shown(value: object) -> str | None:
    """Return a value of a file as a finding may show it: short, one line, printable."""
    if value is None:
        return None
    text = "".join(char if char.isprintable() else "·" for char in str(value)[: LONGEST_VALUE + 1])
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


class BadFile(Exception):
    """A file cannot be used at all; code and numbers as in WORDS."""

    def __init__(self, code: str, **numbers: Any) -> None:
        super().__init__(code)
        self.code, self.numbers = code, numbers
