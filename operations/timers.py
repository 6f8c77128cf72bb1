"""Timers: what the worker does again and again, and the loop that survives a step that fails."""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from redis import Redis, RedisError

from operations import alerts, closing, events, quarantine_finding, retention, stream
from operations.camera_health import READS_KEY
from operations.camera_states import is_in_step, live_cameras, read_reports, reconcile
from operations.county import NoCounty
from operations.demand.call_expiry import expire_calls
from operations.field import expiry
from operations.field.expiry import FieldDays
from operations.patrolling.expiry import expire_plans
from operations.questions import deciding
from operations.silence import judge_reads
from operations.store import DatabaseDown, Engine, reading, take_turn, writing
from operations.tracks import learning

log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 10.0
WORKER_KEY = "worker:operations:"
WORKER_LIVES_MS = 6_000
UNREAD_ALLOWED = 500
READS_KEPT_S = 600
LEARNED_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Loop:
    """A step done again `every_s` seconds after it ended, in a thread of its own; it is told the time."""

    name: str
    every_s: float
    step: Callable[[datetime], object]
    first_after_s: float = 0.0


def run_loop(loop: Loop, stop: threading.Event) -> None:
    """Do the step until `stop`; when it fails say so in a sentence, wait longer each time, and go on."""
    failures = 0
    stop.wait(loop.first_after_s)
    while not stop.is_set():
        try:
            loop.step(datetime.now(UTC))
            if failures:
                log.info("%s works again", loop.name)
            failures, pause_s = 0, loop.every_s
        except (DatabaseDown, RedisError) as error:
            failures += 1
            pause_s = _pause_s(failures)
            if failures == 1:
                log.warning("%s waits: %s", loop.name, str(error).splitlines()[0])
        except Exception:  # the worker's edge: a mistake in one step must not end the others
            failures += 1
            pause_s = _pause_s(failures)
            log.exception("%s failed; it tries again in %.1f s", loop.name, pause_s)
        stop.wait(pause_s)


def escalate(engine: Engine, after_s: float, now: datetime) -> None:
    """Escalate the alerts that nobody has acknowledged."""
    with writing(engine) as session:
        alerts.escalate(session, now, after_s)


def watch_cameras(engine: Engine, client: Redis, now: datetime) -> None:
    """Put cameras that no worker reports offline, and the others in step with their worker."""
    with reading(engine) as session:
        codes = [camera.code for camera in session.scalars(live_cameras())]
        reports = read_reports(client, codes)
        if is_in_step(session, reports):
            return
    with writing(engine) as session:
        told = reconcile(session, reports, now)
    events.publish(client, told)


def watch_reads(engine: Engine, client: Redis, zone: tzinfo, now: datetime) -> None:
    """Find cameras that look well and see nothing, unless sightings wait unread: then nobody can tell."""
    if stream.backlog(client, stream.SIGHTINGS) > UNREAD_ALLOWED:
        return
    with writing(engine) as session:
        if not take_turn(session, "reads"):
            return
        judged = judge_reads(session, now, zone)
    events.publish(client, judged.told)
    reads: dict[Any, Any] = {
        str(camera_id): json.dumps({"seen": seen, "usual": usual})
        for camera_id, (seen, usual) in judged.last_hour.items()
    }
    with client.pipeline() as pipe:
        pipe.delete(READS_KEY)
        if reads:
            pipe.hset(READS_KEY, mapping=reads)
            pipe.expire(READS_KEY, READS_KEPT_S)
        pipe.execute()


def find_doubts(engine: Engine, now: datetime) -> None:
    """Find phantom plates, clocks that are off and lanes that are misread, where a county is known."""
    try:
        found = quarantine_finding.find(engine, now)
    except NoCounty:
        return
    if found:
        log.info("quarantine: %d found", len(found))


def expire(engine: Engine, media_dir: Path, days: int, now: datetime) -> None:
    """Make partitions ahead, end what has run out, and delete what is too old."""
    retention.make_partitions(engine, now)
    with writing(engine) as session:
        closing.close_run_out(session, now)
        deciding.lapse(session, now)
    gone = retention.expire(engine, media_dir, now, days)
    if gone.sightings or gone.pictures:
        log.info("retention: %d sightings and %d pictures deleted", gone.sightings, gone.pictures)
    if not gone.is_proven:
        log.error(
            "retention: %d sightings and %d pictures are still there", gone.left_sightings, gone.left_pictures
        )


def expire_field(engine: Engine, media_dir: Path, days: FieldDays, now: datetime) -> None:
    """Delete what teams in the field said of where they were, when its days are over."""
    gone = expiry.expire_field(engine, media_dir, now, days)
    if gone.positions or gone.photos:
        log.info("retention: %d positions and %d photos of teams deleted", gone.positions, gone.photos)
    if not gone.is_proven:
        log.error("retention: %d positions, %d photos are still there", gone.left_positions, gone.left_photos)


def expire_demand(engine: Engine, days: int, now: datetime) -> None:
    """Delete calls of the public when their days are over."""
    gone = expire_calls(engine, now, days)
    if gone:
        log.info("retention: %d calls of the public deleted", gone)


def expire_patrol_plans(engine: Engine, now: datetime) -> None:
    """Delete patrol plans that nobody drove, some weeks after their day."""
    gone = expire_plans(engine, now)
    if gone:
        log.info("retention: %d patrol plans deleted that nobody drove", gone)


def learn_traffic(engine: Engine, now: datetime) -> None:
    """Count the sightings of the hours that have closed; a long past is caught up with, step by step."""
    try:
        learning.catch_up(engine, now, steps=LEARNED_AT_ONCE)
    except NoCounty:
        log.debug("no county yet: there is no traffic to learn")


def say_alive(client: Redis, worker: str) -> None:
    """Keep this worker's key from expiring."""
    client.set(WORKER_KEY + worker, "1", px=WORKER_LIVES_MS)


def _pause_s(failures: int) -> float:
    return min(LONGEST_PAUSE_S, 0.25 * 2.0**failures)
