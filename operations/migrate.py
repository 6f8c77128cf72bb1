"""Bring the database to the newest schema; says nothing about what is in it."""

from datetime import date, timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from operations.store import Engine, ensure_partitions, writing

PARTITIONS_AHEAD_DAYS = 7


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def migrate(engine: Engine, today: date) -> None:
    """Run every missing migration, then create the sightings partitions around `today` (UTC)."""
    config = _config()
    writer = engine.execution_options(watchgrid_writes=True)
    with writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    with writing(engine) as session:
        ensure_partitions(session, today - timedelta(days=1), today + timedelta(days=PARTITIONS_AHEAD_DAYS))


def is_current(engine: Engine) -> bool:
    """Return whether the database has the newest schema."""
    with engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_heads()
    return set(here) == set(ScriptDirectory.from_config(_config()).get_heads())
