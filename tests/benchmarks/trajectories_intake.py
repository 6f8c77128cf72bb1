"""Speed of intake on top of a stored month: 50,000 watched patterns matched with misreads, everything kept.

The sightings are the month's last ones, a day later. Baseline in the same run, batch about batch: a bare
insert of the same rows with other ids into the same table.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import redis
from sqlalchemy import func, insert, select

from operations import stream
from operations.audit import SYSTEM
from operations.hits import CameraPlace
from operations.intake import COLUMNS, Known, take_messages
from operations.quarantine import NewQuarantine, add
from operations.relay import relay
from operations.sightings import Sighting, to_json
from operations.store import Engine, ensure_partitions, reading, writing
from operations.stream import Consumer
from operations.tables import Alert, Camera, Case, CaseMember, SightingRow, User, WatchlistEntry
from tests.benchmarks.county_plates import as_numbers, as_texts, issue
from tests.benchmarks.county_truth import CLASSES, COLOURS, UNSEEN, Month
from tests.benchmarks.trajectories_measure import Times, beside
from tests.services import redis_server

Json = dict[str, Any]

BATCH = 500
BATCHES = 40
ENTRIES = 50_000
OPEN_ONE_IN = 20  # entries with two characters left open
HIT_SHARE = 1 / 200  # of sightings, exactly


def intake(engine: Engine, month: Month) -> Json:
    """Take BATCHES batches off a real Redis stream as the worker does, the audit relay included."""
    now = month.wishes.ends + timedelta(days=1)
    sightings = _late_sightings(month, now)
    with writing(engine) as session:
        ensure_partitions(session, (now - timedelta(days=2)).date(), (now + timedelta(days=1)).date())
        cameras = dict(session.execute(select(Camera.code, Camera.id)).all())
    _watch_many(engine, month, sightings, cameras, now)
    matching = _matching(engine, sightings, now)
    ours, bare = Times(), Times()
    with redis_server() as url, redis.Redis.from_url(url) as client:
        consumer = Consumer(client, stream.SIGHTINGS, "benchmark")
        consumer.read(1, 1)
        known = Known()
        for start in range(0, len(sightings), BATCH):
            batch = sightings[start : start + BATCH]
            rows = [_row(replace(one, id=f"bare:{one.id}"), cameras) for one in batch]
            bare.take(lambda rows=rows: _bare_insert(engine, rows))
            for one in batch:
                client.xadd(stream.SIGHTINGS, {"json": to_json(one)})
            refused = ours.take(lambda: _drain(engine, client, consumer, known, now))
            assert not refused, f"intake refused {refused}"
    with reading(engine) as session:
        alerts = dict(session.execute(select(Alert.match, func.count()).group_by(Alert.match)).all())
    warm_ours, warm_bare = sum(ours.wall_s[1:]), sum(bare.wall_s[1:])
    count = len(sightings) - BATCH
    return {
        "sightings": len(sightings),
        "entries": ENTRIES,
        "per_s": round(count / warm_ours),
        "bare_per_s": round(count / warm_bare),
        "ratio": round(warm_ours / warm_bare, 2),
        "first_batch_s": round(ours.wall_s[0], 2),
        "batches": beside(ours, bare),
        "alerts": alerts,
        "matching": matching,
    }


def _matching(engine: Engine, sightings: list[Sighting], now: datetime) -> Json:
    """Time the matching alone, as intake calls it: milliseconds a sighting, and loading the list."""
    known, times = Known(), Times()
    take_messages(engine, known, [], now)
    with reading(engine) as session:
        places = _places(session)
        load = Times()
        load.take(lambda: known.watch.hits(session, [], now))
        hits = 0
        for start in range(0, len(sightings), BATCH):
            seen = [(one, places[one.camera]) for one in sightings[start : start + BATCH] if one.plate]
            hits += len(times.take(lambda seen=seen: known.watch.hits(session, seen, now)))
    told = times.told()
    return {
        "ms_a_sighting_p50": round(told["p50_ms"] / BATCH, 4),
        "ms_a_sighting_p95": round(told["p95_ms"] / BATCH, 4),
        "ms_a_sighting_mean": round(sum(times.wall_s) * 1000 / len(sightings), 4),
        "load_s": round(load.wall_s[0], 2),
        "hits": hits,
    }


def _places(session: Any) -> Json:
    rows = session.execute(select(Camera.id, Camera.code, Camera.lon, Camera.lat))
    return {row.code: CameraPlace(*row) for row in rows}


def _drain(engine: Engine, client: redis.Redis, consumer: Consumer, known: Known, now: datetime) -> list[Any]:
    refused = []
    while messages := consumer.read(BATCH, 1):
        stored = take_messages(engine, known, messages, now)
        consumer.finish(stored.refused)
        refused += stored.refused
        while relay(engine, client, now):
            pass
    return refused


def _bare_insert(engine: Engine, rows: list[Json]) -> None:
    with writing(engine) as session:
        session.connection().execute(insert(SightingRow.__table__), rows)


def _row(sighting: Sighting, cameras: dict[str, int]) -> Json:
    return {**{name: getattr(sighting, name) for name in COLUMNS}, "camera_id": cameras[sighting.camera]}


def _late_sightings(month: Month, now: datetime) -> list[Sighting]:
    """Return the month's last sightings a day later, as ingest publishes them, characters and all."""
    rows = np.arange(len(month) - BATCH * BATCHES, len(month))
    codes, texts = month.county.cameras.codes, month.texts(rows).tolist()
    run = int(datetime.now(UTC).timestamp())  # a kept database may have an earlier run's
    made = []
    for number, (row, text) in enumerate(zip(rows.tolist(), texts, strict=True)):
        sure = round(float(month.confidence[row]), 3)
        at = datetime.fromtimestamp(month.seen_at[row], UTC) + timedelta(days=1)
        at = min(at, now - timedelta(seconds=1))
        colour = int(month.colour[row])
        made.append(
            Sighting(
                id=f"{codes[month.camera[row]]}:{run}:{number}",
                camera=codes[month.camera[row]],
                seen_at=at,
                first_seen_at=at - timedelta(seconds=1),
                last_seen_at=at + timedelta(seconds=1),
                received_at=at + timedelta(seconds=1),
                vehicle_class=CLASSES[month.vehicle_class[row]],
                confidence=0.9,
                plate=text or None,
                plate_kind="blue" if text else None,
                plate_confidence=sure if text else None,
                plate_characters=[{"char": char, "confidence": sure} for char in text] if text else None,
                colour=COLOURS[colour] if colour != UNSEEN else None,
                direction="towards",
                lane=int(month.lane[row]),
                snapshot="a" * 64 + ".jpg",
                plate_crop="b" * 64 + ".jpg",
                box=[0.1, 0.2, 0.3, 0.4],
                model="motion",
                simulated=True,
            )
        )
    return made


def _watch_many(
    engine: Engine, month: Month, sightings: list[Sighting], cameras: dict[str, int], now: datetime
) -> None:
    """Put ENTRIES in force, all fuzzy: so many seen here that HIT_SHARE of the sightings hit."""
    rng = np.random.default_rng(4)
    read = [one.plate for one in sightings if one.plate]
    wanted, hits, here = int(len(sightings) * HIT_SHARE), 0, []
    counts = {text: read.count(text) for text in set(rng.choice(read, 400).tolist())}
    for text, count in counts.items():
        if hits < wanted and count < 10 and len(text) >= 7 and "-" not in text:
            here.append(text)
            hits += count
    taken = as_numbers(month.plate_of)
    fresh = issue(rng, ENTRIES + 20_000)
    elsewhere = as_texts(fresh[~np.isin(as_numbers(fresh), taken)]).tolist()
    patterns = [*here, *elsewhere][:ENTRIES]
    with writing(engine) as session:
        if session.scalar(select(func.count()).select_from(WatchlistEntry)):
            return  # a kept database has them
        for number, (login, role) in enumerate((("i", "investigator"), ("s", "supervisor")), 1):
            session.add(User(id=number, login=login, name=login, role=role, password_hash="-"))
        session.flush()
        session.add(
            Case(
                id=1,
                number="benchmark",
                title="benchmark",
                legal_basis="benchmark",
                state="open",
                opened_by=1,
                opened_at=now,
                ends_at=now + timedelta(days=60),
            )
        )
        session.flush()
        session.add_all(CaseMember(case_id=1, user_id=number) for number in (1, 2))
        for new in _doubts(month, cameras, now):
            add(session, new, SYSTEM, now)
        rows = [_entry(number, pattern, now) for number, pattern in enumerate(patterns)]
        session.execute(insert(WatchlistEntry), rows)


def _doubts(month: Month, cameras: dict[str, int], now: datetime) -> list[NewQuarantine]:
    """Return a quarantine for everything that is wrong in this month."""
    codes, truth, since = month.county.cameras.codes, month.truth, now - timedelta(days=40)
    found = [NewQuarantine(cameras[codes[at]], "phantom", "made", since, text) for at, text in truth.phantoms]
    found += [NewQuarantine(cameras[codes[at]], "clock", "made", since) for at in truth.clocks]
    return found + [
        NewQuarantine(cameras[codes[at]], "lane", "made", since, lane=lane) for at, lane in truth.bad_lanes
    ]


def _entry(number: int, pattern: str, now: datetime) -> Json:
    if number % OPEN_ONE_IN == OPEN_ONE_IN - 1:
        pattern = pattern[:-2] + "??"
    return {
        "pattern": pattern,
        "case_id": 1,
        "reason": "benchmark",
        "severity": "yellow",
        "fuzzy": True,
        "state": "active",
        "valid_from": now - timedelta(days=2),
        "valid_until": now + timedelta(days=30),
        "created_by": 1,
        "created_at": now,
        "decided_by": 2,
        "decided_at": now,
    }
