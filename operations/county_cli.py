"""`watchgrid county`: a county to work in: `import` takes a real one's files, `generate` makes one up."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from config.settings import load_settings
from operations.county_import import cli
from operations.first_run import DEFAULT_SEED, ensure_county
from operations.store import engine_from_url


def main(argv: Sequence[str]) -> int:
    """Import a county, or store the generated county when there is none."""
    parser = argparse.ArgumentParser(prog="watchgrid county")
    actions = parser.add_subparsers(dest="action", required=True)
    generate = actions.add_parser("generate", help="store a generated county, if there is none")
    generate.add_argument("--seed", type=int, default=DEFAULT_SEED, help="the same county for one seed")
    cli.add_arguments(actions.add_parser("import", help="a real county's files in; a dry run first"))
    options = parser.parse_args(argv)
    if options.action == "import":
        return cli.run(options)
    ensure_county(engine_from_url(load_settings().database), datetime.now(UTC), options.seed)
    print("There is a county.")
    return 0
