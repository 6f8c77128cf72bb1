"""`watchgrid user add`: create a login on the command line. Everything else about users is in the console."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from config.settings import load_settings
from operations.access import ROLES, NewUser, add_user
from operations.audit import at_the_shell
from operations.facts import Fact
from operations.store import engine_from_url, writing


def main(argv: Sequence[str]) -> int:
    """Create a user; the password is asked for, or read from standard input when that is no terminal."""
    parser = argparse.ArgumentParser(prog="watchgrid user")
    add = parser.add_subparsers(dest="action", required=True).add_parser("add", help="create a login")
    add.add_argument("login")
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--name", required=True, help="the person's name")
    options = parser.parse_args(argv)
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    try:
        with writing(engine_from_url(load_settings().database)) as session:
            new = NewUser(options.login, options.name, options.role, password)
            add_user(session, new, at_the_shell(), datetime.now(UTC))
    except Fact as fact:
        print(fact, file=sys.stderr)
        return 1
    print(f"Created {options.login} ({options.role}).")
    return 0
