"""Metrics: what Prometheus scrapes. Counts requests; asks the rest when scraped. Never a plate."""

import time
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis import Redis, RedisError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.live.feed import Feed
from operations import conditions, metrics
from operations.retention import Proof
from operations.store import DatabaseDown, Engine, reading

LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"})
WITHOUT_END = ("live_events",)
INGEST_GAUGES = {
    "cameras": "Cameras watched",
    "fps": "Pictures looked at a second, all cameras together",
    "fps_wanted": "Pictures wanted a second",
    "dropped_share": "Share of due pictures given up for want of power",
    "waiting": "Sightings that wait on the worker's disk",
}
INGEST_COUNTERS = {
    "given": "Pictures looked at",
    "decoded": "Pictures decoded",
    "dropped": "Pictures given up for want of power",
    "corrupt": "Packets that could not be decoded",
    "passes": "Vehicle passes",
    "attempts": "Times a source was opened",
    "published": "Sightings sent",
    "lost": "Sightings lost for want of disk",
    "gate_looked": "Pictures shown to the detector",
    "gate_gated": "Pictures that the motion gate left out",
    "gate_audited": "Left out pictures that were looked at all the same",
    "gate_missed": "Audits that found a moving vehicle",
}


class Metrics:
    """A registry of this application alone, so that two of them in one process do not share counts."""

    def __init__(self, engine: Engine, redis: Redis, feed: Feed) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "operation")
        self._requests = Counter(
            "watchgrid_http_requests", "Requests answered", (*labels, "status"), registry=self.registry
        )
        self._latency = Histogram(
            "watchgrid_http_seconds",
            "Seconds to answer",
            labels,
            buckets=LATENCY_BUCKETS_S,
            registry=self.registry,
        )
        self.registry.register(AskedWhenScraped(engine, redis, feed))

    def page(self) -> bytes:
        """Return the page in Prometheus's text format."""
        return generate_latest(self.registry)

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one answered request under its operation's name, never under its address."""
        operation = getattr(scope.get("route"), "name", "unmatched")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._requests.labels(method, operation, str(status)).inc()
        if operation not in WITHOUT_END:
            self._latency.labels(method, operation).observe(seconds)


class Counted:
    """ASGI middleware: counts every request with its status and time."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def send_counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
        finally:
            self.metrics.count(scope, status, time.perf_counter() - started)


class AskedWhenScraped(Collector):
    """Asks the database and Redis at each scrape; what does not answer has `up` 0 and no numbers."""

    def __init__(self, engine: Engine, redis: Redis, feed: Feed) -> None:
        self._engine, self._redis, self._feed = engine, redis, feed

    def describe(self) -> list[Metric]:
        """Name nothing in advance, so that registering asks nobody."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges as of now."""
        up = {"database": 0, "redis": 0}
        gauges: list[Metric] = [_gauge("sse_clients", "Clients of the live feed", self._feed.clients)]
        try:
            gauges += self._stored()
            up["database"] = 1
        except DatabaseDown:
            pass
        try:
            gauges += self._flowing()
            up["redis"] = 1
        except RedisError:
            pass
        yield _by("up", "Whether it answers", "part", up)
        yield from gauges

    def _stored(self) -> list[Metric]:
        with reading(self._engine) as session:
            counts = conditions.stored(session)
        return [
            _by("cameras", "Cameras by state", "state", counts.cameras),
            _gauge("cameras_live", "Cameras with a source", counts.live),
            _gauge("alerts_open", "Alerts not closed", counts.alerts_open),
            _gauge("audit_unsealed", "Audit rows not yet in the hash chain", counts.unsealed),
            *_retention(counts.retention),
        ]

    def _flowing(self) -> list[Metric]:
        counts = conditions.flowing(self._redis)
        return [
            _by("stream_waiting", "Messages not yet handled", "stream", counts.waiting),
            _by("dead_letters", "Messages that nobody could handle", "stream", counts.dead),
            _gauge("workers", "Workers that run", len(counts.workers)),
            *(_total(name, value) for name, value in sorted(metrics.totals(self._redis).items())),
            *_ingest(metrics.ingest_figures(self._redis)),
        ]


def _ingest(figures: Mapping[str, Mapping[str, float]]) -> Iterator[Metric]:
    """Yield what the ingest workers say of themselves, each by its worker."""
    for name, words in INGEST_GAUGES.items():
        yield _by(f"ingest_{name}", words, "worker", {w: f[name] for w, f in figures.items() if name in f})
    audited = {worker: f for worker, f in figures.items() if f.get("gate_audited")}
    rates = {worker: f["gate_missed"] / f["gate_audited"] for worker, f in audited.items()}
    yield _by("ingest_gate_miss_rate", "Audited pictures in which the gate missed a vehicle", "worker", rates)
    for name, words in INGEST_COUNTERS.items():
        family = CounterMetricFamily(f"watchgrid_ingest_{name}", words, labels=["worker"])
        for worker, said in figures.items():
            if name in said:
                family.add_metric([worker], said[name])
        yield family


def _retention(proof: Proof | None) -> Iterator[Metric]:
    """Yield what retention last proved; nothing before it first ran."""
    if proof is None:
        return
    at, left = "When retention last said that it ran", "What should have gone and was still there"
    yield _gauge("retention_last_run_timestamp_seconds", at, proof.at.timestamp())
    yield _by(
        "retention_left", left, "what", {"sightings": proof.left_sightings, "pictures": proof.left_pictures}
    )
    gone = {"sightings": proof.sightings, "pictures": proof.pictures}
    yield _by("retention_deleted", "What went when retention last spoke", "what", gone)
    yield _gauge("retention_preserved", "Old sightings that open cases preserve", proof.preserved)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"watchgrid_{name}", words, value=value)


def _total(name: str, value: float) -> Metric:
    words = f"Counted by the operations workers: {name.replace('_', ' ')}"
    return CounterMetricFamily(f"watchgrid_{name.removesuffix('_total')}", words, value=value)


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"watchgrid_{name}", words, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family
