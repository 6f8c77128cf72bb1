"""`watchgrid cameras FILE`: a CSV list of cameras into the county; running ingest workers take them up."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from config.settings import load_settings
from operations.audit import at_the_shell
from operations.cameras import BadCameraList, read_camera_file, replace_listed_cameras
from operations.store import engine_from_url, writing


def main(argv: Sequence[str]) -> int:
    """Give the listed cameras their sources, adding those that are new."""
    parser = argparse.ArgumentParser(prog="watchgrid cameras")
    parser.add_argument(
        "file", type=Path, help="UTF-8 CSV: code,name,source and perhaps lon,lat,heading_deg,sub_source"
    )
    options = parser.parse_args(argv)
    try:
        cameras = read_camera_file(options.file)
        with writing(engine_from_url(load_settings().database)) as session:
            replace_listed_cameras(session, cameras, at_the_shell(), datetime.now(UTC))
    except BadCameraList as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(cameras)} cameras have their sources; workers take them up within seconds.")
    return 0
