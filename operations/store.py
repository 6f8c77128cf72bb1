"""Store: engines, sessions and the few statements that differ between SQLite and PostgreSQL.

The only module besides the migrations that names a SQL dialect.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Result,
    String,
    Subquery,
    bindparam,
    cast,
    column,
    create_engine,
    event,
    func,
    select,
    table,
    text,
    true,
    type_coerce,
)
from sqlalchemy import Engine as Engine  # other rooms take Engine and Session from here
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError as ChangedMeanwhile  # noqa: F401  what api/errors.py answers to
from sqlalchemy.exc import OperationalError as DatabaseDown  # noqa: F401
from sqlalchemy.orm import Session as Session
from sqlalchemy.types import TypeEngine

from operations.tables import SightingRow, Table

BUSY_TIMEOUT_MS = 10_000


def engine_from_url(url: str) -> Engine:
    """Return an engine for `url` (sqlite:///FILE or postgresql+psycopg://…), set up for several processes."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin a writer as IMMEDIATE: a deferred one that reads, then writes, fails under other writers."""
    immediate = connection.get_execution_options().get("watchgrid_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN DEFERRED")


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Yield a Session in one write transaction: committed at the end, rolled back on any error."""
    writer = engine.execution_options(watchgrid_writes=True)
    with Session(writer, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Yield a Session for reading only; nothing done in it is kept, what was read stays readable."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


def insert_new(session: Session, table: type[Table], rows: Sequence[dict[str, Any]]) -> set[Any]:
    """Insert the rows whose primary key is not there yet; return the `id`s that were inserted."""
    if not rows:
        return set()
    if session.get_bind().dialect.name == "postgresql":
        return _insert_new_as_json(session, table, rows)
    statement = sqlite.insert(table).on_conflict_do_nothing().returning(table.__table__.c.id)
    result: Result[Any] = session.execute(statement, list(rows))
    return set(result.scalars())


def _insert_new_as_json(session: Session, table: type[Table], rows: Sequence[dict[str, Any]]) -> set[Any]:
    statement, content = _as_json(table, rows)
    return set(session.execute(text(f"{statement} RETURNING id"), content).scalars())


def _as_json(table: type[Table], rows: Sequence[dict[str, Any]]) -> tuple[str, dict[str, str]]:
    """Return what inserts those rows that are not there yet, and all of them as its one parameter.

    Three times as fast as one parameter for each value.
    """
    columns = table.__table__.c
    defaults = {c.name: c.default.arg for c in columns if c.default is not None and c.default.is_scalar}
    names = ", ".join(c.name for c in columns if c.name in rows[0] or c.name in defaults)
    statement = (
        f"INSERT INTO {table.__tablename__} ({names}) SELECT {names} "
        f"FROM json_populate_recordset(NULL::{table.__tablename__}, CAST(:rows AS json)) "
        "ON CONFLICT DO NOTHING"
    )
    return statement, {"rows": json.dumps([{**defaults, **row} for row in rows], default=_iso)}


def _iso(at: date) -> str:
    return at.isoformat()


def insert_missing(session: Session, table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows whose primary key is not there yet."""
    if not rows:
        return
    if session.get_bind().dialect.name == "postgresql":
        statement, content = _as_json(table, rows)
        session.execute(text(statement), content)
        return
    session.execute(sqlite.insert(table).on_conflict_do_nothing(), list(rows))


def add_amounts(
    session: Session, table: type[Table], rows: Sequence[dict[str, Any]], amounts: Sequence[str]
) -> None:
    """Insert the rows; where a primary key is there already, add its `amounts` to those kept."""
    if not rows:
        return
    if session.get_bind().dialect.name == "postgresql":
        _add_amounts_as_json(session, table, rows, amounts)
        return
    whole: Any = table.__table__  # not the mapped class: that takes twice as long
    insert, columns = sqlite.insert(whole), whole.c
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[column for column in columns if column.primary_key],
            set_={name: columns[name] + insert.excluded[name] for name in amounts},
        ),
        list(rows),
    )


def _add_amounts_as_json(
    session: Session, table: type[Table], rows: Sequence[dict[str, Any]], amounts: Sequence[str]
) -> None:
    """Add to all rows by one parameter, as _insert_new_as_json inserts."""
    name, columns = table.__tablename__, table.__table__.c
    names = ", ".join(column.name for column in columns if column.name in rows[0])
    keys = ", ".join(column.name for column in columns if column.primary_key)
    added = ", ".join(f"{amount} = {name}.{amount} + excluded.{amount}" for amount in amounts)
    statement = text(
        f"INSERT INTO {name} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{name}, "
        f"CAST(:rows AS json)) ON CONFLICT ({keys}) DO UPDATE SET {added}"
    )
    session.execute(statement, {"rows": json.dumps(list(rows), default=datetime.isoformat)})


def running_writers(session: Session) -> tuple[int, int]:
    """Return the oldest writing transaction that still runs and the next to begin, as rising numbers.

    Where none runs they are equal. (0, 0) on SQLite: its writers take turns, what is visible is complete.
    """
    if session.get_bind().dialect.name != "postgresql":
        return 0, 0
    now = text(
        "SELECT CAST(CAST(pg_snapshot_xmin(s) AS text) AS bigint), "
        "CAST(CAST(pg_snapshot_xmax(s) AS text) AS bigint) FROM pg_current_snapshot() s"
    )
    oldest, following = session.execute(now).one()
    return oldest, following


def listed(
    session: Session, rows: Sequence[Sequence[Any]], columns: Sequence[tuple[str, TypeEngine[Any]]]
) -> Subquery:
    """Return rows of values as something to join to: numbers and times (aware), as one JSON parameter.

    Thousands of rows as parameters of their own take longer to write down than to look up.
    """
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    at = "%Y-%m-%d %H:%M:%S.%f" + ("+00" if on_postgresql else "")
    said = [[v.astimezone(UTC).strftime(at) if isinstance(v, datetime) else v for v in row] for row in rows]
    parameter = bindparam("listed", json.dumps(said, separators=(",", ":")), String, unique=True)
    if on_postgresql:
        each = func.json_array_elements(cast(parameter, JSON)).table_valued(column("value", JSON))
        taken = [cast(each.c.value.op("->>")(i), kind).label(name) for i, (name, kind) in enumerate(columns)]
    else:
        each = func.json_each(parameter).table_valued("value")
        taken = [
            type_coerce(func.json_extract(each.c.value, f"$[{i}]"), kind).label(name)
            for i, (name, kind) in enumerate(columns)
        ]
    return select(*taken).subquery()


def for_each(session: Session, rows: Subquery, wanted: Any) -> Any:
    """Return the rows, each beside all that `wanted` finds for it; its conditions name the rows' columns.

    PostgreSQL takes a condition on a row's times for a weak one and would read whole tables: here it looks
    up row by row, each time in the partitions of those times alone (OFFSET 0 keeps it from thinking again).
    """
    if session.get_bind().dialect.name != "postgresql":
        return wanted.add_columns(*rows.c)
    found = wanted.offset(0).lateral()
    return select(*found.c, *rows.c).select_from(rows.join(found, true()))


def is_partitioned(session: Session) -> bool:
    """Return whether sightings live in daily partitions here (PostgreSQL)."""
    return session.get_bind().dialect.name == "postgresql"


def ensure_partitions(session: Session, first: date, last: date) -> None:
    """Create the missing daily partitions of sightings from `first` to `last`; nothing to do on SQLite."""
    if not is_partitioned(session):
        return
    have = set(_partitions(session))
    day = first
    while day <= last:
        name = f"sightings_{day:%Y%m%d}"
        if name not in have:
            start = datetime.combine(day, time.min, UTC)
            session.execute(
                text(
                    f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF sightings FOR VALUES "
                    f"FROM ('{start.isoformat()}') TO ('{(start + timedelta(days=1)).isoformat()}')"
                )
            )
        day += timedelta(days=1)


def drop_partitions_before(session: Session, day: date) -> list[str]:
    """Drop the daily partitions of sightings that end on or before `day`; return their names."""
    limit = f"sightings_{day:%Y%m%d}"
    dropped = [name for name in _partitions(session) if name < limit]
    for name in dropped:
        session.execute(text(f"DROP TABLE {name}"))
    return dropped


def _partitions(session: Session) -> list[str]:
    names = session.execute(
        text(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "JOIN pg_class p ON p.oid = i.inhparent WHERE p.relname = :parent"
        ),
        {"parent": SightingRow.__tablename__},
    ).scalars()
    return sorted(name for name in names if name.removeprefix("sightings_").isdigit())


def take_turn(session: Session, name: str) -> bool:
    """Return whether this transaction alone holds the turn `name`, until it ends; never waits.

    On SQLite a write transaction is alone by itself.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtext(:name))"), {"name": name}))


def partitions_before(session: Session, day: date) -> list[date]:
    """Return the days before `day` that have a partition of sightings; none on SQLite."""
    if not is_partitioned(session):
        return []
    days = (
        datetime.strptime(name.removeprefix("sightings_"), "%Y%m%d").date() for name in _partitions(session)
    )
    return [found for found in days if found < day]


def thin_partition(session: Session, day: date, kept: ColumnElement[bool]) -> int:
    """Drop the partition of a day, save for the rows that `kept` is true of; return how many rows went.

    The kept rows are set aside and put into a new partition: quicker than deleting all the others.
    """
    start = datetime.combine(day, time.min, UTC)
    of_day = (SightingRow.seen_at >= start) & (SightingRow.seen_at < start + timedelta(days=1))
    before = session.scalar(select(func.count()).select_from(SightingRow).where(of_day)) or 0
    columns = SightingRow.__table__.c
    names = [each.name for each in columns]
    aside = table("kept_sightings", *(column(name) for name in names))
    session.execute(text("CREATE TEMP TABLE kept_sightings (LIKE sightings) ON COMMIT DROP"))
    session.execute(aside.insert().from_select(names, select(*columns).where(of_day, kept)))
    session.execute(text(f"DROP TABLE sightings_{day:%Y%m%d}"))
    after = session.scalar(select(func.count()).select_from(aside)) or 0
    if after:
        ensure_partitions(session, day, day)
        session.execute(text("INSERT INTO sightings SELECT * FROM kept_sightings"))
    return before - after
