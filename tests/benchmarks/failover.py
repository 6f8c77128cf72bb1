"""An ingest worker dies: `python -m tests.benchmarks.failover [--json] [--picture FILE.svg]`.

Three workers share file-backed cameras; one is killed. How long until its cameras are watched again, how long
each went unwatched, whether any vehicle was told twice, and whether anything piles up meanwhile. The baseline
is the lease's own lifetime, which no re-homing by leases can beat.
"""

import argparse
import json
import os
import signal
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import redis

from ingest.leases import TTL_MS
from operations.migrate import migrate
from operations.sightings import Sighting, from_json
from operations.store import engine_from_url
from tests.clips import write_clip
from tests.conftest import START
from tests.ingest_worker import add_cameras, ingest_worker
from tests.services import redis_server, wait_until

SIZE = (192, 108)
ANALYSED_FPS = 0.5
SLOWER = 4
"""Times slower than drawn: 200 cameras on two cores are looked at rarely, so the cars crawl."""
BEFORE_S, AFTER_S = 30.0, 30.0
EVERY_S = 0.2
SETTINGS = {"ANALYSED_FPS": str(ANALYSED_FPS), "LOG_LEVEL": "WARNING"}


@dataclass
class County:
    """What runs: cameras by code, worker processes, and a Redis that says how they are."""

    codes: list[str]
    client: redis.Redis
    workers: list[Any]

    def watched_by(self) -> dict[str, str]:
        """Return who watches each camera now: it holds the lease, and has looked since it took it."""
        with self.client.pipeline(transaction=False) as pipe:
            for code in self.codes:
                pipe.get(f"lease:camera:{code}")
                pipe.hmget(f"camera:health:{code}", "worker", "state")
            answers = pipe.execute()
        return {
            code: holder
            for code, holder, (worker, state) in zip(self.codes, answers[::2], answers[1::2], strict=True)
            if holder is not None and holder == worker and state == "online"
        }

    def leased(self, dead: str) -> int:
        """Return how many cameras somebody alive holds."""
        holders: Any = self.client.mget([f"lease:camera:{code}" for code in self.codes])
        return sum(holder is not None and holder != dead for holder in holders)

    def figures(self) -> list[dict[str, str]]:
        return [dict(self.client.hgetall(key)) for key in self.client.scan_iter("metrics:ingest:*")]


@dataclass
class Seen:
    """What was sampled: (seconds since the kill, cameras watched by the living)."""

    samples: list[tuple[float, int]] = field(default_factory=list)
    leased_s: float | None = None
    watched_s: float | None = None
    gaps_s: dict[str, float] = field(default_factory=dict)


@contextmanager
def county(workers: int, cameras: int) -> Iterator[County]:
    """Run workers that share file-backed cameras, until all are watched."""
    codes = [f"C{number:04d}" for number in range(cameras)]
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="wg-failover-", ignore_cleanup_errors=True)
            )
        )
        fps, apart_ms = round(SLOWER * ANALYSED_FPS), round(1000 / ANALYSED_FPS)
        clip = write_clip(folder / "clip.mp4", 36, stamp=lambda n: n * apart_ms, size=SIZE, fps=fps)
        url = stack.enter_context(redis_server())
        database_url = f"sqlite:///{folder / 'watchgrid.db'}"
        engine = engine_from_url(database_url)
        migrate(engine, START.date())
        add_cameras(engine, dict.fromkeys(codes, str(clip)))
        engine.dispose()
        client = stack.enter_context(redis.Redis.from_url(url, decode_responses=True))
        running = [
            stack.enter_context(ingest_worker(database_url, url, folder, SETTINGS)) for _ in range(workers)
        ]
        found = County(codes, client, running)
        most = -(-cameras // workers)

        def shared() -> bool:
            by = found.watched_by()
            return len(by) == cameras and max(Counter(by.values()).values()) <= most

        wait_until(shared, "every camera watched, fairly shared", 180)
        yield found


def kill_one(running: County) -> Seen:
    """Kill a worker; sample until AFTER_S later."""
    victim = running.workers[0]
    watched = running.watched_by()
    dead = next(name for name in set(watched.values()) if f"-{victim.pid}-" in name)
    lost = {code for code, name in watched.items() if name == dead}
    victim.send_signal(signal.SIGKILL)
    killed_s, seen = time.monotonic(), Seen()
    while (at_s := time.monotonic() - killed_s) < AFTER_S:
        alive = {code for code, name in running.watched_by().items() if name != dead}
        seen.samples.append((round(at_s, 2), len(alive)))
        for code in alive & lost:
            seen.gaps_s.setdefault(code, round(at_s, 2))
        if seen.leased_s is None and running.leased(dead) == len(running.codes):
            seen.leased_s = round(at_s, 2)
        if seen.watched_s is None and len(alive) == len(running.codes):
            seen.watched_s = round(at_s, 2)
        time.sleep(EVERY_S)
    return seen


def told_twice(sightings: list[Sighting]) -> dict[str, int]:
    """Count ids told twice, and vehicles told by two watchers of one camera at overlapping times."""
    by_camera: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        by_camera[sighting.camera].append(sighting)
    overlaps = 0
    for seen in by_camera.values():
        seen.sort(key=lambda sighting: sighting.first_seen_at)
        for one, other in pairwise(seen):
            two_watchers = one.id.split(":")[1] != other.id.split(":")[1]
            overlaps += two_watchers and other.first_seen_at < one.last_seen_at
    ids = Counter(sighting.id for sighting in sightings)
    return {"ids_twice": sum(n > 1 for n in ids.values()), "passes_twice": overlaps}


def measure(workers: int, cameras: int) -> tuple[dict[str, Any], Seen]:
    """Run it all; return the figures and what was sampled."""
    with county(workers, cameras) as running:
        time.sleep(BEFORE_S)
        before = running.figures()
        seen = kill_one(running)
        after = [figures for figures in running.figures() if figures]
        entries: Any = running.client.xrange("sightings")
    sightings = [from_json(fields["json"]) for _, fields in entries]
    reached = sum(float(figures["fps"]) for figures in before)
    return {
        "leased_again_s": seen.leased_s,
        "watched_again_s": seen.watched_s,
        "longest_gap_s": max(seen.gaps_s.values(), default=None),
        "cameras_of_the_dead": len(seen.gaps_s),
        "sightings": len(sightings),
        **told_twice(sightings),
        "waiting_on_disk": sum(int(figures["waiting"]) for figures in after),
        "fps_reached_share": round(reached / (cameras * ANALYSED_FPS), 3),
        "dropped_share": max(float(figures["dropped_share"]) for figures in before),
        "load": round(os.getloadavg()[0], 1),
    }, seen


def draw(seen: Seen, cameras: int, path: Path) -> None:
    """Draw how many cameras are watched over time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 3.0), layout="constrained")
    axes = figure.add_subplot()
    times, watched = zip(*seen.samples, strict=True)
    axes.step(times, watched, where="post", color="#1f5fa8", label="watched by the living")
    axes.axvline(TTL_MS / 1000, color="#999999", linestyle=":", label="a lease's lifetime")
    axes.axvline(10.0, color="#b03a2e", linestyle="--", label="wanted")
    axes.set(
        xlabel="seconds after kill -9 of one of three workers", ylabel="cameras", ylim=(0, cameras * 1.05)
    )
    axes.legend(loc="lower right", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--cameras", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="print JSON, nothing else")
    parser.add_argument("--picture", type=Path, help="draw the cameras watched over time into this SVG")
    options = parser.parse_args()
    figures, seen = measure(options.workers, options.cameras)
    result = {
        "benchmark": "failover",
        "workers": options.workers,
        "cameras": options.cameras,
        **figures,
        "baseline": "lease lifetime",
        "baseline_s": TTL_MS / 1000,
        "ratio": round((figures["watched_again_s"] or AFTER_S) / (TTL_MS / 1000), 2),
    }
    if options.picture:
        draw(seen, options.cameras, options.picture)
    print(
        json.dumps(result) if options.json else "\n".join(f"{key}: {value}" for key, value in result.items())
    )


if __name__ == "__main__":
    main()
