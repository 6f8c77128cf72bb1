"""The `watchgrid` command: reads the arguments and hands over to the room that does the work.

Every command imports its room only when it is asked for, so that an API host needs no vision packages.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Commands that parse their own arguments: name -> (module with main(argv) -> exit code, what it does).
ROOMS = {
    "watch": ("ingest.watch", "vehicle passes of one source, one JSON line each"),
    "models": ("detection.models_cli", "which weights there are; models get yolo26n: more of them"),
    "read": ("detection.read", "plates in photographs, one JSON line per image"),
    "doctor": ("operations.doctor", "what is wrong with this installation, and what to do"),
    "audit": ("operations.audit_cli", "audit verify: whether the audit log is whole"),
    "evidence": (
        "operations.evidence.cli",
        "evidence verify FILE: whether exported evidence is as it was signed",
    ),
    "county": (
        "operations.county_cli",
        "county import: a real county's files in, a dry run first; county generate",
    ),
    "plan": ("operations.patrolling.cli", "plan patrols of a day from a script, and publish them"),
    "cameras": ("operations.cameras_cli", "cameras FILE: give the cameras of a CSV file their sources"),
    "user": ("operations.user_cli", "user add: create a login"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in ROOMS:
        return _room(arguments[0], arguments[1:])
    options = _parser().parse_args(arguments)
    if options.command in ("up", "demo"):
        from operations.up import run

        return run(options, _calibration_of_a_rendered_camera if options.command == "demo" else None)
    if options.command == "migrate":
        return _migrate()
    _parser().print_help()
    return 2


def _room(name: str, arguments: Sequence[str]) -> int:
    module = ROOMS[name][0]
    try:
        return int(importlib.import_module(module).main(arguments))
    except ModuleNotFoundError as error:
        if error.name in ("cv2", "av", "onnxruntime", "rapidocr", "ultralytics"):
            print(
                f"`watchgrid {name}` needs the vision packages: pip install 'watchgrid[vision]'.",
                file=sys.stderr,
            )
            return 2
        raise


def _calibration_of_a_rendered_camera(source: str) -> dict[str, Any]:
    from ingest.synthetic.calibration import calibration_of

    return calibration_of(source)


def _migrate() -> int:
    from datetime import UTC, datetime

    from config.settings import load_settings
    from operations.migrate import migrate
    from operations.store import DatabaseDown, engine_from_url

    try:
        migrate(engine_from_url(load_settings().database), datetime.now(UTC).date())
    except DatabaseDown as error:
        print(
            f"The database does not answer, check DATABASE_URL: {str(error.orig).splitlines()[0]}",
            file=sys.stderr,
        )
        return 2
    print("The database has the newest schema.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="watchgrid", description="A county's cameras, alerts and patrols.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    up = commands.add_parser("up", help="run everything on this host")
    up.add_argument(
        "--camera",
        action="append",
        default=[],
        metavar="SOURCE",
        help="a camera: rtsp://…, http://…, a video file or a folder of images; repeatable",
    )
    up.add_argument("--cameras", type=Path, metavar="FILE", help="a CSV file of cameras: code,name,source")
    demo = commands.add_parser("demo", help="run everything with a generated county and rendered cameras")
    demo.add_argument("--seed", type=int, default=7, help="the county and its traffic; the same for one seed")
    demo.add_argument("--live-cameras", type=int, default=6, help="how many cameras are rendered live")
    for command in (up, demo):
        command.add_argument("--port", type=int, help="port of the console (HTTP_PORT)")
        command.add_argument("--data-dir", type=Path, help="where everything is kept (DATA_DIR)")
    commands.add_parser("migrate", help="bring the database to the newest schema")
    for name, (_, what) in ROOMS.items():
        commands.add_parser(name, help=what, add_help=False)
    return parser


if __name__ == "__main__":
    sys.exit(main())
