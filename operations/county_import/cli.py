"""`watchgrid county import`: a dry run of a county's files, or with --apply the import itself."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from config.settings import load_settings
from operations.audit import at_the_shell
from operations.county_import.applying import apply
from operations.county_import.comparing import Trial, dry_run
from operations.county_import.layers import LAYERS, check_mapping
from operations.county_import.reading import formats_of
from operations.county_import.records import LayerFile
from operations.county_import.report import report_json, report_lines
from operations.county_import.rows import Wishes
from operations.county_import.systems import GK, SYSTEMS, system_from
from operations.facts import Fact
from operations.store import DatabaseDown, Engine, engine_from_url, reading, writing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    for layer in LAYERS:
        name = f"--{layer.replace('_', '-')}"
        parser.add_argument(name, type=Path, metavar="FILE", help=", ".join(formats_of(layer)))
    parser.add_argument(
        "--crs", default="wgs84", metavar="SYSTEM", help=f"{', '.join(SYSTEMS)} or {GK}:120; default wgs84"
    )
    parser.add_argument(
        "--map", action="append", default=[], metavar="LAYER.FIELD=HEADING", help="a column named otherwise"
    )
    parser.add_argument("--name", help="the county's name")
    parser.add_argument("--apply", action="store_true", help="import it, if there is no error")
    parser.add_argument(
        "--replace-generated",
        action="store_true",
        help="let go of what was recorded in the generated county (the report says what)",
    )
    parser.add_argument("--json", action="store_true", help="the report as JSON")


def run(options: argparse.Namespace) -> int:
    """Return 0 without errors (applied, if asked for), 1 with errors, 2 if it cannot even be tried."""
    try:
        files, wishes = _files(options), _wishes(options)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    engine = engine_from_url(load_settings().database)
    try:
        return _import(engine, files, wishes, options)
    except DatabaseDown as error:
        why = str(error.orig).splitlines()[0]
        print(f"The database cannot be used ({why}): run `watchgrid migrate`.", file=sys.stderr)
        return 2
    finally:
        engine.dispose()


def _import(engine: Engine, files: list[LayerFile], wishes: Wishes, options: argparse.Namespace) -> int:
    with reading(engine) as session:
        trial = dry_run(session, files, wishes, lambda said: print(f"{said} …", file=sys.stderr, flush=True))
    applied = False
    if options.apply and trial.can_apply:
        print("importing …", file=sys.stderr, flush=True)
        try:
            with writing(engine) as session:
                apply(session, trial, at_the_shell(), datetime.now(UTC))
        except Fact as fact:
            print(fact, file=sys.stderr)
            return 1
        applied = True
    _print(trial, applied, options)
    return 0 if trial.can_apply else 1


def _print(trial: Trial, applied: bool, options: argparse.Namespace) -> None:
    if options.json:
        report = report_json(trial) | {"applied": applied}
        report.pop("preview")
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for line in report_lines(trial):
        print(line)
    if applied:
        print("Imported. Open consoles show it after a reload.")
    elif trial.can_apply:
        print("Nothing was changed: this was a dry run. Say --apply to import it.")
    else:
        print("Nothing was changed: correct the errors first.")


def _files(options: argparse.Namespace) -> list[LayerFile]:
    files = []
    for layer in LAYERS:
        path = getattr(options, layer)
        if path is None:
            continue
        if not path.is_file():
            raise ValueError(f"--{layer.replace('_', '-')}: there is no file {path}.")
        files.append(LayerFile(layer, path, path.name))
    if not files:
        raise ValueError("Name at least one file, such as --cameras cameras.xlsx.")
    return files


def _wishes(options: argparse.Namespace) -> Wishes:
    mapping: dict[str, dict[str, str]] = {}
    for text in options.map:
        place, _, heading = text.partition("=")
        layer, _, field = place.partition(".")
        check_mapping(layer, field, heading)
        mapping.setdefault(layer, {})[field] = heading
    try:
        system = system_from(options.crs)
    except ValueError as error:
        raise ValueError(f"--crs {error}.") from None
    return Wishes(system, mapping, options.name, options.replace_generated)
