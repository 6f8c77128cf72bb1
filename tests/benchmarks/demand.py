"""How well few calls tell rates, against plain baselines: `python -m tests.benchmarks.demand [--json]`.

On planted rates (three seeds), and on the demo's county, whose true rates are known because it is invented.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from operations.county import road_network
from operations.demand.expected_calls import WEEKS, weekly_rates
from operations.demand.needs import needs
from operations.demand.rates import HOURS_OF_WEEK, CallCounts, call_rates
from operations.demo.demand import write_demand
from operations.demo.public_calls import PATROL_SHARE, spots_of
from operations.first_run import ensure_county
from operations.migrate import migrate
from operations.store import Engine, Session, engine_from_url, reading
from operations.tables import Grid

Floats = NDArray[np.float64]
ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
GRIDS, LATER_WEEKS = 300, 4


def planted(rng: np.random.Generator) -> Floats:
    """Return true calls an hour [grid, hour of the week]: a county's evenings, six grids with mornings."""
    hours = np.arange(HOURS_OF_WEEK)
    county = 0.3 + np.exp(-0.5 * ((hours % 24 - 20) / 3) ** 2)
    morning = 0.05 + 3 * np.exp(-0.5 * ((hours % 24 - 7) / 1.5) ** 2)
    rates = rng.gamma(1.2, 1.0, (GRIDS, 1)) * county
    rates[:6] = 12 * morning
    return np.asarray(rates / rates.sum() * 150 * 7)


def scores(truth: Floats, counts: Floats, found: Floats, rng: np.random.Generator) -> dict[str, Any]:
    """Return error and likelihood of what was found, of the baselines, and of the truth itself."""
    later = rng.poisson(truth * LATER_WEEKS)
    own_mean = counts.sum(axis=1, keepdims=True) / WEEKS
    estimates = {
        "counts": counts / WEEKS,
        "one_rate": np.full_like(counts, counts.mean() / WEEKS),
        "grid_mean_x_county_hours": own_mean * (counts.sum(axis=0) / counts.sum()),
        "ours": found,
        "truth": truth,
    }
    plain = _likelihood(estimates["grid_mean_x_county_hours"], later)
    return {
        name: {
            "rms_error_calls_an_hour": round(float(np.sqrt(((rates - truth) ** 2).mean())), 5),
            "log_likelihood_of_later_weeks": round(_likelihood(rates, later) - plain),
        }
        for name, rates in estimates.items()
    }


def _likelihood(rates: Floats, later: NDArray[np.int64]) -> float:
    expected = np.maximum(rates, 1e-4) * LATER_WEEKS
    return float((later * np.log(expected) - expected).sum())


def on_planted(seed: int) -> dict[str, Any]:
    """Score the estimator on planted rates."""
    rng = np.random.default_rng(seed)
    truth = planted(rng)
    counts = rng.poisson(truth * WEEKS).astype(float)
    seen = CallCounts(counts, np.full(HOURS_OF_WEEK, float(WEEKS)), np.arange(GRIDS) % 10)
    return scores(truth, counts, call_rates(seen), rng)


def on_county() -> dict[str, Any]:
    """Score it on the demo's county, as plans of a day use it; count and time that day's needs."""
    with _demo() as engine, reading(engine) as session:
        grids = [
            (row.id, row.town_id) for row in session.execute(select(Grid.id, Grid.town_id).order_by(Grid.id))
        ]
        today = NOW.astimezone(ZoneInfo(ZONE)).date()
        found, seen = weekly_rates(session, grids, today, ZoneInfo(ZONE))
        cells = seen.grid * HOURS_OF_WEEK + seen.hour_of_week
        counts = np.bincount(cells, minlength=found.size).reshape(found.shape).astype(float)
        result = scores(_truth(session, grids), counts, found, np.random.default_rng(1))
        took = []
        for _ in range(5):
            started = time.process_time()
            wanted = needs(session, today, ZONE, NOW)
            took.append(time.process_time() - started)
        kinds = Counter(need.revisit.split(":")[0] for need in wanted)
    visits = {"visits": len(wanted), **kinds, "must": sum(need.must for need in wanted)}
    return {"calls": int(counts.sum()), "rates": result, "needs": visits, "needs_cpu_s": round(min(took), 3)}


def _truth(session: Session, grids: list[tuple[int, int]]) -> Floats:
    """Return the true calls of the public an hour [grid, hour of the week] of the demo."""
    spots = spots_of(session, np.random.default_rng([7, 51]))
    place = {grid_id: number for number, (grid_id, _) in enumerate(grids)}
    truth = np.zeros((len(grids), HOURS_OF_WEEK))
    rates = spots.rhythm * spots.a_day[:, None] * 7 * (1 - PATROL_SHARE)
    np.add.at(truth, [place[grid_id] for grid_id in spots.grid_id.tolist()], rates)
    return truth


@contextmanager
def _demo() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = engine_from_url(f"sqlite:///{folder}/watchgrid.db")
        migrate(engine, NOW.date())
        with redirect_stdout(sys.stderr):
            ensure_county(engine, NOW - timedelta(days=60))
        with reading(engine) as session:
            network = road_network(session)
        write_demand(engine, network, 7, NOW.astimezone(ZoneInfo(ZONE)))
        yield engine
        engine.dispose()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON, nothing else")
    options = parser.parse_args()
    result = {"planted": {seed: on_planted(seed) for seed in (5, 6, 7)}, "county": on_county()}
    print(json.dumps(result) if options.json else json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
