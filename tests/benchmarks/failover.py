"""How long cameras of a killed ingest worker go unwatched: `python -m tests.benchmarks.failover --json`.

The baseline is the lease's own lifetime, which no re-homing beats by much: the ratio says what we add.
"""

import argparse
import json
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import redis

from ingest.leases import TTL_MS
from operations.migrate import migrate
from operations.store import engine_from_url
from tests.clips import write_clip
from tests.conftest import START
from tests.ingest_worker import add_cameras, health, holder, ingest_worker
from tests.services import redis_server, wait_until


def measure(workers: int, cameras: int) -> dict[str, float]:
    """Kill one of several workers that share file-backed cameras; return the seconds until all are back."""
    codes = [f"C{number:04d}" for number in range(cameras)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wg-failover-")))
        clip = write_clip(folder / "clip.mp4", seconds=20, size=(320, 180))
        url = stack.enter_context(redis_server())
        database_url = f"sqlite:///{folder / 'watchgrid.db'}"
        engine = engine_from_url(database_url)
        migrate(engine, START.date())
        add_cameras(engine, dict.fromkeys(codes, str(clip)))
        engine.dispose()
        client = stack.enter_context(redis.Redis.from_url(url, decode_responses=True))
        processes = [stack.enter_context(ingest_worker(database_url, url, folder)) for _ in range(workers)]
        most = -(-cameras // workers)

        def held() -> list[str | None]:
            return [holder(client, code) for code in codes]

        wait_until(lambda: None not in held() and max(map(held().count, set(held()))) <= most, "sharing", 120)
        wait_until(lambda: [health(client, code).get("worker") for code in codes] == held(), "watching", 120)
        dead = next(name for name in held() if f"-{processes[0].pid}-" in (name or ""))
        processes[0].send_signal(signal.SIGKILL)
        killed_s = time.monotonic()

        def seconds_until(done: Callable[[], bool]) -> float:
            wait_until(done, "re-homing", 60)
            return round(time.monotonic() - killed_s, 2)

        leased_s = seconds_until(lambda: dead not in held() and None not in held())
        watched_s = seconds_until(lambda: [health(client, code).get("worker") for code in codes] == held())
    return {"leased_again_s": leased_s, "watched_again_s": watched_s}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--cameras", type=int, default=30)
    parser.add_argument("--json", action="store_true", help="print JSON, nothing else")
    options = parser.parse_args()
    figures = measure(options.workers, options.cameras)
    baseline_s = TTL_MS / 1000
    result = {
        "benchmark": "failover",
        "workers": options.workers,
        "cameras": options.cameras,
        **figures,
        "baseline": "lease lifetime",
        "baseline_s": baseline_s,
        "ratio": round(figures["leased_again_s"] / baseline_s, 2),
    }
    print(
        json.dumps(result) if options.json else "\n".join(f"{key}: {value}" for key, value in result.items())
    )


if __name__ == "__main__":
    main()
