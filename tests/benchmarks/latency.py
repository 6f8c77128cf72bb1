"""Frame captured to alert at an SSE client, on the demo: `python -m tests.benchmarks.latency --json`.

Patterns that many demo plates match are put on the watchlist through the API, so that alerts are many. The
baseline, in the same run, is the part of the way that is ours to keep short: published to SSE client.
"""

import argparse
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import httpx
import psutil

from tests.end_to_end.conftest import House, house

CASE = "望公（刑）立字〔2026〕0417号"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--cameras", type=int, default=4)
    options = parser.parse_args()
    with house(["demo", "--live-cameras", str(options.cameras)]) as running:
        _watch_many(running)
        taken, memory = _collect(running, options.seconds)
    report = {
        "benchmark": "latency",
        "cameras": options.cameras,
        "alerts": len(taken),
        "captured_to_client_s": _spread([total for total, _ in taken]),
        "baseline_received_to_client_s": _spread([ours for _, ours in taken]),
        "memory_peak_mib": round(memory / (1 << 20)),
        "load": os.getloadavg()[0],
    }
    print(json.dumps(report) if options.json else json.dumps(report, indent=1))
    return 0


def _spread(values: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100)
    return {"p50": round(cuts[49], 3), "p95": round(cuts[94], 3), "p99": round(cuts[98], 3)}


def _client(running: House, role: str) -> httpx.Client:
    client = httpx.Client(base_url=f"{running.url}/api/v1", timeout=30)
    answer = client.post("/session", json={"login": role, "password": running.password(role)})
    answer.raise_for_status()
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return client


def _watch_many(running: House) -> None:
    """Put 浙J plates with each digit on the watchlist: the investigator asks, the supervisor approves."""
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    with (
        closing(_client(running, "investigator")) as asks,
        closing(_client(running, "supervisor")) as approves,
    ):
        for digit in "0123456789":
            wish = {
                "pattern": f"浙J*{digit}*",
                "case_number": CASE,
                "reason": "latency benchmark",
                "severity": "yellow",
                "valid_until": until,
            }
            answer = asks.post("/watchlist", json=wish)
            answer.raise_for_status()
            approves.post(f"/watchlist/{answer.json()['id']}/approve").raise_for_status()


def _collect(running: House, seconds: int) -> tuple[list[tuple[float, float]], int]:
    """Return (captured, received) to client in seconds of each alert event, and the most memory in bytes."""
    taken: list[tuple[float, float]] = []
    stop = time.monotonic() + seconds
    peak = [0]

    def weigh() -> None:
        while time.monotonic() < stop:
            family = [psutil.Process(running.process.pid)]
            family += family[0].children(recursive=True)
            peak[0] = max(peak[0], sum(_memory(process) for process in family))
            time.sleep(1)

    scale = threading.Thread(target=weigh)
    scale.start()
    with closing(_client(running, "operator")) as client:
        seen: set[str] = set()
        for arrived, alert in _alerts(client, stop):
            detail = client.get(f"/alerts/{alert['id']}").json()
            sighting = max(detail["sightings"], key=lambda one: one["received_at"])
            if sighting["id"] in seen or _time(sighting["seen_at"]) != _time(alert["last_seen_at"]):
                continue  # a second entry matched the same pass, or a newer pass came in between
            seen.add(sighting["id"])
            taken.append(
                tuple((arrived - _time(sighting[k])).total_seconds() for k in ("seen_at", "received_at"))
            )
    scale.join()
    return taken, peak[0]


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def _alerts(client: httpx.Client, stop: float) -> Iterator[tuple[datetime, dict]]:
    with client.stream("GET", "/events", params={"types": "alert.raised,alert.seen_again"}) as answer:
        for line in answer.iter_lines():
            arrived = datetime.now(UTC)
            if line.startswith("data:"):
                event = json.loads(line.removeprefix("data:"))
                if "alert" in event:
                    yield arrived, event["alert"]
            if time.monotonic() > stop:
                return


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


if __name__ == "__main__":
    sys.exit(main())
