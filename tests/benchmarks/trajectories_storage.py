"""What a stored month weighs, in bytes a row, and how the database goes about the questions."""

import time
from typing import Any

from sqlalchemy import event, func, select

from operations.store import Engine, reading
from operations.tables import PlateRow, SightingRow
from tests.benchmarks.trajectories_measure import Bare
from tests.benchmarks.trajectories_questions import Asking

Json = dict[str, Any]

SIZES_OF_PARTITIONS = """
SELECT CASE WHEN c.relkind = 'r' THEN 'sightings' ELSE regexp_replace(c.relname, '_\\d{8}', '') END AS name,
       sum(pg_relation_size(c.oid))::bigint
FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE coalesce(i.indrelid, c.oid) IN
  (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'sightings'::regclass)
GROUP BY 1"""
SIZES_OF_TABLES = """
SELECT relname, pg_relation_size(oid) FROM pg_class
WHERE relname IN ('plates', 'plates_pkey', 'ix_plates_last_day', 'plates_text_key', 'uq_plates_text')"""
# Pages, not bytes: summed up by dbstat itself, bytes overflow at 2 GB.
SIZES_OF_SQLITE = """
SELECT name, sum(pageno) * (SELECT page_size FROM pragma_page_size) FROM dbstat WHERE aggregate = 1
GROUP BY name"""


def storage(engine: Engine, bare: Bare) -> Json:
    """Return bytes in all and for each row, by table and index."""
    with reading(engine) as session:
        rows = session.scalar(select(func.count()).select_from(SightingRow)) or 1
        plates = session.scalar(select(func.count()).select_from(PlateRow)) or 1
    on_postgresql = engine.dialect.name == "postgresql"
    found = (
        bare.rows(SIZES_OF_PARTITIONS) + bare.rows(SIZES_OF_TABLES)
        if on_postgresql
        else bare.rows(SIZES_OF_SQLITE)
    )
    sizes = {str(name): int(size) for name, size in found}
    of_sightings = {
        n: s for n, s in sizes.items() if "sightings" in n and "case" not in n and "alert" not in n
    }
    of_plates = {n: s for n, s in sizes.items() if "plates" in n}
    return {
        "sightings": rows,
        "plates": plates,
        "gb": round(sum(of_sightings.values()) / 1e9, 3),
        "bytes_a_sighting": {name: round(size / rows, 1) for name, size in sorted(of_sightings.items())},
        "bytes_a_plate": {name: round(size / plates, 1) for name, size in sorted(of_plates.items())},
    }


def plans(asking: Asking) -> Json:
    """Return how the database goes about the dearest statement of each kind of question."""
    plate = asking.month.truth.clones[0].plate
    return {kind: _dearest(asking, kind, plate) for kind in ("path", "search", "companions")}


def _dearest(asking: Asking, kind: str, plate: str) -> Json:
    """Ask twice; explain the statement of the second time that took longest, with its own values."""
    asking.ask(kind, plate)
    taken: list[tuple[float, str, Any]] = []

    def before(*call: Any) -> None:
        call[4].benchmark_started_s = time.perf_counter()

    def after(*call: Any) -> None:
        taken.append((time.perf_counter() - call[4].benchmark_started_s, call[2], call[3]))

    event.listen(asking.engine, "before_cursor_execute", before)
    event.listen(asking.engine, "after_cursor_execute", after)
    asking.ask(kind, plate)
    event.remove(asking.engine, "before_cursor_execute", before)
    event.remove(asking.engine, "after_cursor_execute", after)
    seconds, statement, values = max(taken, key=lambda each: each[0])
    on_postgresql = asking.engine.dialect.name == "postgresql"
    explain = "EXPLAIN (ANALYZE, BUFFERS)" if on_postgresql else "EXPLAIN QUERY PLAN"
    with asking.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{explain} {statement}", values).all()
    lines = [(str(row[0]) if on_postgresql else str(row[-1]))[:200] for row in rows]
    shown = lines if len(lines) < 40 else [*lines[:24], f"… {len(lines) - 36} lines more", *lines[-12:]]
    return {"ms": round(seconds * 1000, 2), "statements": len(taken), "plan": shown}
