"""Logging: one line per event on standard error, with the process's name; no handler of its own."""

import logging
import sys


def set_up_logging(process: str, level: str = "INFO") -> None:
    """Send records of `level` and above to standard error, marked with the name of this process."""
    logging.basicConfig(
        stream=sys.stderr,
        level=level,
        format=f"%(asctime)s {process:<10} %(levelname)-7s %(name)s: %(message)s",
        datefmt="%H:%M:%S",
        force=True,
    )
    logging.getLogger("uvicorn.access").setLevel("WARNING")
    logging.getLogger("alembic").setLevel("WARNING")
