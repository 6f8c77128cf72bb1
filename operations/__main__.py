"""`python -m operations`: the worker. Stores sightings, raises alerts, relays events, runs the timers.

As many as you like may run; every step is safe beside its like.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from redis import Redis, RedisError

from config.logging import set_up_logging
from config.scaling import CannotScale, refuse_unscalable
from config.settings import Settings, load_settings
from operations import camera_states, events, metrics, stream, timers
from operations.counts import SightingCounts
from operations.county_import.kept import forget_old
from operations.field.expiry import FieldDays
from operations.intake import Known, take_messages
from operations.migrate import is_current
from operations.patrolling.job import Planner
from operations.relay import relay
from operations.store import DatabaseDown, Engine, engine_from_url, writing
from operations.stream import Consumer
from operations.timers import Loop, run_loop
from operations.watch import Watch

log = logging.getLogger("operations")

BATCH = 500
READ_WAIT_MS = 1_000
RELAY_EVERY_S = 0.1
# After a start, cameras get this long to be taken by an ingest worker before they are called offline.
CAMERAS_QUIET_S = 20.0


class Worker:
    """What the loops of one worker process share: connections, what intake knows, and who wakes the relay."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        self.settings, self.stop = settings, stop
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.engine: Engine = engine_from_url(settings.database)
        self.client = Redis.from_url(settings.redis, decode_responses=True)
        self.raw_client = Redis.from_url(settings.redis)
        self.known = Known(watch=Watch(ZoneInfo(settings.site_timezone)))
        self.counts = SightingCounts()
        self.something_to_relay = threading.Event()
        self.planner = Planner(self.engine, stop)

    def loops(self) -> list[Loop]:
        """Return everything this process does."""
        settings, engine, client = self.settings, self.engine, self.client
        zone = ZoneInfo(settings.site_timezone)
        field_days = FieldDays(settings.position_days, settings.patrol_photo_days)
        sightings = Consumer(self.raw_client, stream.SIGHTINGS, self.name)
        states = Consumer(self.raw_client, stream.CAMERA_STATES, self.name)
        return [
            Loop("intake", 0.0, partial(self.take_sightings, sightings)),
            Loop("camera states", 0.0, partial(self.take_camera_states, states)),
            Loop("relay", 0.0, self.relay),
            Loop("counts", 2.0, partial(self.counts.tell, client)),
            Loop("escalation", 1.0, partial(timers.escalate, engine, settings.escalate_after_s)),
            Loop("cameras", 2.0, partial(timers.watch_cameras, engine, client), CAMERAS_QUIET_S),
            Loop("reads", 60.0, partial(timers.watch_reads, engine, client, zone), CAMERAS_QUIET_S),
            Loop("traffic", 60.0, partial(timers.learn_traffic, engine), CAMERAS_QUIET_S),
            Loop("patrol plans", 1.0, self.planner.step),
            Loop("old patrol plans", 3600.0, partial(timers.expire_patrol_plans, engine)),
            Loop("doubts", 600.0, partial(timers.find_doubts, engine), 60.0),
            Loop("heartbeat", 2.0, lambda _: timers.say_alive(client, self.name)),
            Loop(
                "retention", 3600.0, partial(timers.expire, engine, settings.media, settings.retention_days)
            ),
            Loop("field retention", 3600.0, partial(timers.expire_field, engine, settings.media, field_days)),
            Loop("imports", 3600.0, partial(forget_old, settings.data_dir)),
            Loop("call retention", 3600.0, partial(timers.expire_demand, engine, settings.patrol_call_days)),
        ]

    def take_sightings(self, consumer: Consumer, _: datetime) -> None:
        """Store one batch of sightings; it is read again if that fails."""
        messages = consumer.read(BATCH, READ_WAIT_MS)
        if not messages:
            return
        started_s = time.monotonic()
        stored = take_messages(self.engine, self.known, messages, datetime.now(UTC))
        consumer.finish(stored.refused)
        if stored.raised or stored.seen_again:
            self.something_to_relay.set()
        self.counts.add(stored.counted)
        metrics.add(
            self.client,
            sightings_stored_total=sum(stored.counted.values()),
            alerts_raised_total=len(stored.raised),
            alerts_seen_again_total=len(stored.seen_again),
            dead_letters_total=consumer.take_buried(),
            batches_total=1,
            batch_seconds_total=time.monotonic() - started_s,
        )

    def take_camera_states(self, consumer: Consumer, _: datetime) -> None:
        """Store one batch of camera states and tell the live feed."""
        messages = consumer.read(BATCH, READ_WAIT_MS)
        if not messages:
            return
        with writing(self.engine) as session:
            told, refused = camera_states.take_states(session, messages, datetime.now(UTC))
        events.publish(self.client, told)
        consumer.finish(refused)
        metrics.add(self.client, dead_letters_total=consumer.take_buried())

    def relay(self, now: datetime) -> None:
        """Relay what waits; then wait for intake to raise something, or for others' rows, a moment."""
        relayed = relay(self.engine, self.client, now)
        if relayed:
            metrics.add(self.client, audit_rows_relayed_total=relayed)
        else:
            self.something_to_relay.wait(RELAY_EVERY_S)
            self.something_to_relay.clear()

    def close(self) -> None:
        """Let go of every child and connection."""
        self.planner.close()
        self.client.close()
        self.raw_client.close()
        self.engine.dispose()


def main() -> int:
    """Run the worker until SIGTERM or SIGINT; return the exit code."""
    settings = load_settings()
    set_up_logging("operations", settings.log_level)
    try:
        refuse_unscalable(settings)
    except CannotScale as error:
        print(error, file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker = Worker(settings, stop)
    _wait_for(lambda: is_current(worker.engine), "the database to be there and migrated", stop)
    _wait_for(lambda: bool(worker.client.ping()), "Redis", stop)
    threads = [
        threading.Thread(target=run_loop, args=(loop, stop), name=loop.name) for loop in worker.loops()
    ]
    for thread in threads:
        thread.start()
    log.info("worker %s runs", worker.name)
    stop.wait()
    for thread in threads:
        thread.join()
    worker.close()
    log.info("worker %s stopped", worker.name)
    return 0


def _wait_for(there: Callable[[], bool], what: str, stop: threading.Event) -> None:
    """Wait until something answers; say once that we wait."""
    told = False
    while not stop.is_set():
        try:
            if there():
                return
        except (DatabaseDown, RedisError):
            pass
        if not told:
            log.warning("waiting for %s", what)
            told = True
        stop.wait(0.5)


if __name__ == "__main__":
    sys.exit(main())
