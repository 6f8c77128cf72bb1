"""`watchgrid county generate`: the generated county, for hosts that `watchgrid up` does not start."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from config.settings import load_settings
from operations.first_run import DEFAULT_SEED, ensure_county
from operations.store import engine_from_url


def main(argv: Sequence[str]) -> int:
    """Store the generated county when there is none."""
    parser = argparse.ArgumentParser(prog="watchgrid county")
    generate = parser.add_subparsers(dest="action", required=True).add_parser("generate")
    generate.add_argument("--seed", type=int, default=DEFAULT_SEED, help="the same county for one seed")
    options = parser.parse_args(argv)
    ensure_county(engine_from_url(load_settings().database), datetime.now(UTC), options.seed)
    print("There is a county.")
    return 0
