"""How a speed is taken and told: times of many goes beside the bare database's own, as percentiles."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import numpy as np
from sqlalchemy import Connection

from operations.store import Engine


@dataclass(slots=True)
class Times:
    """Seconds by the clock and of this process's CPU, one of each a go."""

    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)

    def take(self, work: Callable[[], Any]) -> Any:
        """Do the work once, timed; return what it returned."""
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        result = work()
        self.wall_s.append(time.perf_counter() - wall_s)
        self.cpu_s.append(time.process_time() - cpu_s)
        return result

    def told(self) -> dict[str, float]:
        """Return the percentiles in milliseconds. PostgreSQL's own CPU is not in `cpu`."""
        p50, p95 = np.percentile(self.wall_s, [50, 95]) * 1000
        cpu50, cpu95 = np.percentile(self.cpu_s, [50, 95]) * 1000
        told = {"p50_ms": p50, "p95_ms": p95, "most_ms": max(self.wall_s) * 1000}
        told |= {"cpu_p50_ms": cpu50, "cpu_p95_ms": cpu95}
        return {name: round(float(value), 3) for name, value in told.items()} | {"goes": len(self.wall_s)}


def beside(ours: Times, bare: Times) -> dict[str, Any]:
    """Return both and how many times the bare database's time ours is: in all, and at the 95th percentile."""
    return {
        "ours": ours.told(),
        "bare": bare.told(),
        "ratio_of_sums": round(sum(ours.wall_s) / max(sum(bare.wall_s), 1e-9), 2),
        "ratio_at_p95": round(float(np.percentile(ours.wall_s, 95) / np.percentile(bare.wall_s, 95)), 2),
    }


class Bare:
    """The bare database: the driver's own cursor, rows as it gives them, nothing of ours."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None  # opened when first asked: filling wants the file alone
        self._on_postgresql = engine.dialect.name == "postgresql"

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run a statement with `?` for values; return all rows."""
        if self._on_postgresql:
            statement = statement.replace("?", "%s")
        else:
            values = [_as_sqlite(value) for value in values]
        if self._connection is None:
            self._connection = self._engine.connect()
        driver: Any = self._connection.connection.driver_connection
        cursor = driver.execute(statement, values) if values else driver.execute(statement)
        found: list[Any] = cursor.fetchall()
        if self._on_postgresql:
            driver.rollback()  # what it read is not kept open
        return found

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _as_sqlite(value: Any) -> Any:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if hasattr(value, "strftime") else value
