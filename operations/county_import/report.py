"""Reports: a dry run as JSON for the API and scripts, and as lines for the shell. Judges nothing."""

from collections.abc import Iterator
from typing import Any

import shapely

from operations.county_import.comparing import LayerChange, Trial
from operations.county_import.findings import Finding
from operations.county_import.layers import LAYERS

PREVIEW_DEG = 0.0005  # 50 m: what a small map can show
MOST_DOTS = 3_000


def report_json(trial: Trial) -> dict[str, Any]:
    """Return the whole report; findings with errors first, then as the layers refer to each other."""
    return {
        "can_apply": trial.can_apply,
        "crs": str(trial.wishes.system),
        "layers": [_layer_json(layer, trial) for layer in LAYERS],
        "findings": [one.as_json() for one in ordered(trial)],
        "errors": trial.found.count("error"),
        "warnings": trial.found.count("warning"),
        "replaces_generated": trial.replaces,
        "going": {layer: len(ids) for layer, ids in trial.going.items() if ids},
        "recorded": trial.recorded,
        "preview": _preview(trial),
    }


def ordered(trial: Trial) -> list[Finding]:
    """Return the findings, errors first."""
    place = {layer: index for index, layer in enumerate(("county", *LAYERS))}
    return sorted(
        trial.found.kept,
        key=lambda one: (one.severity != "error", place[one.layer], one.row or 0),
    )


def _layer_json(layer: str, trial: Trial) -> dict[str, Any]:
    change = trial.layers.get(layer, LayerChange())
    return {
        "layer": layer,
        "file": change.file or None,
        "crs": change.system or None,
        "rows": change.rows,
        "new": len(change.new),
        "changed": len(change.changed),
        "unchanged": change.unchanged,
        "missing": change.missing,
        "moved": change.moved,
        "errors": trial.found.count("error", layer),
        "warnings": trial.found.count("warning", layer),
        "columns": change.columns,
        "ignored": change.ignored[:60],
    }


def _preview(trial: Trial) -> dict[str, Any]:
    """Return what a small map shows: the outline of the county and up to MOST_DOTS new or changed places."""
    lines: list[Any] = []
    if trial.outline is not None:
        simple = shapely.simplify(trial.outline, PREVIEW_DEG)
        lines = [
            shapely.get_coordinates(ring).round(4).tolist()
            for part in shapely.get_parts(simple)
            for ring in shapely.get_rings(part)
        ]
    dots: dict[str, Any] = {}
    for layer in ("points", "cameras", "stations"):
        places = [
            [round(row["lon"], 4), round(row["lat"], 4)]
            for row in [*trial.layers[layer].new, *(values for _, values in trial.layers[layer].changed)]
            if "lon" in row and "lat" in row
        ]
        dots[layer] = places[:: max(1, len(places) // MOST_DOTS + 1)] if len(places) > MOST_DOTS else places
    return {"outline": lines, "dots": dots}


def report_lines(trial: Trial, most: int = 40) -> Iterator[str]:
    """Yield the report for the shell: a table of layers, then the first findings."""
    columns = ("rows", "new", "changed", "unchanged", "missing", "errors", "warnings")
    yield f"{'layer':<10}" + "".join(f"{name:>10}" for name in columns)
    for line in (_layer_json(layer, trial) for layer in LAYERS):
        if line["file"]:
            yield f"{line['layer']:<10}" + "".join(f"{line[name]:>10}" for name in columns)
    found = ordered(trial)
    for one in found[:most]:
        yield one.sentence()
    rest = trial.found.count("error") + trial.found.count("warning") - min(most, len(found))
    if rest:
        yield f"… and {rest} more: --json has them."
    if trial.going and any(trial.going.values()):
        gone = ", ".join(f"{len(ids)} {layer}" for layer, ids in trial.going.items() if ids)
        yield f"The generated county goes: {gone}."
