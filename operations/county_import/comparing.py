"""Comparing: what an import would add, change, leave and take away. Reads the database, changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.coordinates import haversine_m
from geo.roads import RoadNetwork
from operations.county import road_network
from operations.county_import.findings import Finding, Findings
from operations.county_import.layers import AREAS, DEFAULTS, FIRST_NEEDS, LAYERS, PLACES
from operations.county_import.merging import Merged, Read, merge
from operations.county_import.placing import NEAR_M
from operations.county_import.records import LayerFile
from operations.county_import.replacing import evidence_of, going_of, recorded_with
from operations.county_import.road_layer import road_layer
from operations.county_import.rows import LayerRows, Row, Teller, Wishes, layer_rows
from operations.county_import.standing import TABLES, Standing, Stood, standing
from operations.store import Session

SAME_DEG = 2e-7  # 2 cm: what going through another coordinate system and back may change
SAME_M = 1.0


@dataclass
class LayerChange:
    """What happens to one layer. new: rows; changed: (id, columns); references are codes."""

    file: str = ""
    rows: int = 0
    system: str = ""
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    unchanged: int = 0
    missing: int = 0  # in the database, not in the file: kept
    moved: int = 0  # of those missing: in another grid or town now
    columns: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)  # the codes in the file


@dataclass
class Trial:
    """A dry run. going: ids that a generated county loses, by layer; recorded: rows that go with them."""

    layers: dict[str, LayerChange]
    found: Findings
    fingerprint: str
    wishes: Wishes
    replaces: bool = False
    going: dict[str, list[int]] = field(default_factory=dict)
    recorded: dict[str, int] = field(default_factory=dict)
    roads: RoadNetwork | None = None
    outline: BaseGeometry | None = None
    drawn: dict[str, Any] = field(default_factory=dict)

    @property
    def can_apply(self) -> bool:
        """Return whether nothing stands against it."""
        return self.found.count("error") == 0


def read_files(
    files: Sequence[LayerFile], wishes: Wishes, found: Findings, progress: Callable[[str], None]
) -> Read:
    """Read all files, in the order in which their layers refer to each other."""
    read = Read()
    for layer in LAYERS:
        for file in (file for file in files if file.layer == layer):
            progress(f"{layer}: reading {file.name}")
            if layer == "roads":
                read.roads = road_layer(file, wishes, found)
            else:
                read.layers[layer] = layer_rows(file, wishes, found)
    return read


def dry_run(
    session: Session,
    files: Sequence[LayerFile],
    wishes: Wishes,
    progress: Callable[[str], None] = lambda _: None,
) -> Trial:
    """Read, check and compare the files; nothing is changed. Every fault is in `Trial.found`."""
    found = Findings()
    read = read_files(files, wishes, found, progress)
    progress("comparing with what is there")
    here = standing(session)
    trial = Trial({}, found, here.fingerprint, wishes, replaces=here.generated)
    base = here.rows
    if here.generated:
        trial.going, base = going_of(here, _same_things(read, here))
        _tell_first(read, base, found)
    known_roads = None if here.generated or here.roads_version is None else road_network(session)
    merged = merge(read, base, here, found, known_roads)
    for layer in TABLES:
        made = read.layers.get(layer)
        trial.layers[layer] = _change(layer, made, base[layer]) if made else LayerChange()
        if not made:
            trial.layers[layer].missing = len(base[layer])
    _rehome(trial, merged, here, base)
    _road_change(trial, read, merged, here)
    trial.outline = _outline(merged)
    if here.generated and any(trial.going.values()):
        _tell_going(session, trial)
    return trial


def _same_things(read: Read, here: Standing) -> dict[str, set[str]]:
    """Return by layer the codes that mean the same thing in the files as in the generated county."""
    same: dict[str, set[str]] = {}
    for layer, made in read.layers.items():
        same[layer] = {row.code for row in made.rows if _is_same(layer, row, here.rows[layer].get(row.code))}
    return same


def _is_same(layer: str, row: Row, stood: Stood | None) -> bool:
    if stood is None:
        return False
    if layer in AREAS:
        return row.shape is None or (stood.shape is not None and _same_shape(row.shape, stood.shape))
    if layer == "units":
        return bool(row.values.get("name") == stood.values["name"])
    if np.isnan(row.lon):
        return True
    return float(haversine_m(row.lon, row.lat, stood.values["lon"], stood.values["lat"])) <= SAME_M


def _same_shape(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Return whether two outlines are the same to some centimetres, wherever their rings begin."""
    if not np.allclose(one.bounds, other.bounds, atol=SAME_DEG, rtol=0):
        return False
    if shapely.equals_exact(one, other, SAME_DEG):
        return True
    if shapely.get_num_coordinates(one) != shapely.get_num_coordinates(other):
        return False
    if shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), SAME_DEG):
        return True
    return bool(shapely.hausdorff_distance(one, other) < 5 * SAME_DEG)


def _tell_first(read: Read, base: Mapping[str, Mapping[str, Stood]], found: Findings) -> None:
    given = {*read.layers, *(["roads"] if read.roads else [])}
    missing = [layer for layer in FIRST_NEEDS if layer not in given]
    if missing:
        numbers = {"needed": ", ".join(FIRST_NEEDS), "missing": ", ".join(missing)}
        found.add(Finding("error", "county", "", "needs_layers", numbers=numbers))


def _change(layer: str, made: LayerRows, base: Mapping[str, Stood]) -> LayerChange:
    change = LayerChange(
        made.file.name, made.read, str(made.system), columns=made.columns, ignored=made.ignored
    )
    for row in made.rows:
        values = dict(row.values)
        if layer in PLACES:
            values |= {"lon": round(row.lon, 7), "lat": round(row.lat, 7)} if np.isfinite(row.lon) else {}
        stood = base.get(row.code)
        if stood is None:
            defaults = DEFAULTS[layer] | ({"name": row.code} if layer == "cameras" else {})
            change.new.append(
                {"code": row.code} | defaults | values | ({"geometry": row.shape} if layer in AREAS else {})
            )
            continue
        different = {name: value for name, value in values.items() if _differs(name, value, stood.values)}
        if row.shape is not None and stood.shape is not None and not _same_shape(row.shape, stood.shape):
            different["geometry"] = row.shape
        if different:
            change.changed.append((stood.id, different))
        else:
            change.unchanged += 1
    change.listed = {row.code for row in made.rows}
    change.missing = len(base.keys() - change.listed)
    return change


def _differs(name: str, value: Any, stood: Mapping[str, Any]) -> bool:
    if name not in stood:
        return False
    before = stood[name]
    if isinstance(value, float) and isinstance(before, float):
        return abs(value - before) > (SAME_DEG if name in ("lon", "lat") else 1e-6)
    return bool(value != before)


def _rehome(trial: Trial, merged: Merged, here: Standing, base: Mapping[str, Mapping[str, Stood]]) -> None:
    """Give places that the files do not hold the grids and towns in which they lie from now on."""
    if not (trial.layers["towns"].file or trial.layers["grids"].file) or not trial.can_apply:
        return
    for layer in PLACES:
        kept = [stood for code, stood in base[layer].items() if code not in trial.layers[layer].listed]
        lon, lat = (np.array([stood.values[name] for stood in kept], dtype=float) for name in ("lon", "lat"))
        grid, away = merged.ground.locate(lon, lat)
        far = 0
        tell = Teller(layer, trial.layers[layer].file, trial.found)
        for stood, index, metres in zip(kept, grid.tolist(), away, strict=True):
            far += metres > NEAR_M
            if trial.replaces:
                tell.warning(
                    "live_camera_stays",
                    None,
                    ("code", here.ids[layer][stood.id]),
                    other=merged.grids.codes[index],
                )
            if index < 0 or (metres > NEAR_M and not trial.replaces):
                continue
            home = {"grid": merged.grids.codes[index], "town": merged.grids.parents[index]}
            wanted = {n: v for n, v in home.items() if n in stood.values and stood.values[n] != v}
            if wanted:
                trial.layers[layer].changed.append((stood.id, wanted))
                trial.layers[layer].moved += 1
        if far:
            tell.warning("kept_outside", count=int(far))


def _road_change(trial: Trial, read: Read, merged: Merged, here: Standing) -> None:
    change = trial.layers["roads"] = LayerChange()
    if read.roads is None:
        change.missing = int(here.roads_version is not None)
        return
    change.file, change.system = read.roads.file.name, str(read.roads.system)
    change.rows = read.roads.lines
    if merged.roads is None:
        return
    if merged.roads.version == here.roads_version:
        change.unchanged = change.rows
    else:
        trial.roads = merged.roads
        change.new = [{"line": number} for number in range(change.rows)]


def _outline(merged: Merged) -> BaseGeometry | None:
    if not merged.towns.codes:
        return None
    try:
        return shapely.union_all(merged.towns.shapes)
    except shapely.errors.GEOSException:
        return shapely.unary_union(merged.towns.shapes, grid_size=1e-7)


def _tell_going(session: Session, trial: Trial) -> None:
    """Tell what was recorded in the generated county, and refuse unless that may go."""
    trial.recorded = recorded_with(session, trial.going)
    exports = evidence_of(session, trial.going["cameras"])
    if exports:
        trial.found.add(Finding("error", "county", "", "evidence_made", numbers={"exports": exports}))
    if trial.recorded and not trial.wishes.replace_generated:
        goes = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in trial.recorded.items())
        numbers = {"goes": goes, "recorded": trial.recorded}
        trial.found.add(Finding("error", "county", "", "generated_in_use", numbers=numbers))
