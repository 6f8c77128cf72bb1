"""Writes a generated month into an empty, migrated database, as fast as it takes it; learns nothing of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, insert, select

from operations.county import store_county
from operations.store import Engine, ensure_partitions, writing
from operations.tables import Camera, CameraHour, SightingRow
from tests.benchmarks import county_plates
from tests.benchmarks.county_truth import CLASSES, COLOURS, Month

ROWS_AT_ONCE = 100_000
COLUMNS = [
    "id",
    "seen_at",
    "first_seen_at",
    "last_seen_at",
    "received_at",
    "clock_offset_s",
    "camera_id",
    "plate",
    "plate_kind",
    "plate_confidence",
    "vehicle_class",
    "colour",
    "direction",
    "lane",
    "confidence",
    "simulated",
]
KINDS = np.array(["blue", "green"])
Lists = list[list[Any]]
Says = Callable[[str], None]


def write_month(engine: Engine, month: Month, says: Says = lambda _: None) -> None:
    """Store the county, the sightings, the plates and the camera hours; nothing is learned from them."""
    first, last = (datetime.fromtimestamp(float(month.seen_at[i]), UTC) for i in (0, -1))
    with writing(engine) as session:
        store_county(session, month.county, month.wishes.ends)
        ensure_partitions(session, (first - timedelta(days=1)).date(), (last + timedelta(days=2)).date())
        by_code = dict(session.execute(select(Camera.code, Camera.id)).all())
    camera_ids = np.array([by_code[code] for code in month.county.cameras.codes], dtype=np.int64)
    on_postgresql = engine.dialect.name == "postgresql"
    engine.dispose()  # no other connection: SQLite then gives up its journal
    writer = engine.execution_options(watchgrid_writes=True)
    with writer.connect() as connection:
        if not on_postgresql:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "temp_store=MEMORY"):
                connection.connection.driver_connection.execute(f"PRAGMA {pragma}").close()
        with connection.begin():
            indexes = list(SightingRow.__table__.indexes)  # put back at the end: quicker than row by row
            for index in indexes:
                index.drop(connection)
            _fill(connection, "sightings", COLUMNS, _rows(month, camera_ids, says))
            _fill(connection, "plates", ["text", "first_day", "last_day"], _plates(month))
            says("indexes")
            for index in indexes:
                index.create(connection)
            _count_hours(connection, month, camera_ids)
        with connection.begin():
            connection.exec_driver_sql("ANALYZE")
    engine.dispose()  # its connections were set up for filling


def _fill(connection: Connection, table: str, names: list[str], chunks: Iterator[Lists]) -> None:
    """Insert columns of texts and numbers, chunk by chunk; an empty text becomes NULL."""
    driver: Any = connection.connection.driver_connection
    listed = ", ".join(names)
    if connection.dialect.name != "postgresql":
        statement = f"INSERT INTO {table} ({listed}) VALUES ({', '.join('?' * len(names))})"
        for columns in chunks:
            driver.executemany(statement, zip(*(_nulls(column) for column in columns), strict=True))
        return
    line = "\t".join(["{}"] * len(names)).format
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({listed}) FROM STDIN (NULL '')") as copy:
        for columns in chunks:
            copy.write("\n".join(map(line, *columns)) + "\n")


def _nulls(column: list[Any]) -> list[Any]:
    return [each if each != "" else None for each in column] if "" in column else column


def _rows(month: Month, camera_ids: NDArray[np.int64], says: Says) -> Iterator[Lists]:
    codes = np.array(month.county.cameras.codes)
    classes, colours = np.array(CLASSES), np.array([*COLOURS, ""])  # the last: colour -1
    for start in range(0, len(month), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        camera, seen_at = month.camera[part], month.seen_at[part]
        ms = np.round(seen_at * 1000).astype(np.int64)
        plates = month.texts(part)
        kinds = np.where(plates == "", "", KINDS[(month.read[part, 7] > 0).astype(int)])
        sure = np.round(month.confidence[part].astype(np.float64), 3)
        offsets = np.round(month.clock_offset_s[part].astype(np.float64), 1)
        numbers = range(start, start + len(camera))
        yield [
            [
                f"{code}:{at}:{n}"
                for code, at, n in zip(codes[camera].tolist(), ms.tolist(), numbers, strict=True)
            ],
            *(_times(ms + shift) for shift in (0, -1200, 800, 1000)),
            ["" if offset != offset else offset for offset in offsets.tolist()],
            camera_ids[camera].tolist(),
            plates.tolist(),
            kinds.tolist(),
            ["" if not plate else share for plate, share in zip(plates.tolist(), sure.tolist(), strict=True)],
            classes[month.vehicle_class[part]].tolist(),
            colours[month.colour[part]].tolist(),
            list(repeat("towards", len(camera))),
            month.lane[part].tolist(),
            list(repeat(0.9, len(camera))),
            list(repeat(1, len(camera))),
        ]
        if start // ROWS_AT_ONCE % 10 == 9:
            says(f"{(start + ROWS_AT_ONCE) / 1e6:.0f} M sightings written")


def _times(ms: NDArray[np.int64]) -> list[str]:
    """Return epoch milliseconds as both databases take a UTC time."""
    texts = np.datetime_as_string((ms * 1000).astype("datetime64[us]"))
    letters = texts.view("U1").reshape(len(texts), -1)
    letters[:, 10] = " "
    return letters.view(f"U{letters.shape[1]}").ravel().tolist()


def _plates(month: Month) -> Iterator[Lists]:
    """Yield every text that was read with its first and last day (UTC), in the order they came."""
    numbers = county_plates.as_numbers(month.read)
    _, first = np.unique(numbers, return_index=True)
    _, back = np.unique(numbers[::-1], return_index=True)
    last = len(numbers) - 1 - back
    order = np.argsort(first)
    order = order[numbers[first[order]] != 0]
    for start in range(0, len(order), ROWS_AT_ONCE):
        part = order[start : start + ROWS_AT_ONCE]
        days = (
            np.datetime_as_string(month.seen_at[at[part]].astype("datetime64[s]"), unit="D").tolist()
            for at in (first, last)
        )
        yield [month.texts(first[part]).tolist(), *days]


def _count_hours(connection: Connection, month: Month, camera_ids: NDArray[np.int64]) -> None:
    hour = (month.seen_at // 3600.0).astype(np.int64)
    key, which = np.unique(hour * 100_000 + camera_ids[month.camera], return_inverse=True)
    seen = np.bincount(which)
    read = np.bincount(which, month.read[:, 0] > 0).astype(np.int64)
    rows = [
        {
            "camera_id": k % 100_000,
            "hour": datetime.fromtimestamp(k // 100_000 * 3600, UTC),
            "seen": s,
            "read": r,
        }
        for k, s, r in zip(key.tolist(), seen.tolist(), read.tolist(), strict=True)
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        connection.execute(insert(CameraHour.__table__), rows[start : start + ROWS_AT_ONCE])
