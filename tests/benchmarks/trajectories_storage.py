"""What a stored month weighs, in bytes a row, and how the database goes about the questions."""

from typing import Any

from sqlalchemy import func, select

from operations.store import Engine, reading
from operations.tables import PlateRow, SightingRow
from tests.benchmarks.trajectories_measure import Bare
from tests.benchmarks.trajectories_questions import AT_A_CAMERA, EVERYTHING, NEAR, Asking

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
SIZES_OF_SQLITE = "SELECT name, sum(pgsize) FROM dbstat WHERE aggregate = 1 GROUP BY name"


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
    """Return how the database goes about the statements that all questions are made of."""
    clone = asking.month.truth.clones[0].plate
    camera = int(asking.month.camera[len(asking.month) // 2]) + 1
    at = asking.month.wishes.ends - NEAR * 200
    statements = {
        "path": (EVERYTHING.format("?, ?"), (clone, clone[:-1] + "7", asking.since, asking.until)),
        "around a pass": (AT_A_CAMERA, (camera, at - NEAR, at + NEAR)),
        "plates": ("SELECT id, text FROM plates WHERE id > ? ORDER BY id LIMIT 100000", (0,)),
    }
    told: Json = {}
    for name, (statement, values) in statements.items():
        explain = (
            "EXPLAIN (ANALYZE, BUFFERS)"
            if asking.engine.dialect.name == "postgresql"
            else "EXPLAIN QUERY PLAN"
        )
        lines = [
            " ".join(str(cell) for cell in row) for row in asking.bare.rows(f"{explain} {statement}", values)
        ]
        told[name] = (
            lines if len(lines) < 24 else [*lines[:12], f"… {len(lines) - 20} lines more", *lines[-8:]]
        )
    return told
