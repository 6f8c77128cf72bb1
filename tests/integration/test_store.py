"""The store: the same promises on SQLite and PostgreSQL."""

from datetime import timedelta

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from operations.migrate import is_current
from operations.store import Engine, drop_partitions_before, insert_new, reading, writing
from operations.tables import SightingRow, Table
from tests.conftest import START


def _row(name: str) -> dict[str, object]:
    times = dict.fromkeys(("seen_at", "first_seen_at", "last_seen_at", "received_at"), START)
    return {"id": name, "camera_id": 1, "vehicle_class": "car", "confidence": 0.9, **times}


def test_a_row_inserted_twice_is_there_once(engine: Engine) -> None:
    with writing(engine) as session:
        assert insert_new(session, SightingRow, [_row("a"), _row("b")]) == {"a", "b"}
    with writing(engine) as session:
        assert insert_new(session, SightingRow, [_row("b"), _row("c")]) == {"c"}
    with reading(engine) as session:
        rows = session.query(SightingRow).order_by(SightingRow.id).all()
        assert [row.id for row in rows] == ["a", "b", "c"]
        assert rows[0].seen_at == START


def test_the_schema_is_current_and_old_partitions_go(engine: Engine) -> None:
    assert is_current(engine)
    if engine.dialect.name != "postgresql":
        return
    with writing(engine) as session:
        assert drop_partitions_before(session, START.date()) == [
            f"sightings_{START - timedelta(days=1):%Y%m%d}"
        ]


def test_the_migrations_make_the_tables_that_the_code_declares(engine: Engine) -> None:
    def is_ours(thing: object, name: str | None, kind: str, reflected: bool, _: object) -> bool:
        return not (kind == "table" and reflected and str(name).startswith("sightings_"))  # a daily partition

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        assert compare_metadata(context, Table.metadata) == []
