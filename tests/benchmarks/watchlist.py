"""A watchlist of 50,000 entries against a county's sightings: its time, and what fuzzy alerts are worth.

`python -m tests.benchmarks.watchlist --json [--sightings N]`. The sightings and their misreads are those of a
generated month (confusions unlike the model's); the baselines, on the same last days: the matcher of before
(exact only), a scan of all entries by the same model, and alerts for every plate one character away.
"""

import argparse
import json
import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import insert, select

from operations.hits import CameraPlace, Hit
from operations.matching import Look, Matcher
from operations.migrate import migrate
from operations.reads.errors import PRIOR
from operations.reads.patterns import is_plate, matches
from operations.sightings import Sighting
from operations.store import Engine, Session, reading, writing
from operations.tables import Alert, Camera, Case, User, WatchlistEntry
from operations.watch import Seen, Watch, look_of
from operations.watch_trial import Tried, trial
from operations.watched import Watched, entries_in_force, fingerprint
from tests.benchmarks import county_plates
from tests.benchmarks.county_month import make_month, write_month
from tests.benchmarks.county_truth import CLASSES, COLOURS, Month
from tests.benchmarks.sightings import postgresql_database, sqlite_database

SEED, BATCH, DAY_S = 20261123, 500, 86_400.0
WHOLE, PATTERNS = 45_000, 5_000
DRIVING = 0.1
"""Share of the whole plates on the list whose vehicles drive in the county; the others are elsewhere."""
COUNTY_PER_DAY = 2_400_000
SCANNED, PREVIEWED = 4, 20
ZONE = ZoneInfo("Asia/Shanghai")


def main() -> None:
    """Measure and print, as JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--sightings", type=int, default=2_400_000)
    parser.add_argument("--days", type=int, default=2, help="the last days, which are matched")
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    month = make_month(SEED, options.sightings)
    listed = Listed.of(month)
    with (postgresql_database if options.postgresql else sqlite_database)() as engine:
        migrate(engine, month.wishes.ends.date() - timedelta(days=40))
        write_month(engine, month)
        put_on_list(engine, listed, month)
        result = measure(engine, month, options.days)
    result |= {"database": "postgresql" if options.postgresql else "sqlite", "load": os.getloadavg()[0]}
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 1))


@dataclass(frozen=True)
class Listed:
    """The patterns of the list."""

    whole: list[str]
    patterns: list[str]

    @classmethod
    def of(cls, month: Month) -> "Listed":
        """Return a list of which a share drives in the county; half of its partial plates do."""
        rng = np.random.default_rng(SEED)
        here = rng.permutation(len(month.plate_of))[: int(WHOLE * DRIVING)]
        driving = county_plates.as_texts(month.plate_of[here]).tolist()
        issued = set(county_plates.as_texts(county_plates.issue(rng, 2 * WHOLE)).tolist())
        others = sorted(issued - set(county_plates.as_texts(month.plate_of).tolist()))
        elsewhere = rng.permutation(others)[: WHOLE - len(driving) + PATTERNS].tolist()
        partly = [partly_known(rng, text) for text in elsewhere[-PATTERNS:]]
        return cls(sorted({*driving, *elsewhere[:-PATTERNS]}), sorted(set(partly)))


def partly_known(rng: np.random.Generator, plate: str) -> str:
    """Return a partial plate: one or two characters open, an open end, or the end only."""
    kind = rng.integers(4)
    if kind < 2:
        for place in rng.choice(len(plate), kind + 1, replace=False).tolist():
            plate = plate[:place] + "?" + plate[place + 1 :]
        return plate
    return f"{plate[:6]}*" if kind == 2 else f"*{plate[-5:]}"


def put_on_list(engine: Engine, listed: Listed, month: Month) -> None:
    """Put the entries in force, and the alerts that those read exactly in the month have raised before."""
    now, later = month.wishes.ends - timedelta(days=60), month.wishes.ends + timedelta(days=60)
    entry = {"case_id": 1, "reason": "benchmark", "severity": "yellow", "state": "active", "created_by": 1}
    times = {"valid_from": now, "valid_until": later, "created_at": now}
    rows = [{"pattern": each, **entry, **times} for each in (*listed.whole, *listed.patterns)]
    with writing(engine) as session:
        session.add(User(id=1, login="u", name="u", role="supervisor", password_hash="-"))
        session.flush()
        case = {"title": "t", "legal_basis": "b", "state": "open", "opened_by": 1, "opened_at": now}
        session.add(Case(id=1, number="案", ends_at=later, **case))
        session.flush()
        session.execute(insert(WatchlistEntry), rows)
        read = set(month.texts().tolist())
        ids = session.execute(select(WatchlistEntry.id, WatchlistEntry.pattern)).all()
        session.execute(insert(Alert), [_past_alert(i, p, month) for i, p in ids if p in read])


def _past_alert(entry_id: int, plate: str, month: Month) -> dict[str, Any]:
    at = month.wishes.ends - timedelta(days=5)
    said = {"kind": "watchlist", "severity": "yellow", "state": "resolved", "case_id": 1, "camera_id": 1}
    where = {"lon": 0.0, "lat": 0.0, "sighting_id": "-", "sighting_seen_at": at, "raised_at": at}
    return {**said, **where, "dedup_key": plate, "entry_id": entry_id, "plate": plate, "last_seen_at": at}


def measure(engine: Engine, month: Month, days: int) -> dict[str, Any]:
    """Return the times, and the worth of the fuzzy alerts of the last days."""
    seen, truth = _last_days(engine, month, days)
    batches = [seen[first : first + BATCH] for first in range(0, len(seen), BATCH)]
    watch = Watch(ZONE)
    now = batches[0][-1][0].received_at
    with reading(engine) as session:
        loading_s = _cpu_s(lambda: watch.matcher(session, now))
        asking_s = _cpu_s(lambda: fingerprint(session))
        entries = entries_in_force(session, now)
        hits: list[Hit] = []
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        for batch in batches:
            hits += watch.hits(session, batch, batch[-1][0].received_at)
        wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
        matcher = watch.matcher(session, now)
        previews = _previews(session, entries, month)
    looks = [look_of(each, ZONE) for each in seen if each[0].plate]
    return {
        "benchmark": "watchlist",
        "entries": len(entries),
        "sightings_matched": len(seen),
        "ms_per_sighting": {
            "all of it, in batches of 500": _ms(wall_s, len(seen)),
            "the same, CPU": _ms(cpu_s, len(seen)),
            **_alone(matcher, looks, entries),
        },
        "load_and_compile_cpu_s": round(loading_s, 2),
        "look_for_changes_cpu_ms": round(asking_s * 1e3, 1),
        "preview_wall_ms": previews,
        "alerts_per_day": _worth(hits, truth, matcher, looks, days),
    }


def _previews(session: Session, entries: Sequence[Watched], month: Month) -> dict[str, float]:
    """Return how long it takes to try entries on the month, the first one apart: it reads all plates."""
    now, read = month.wishes.ends, set(month.texts().tolist())
    chosen = {
        "whole plates, seen": [each for each in entries if each.pattern in read][:PREVIEWED],
        "partial plates": [each for each in entries if not is_plate(each.pattern)][:PREVIEWED],
    }

    def tries(each: Watched) -> object:
        return trial(session, Tried(each.pattern, True, each.conditions, ZONE), now)

    told = {"the first": round(_wall_s(lambda: tries(entries[0])) * 1e3)}
    for name, some in chosen.items():
        times = sorted(_wall_s(partial(tries, each)) for each in some)
        told |= {f"{name}, p50": round(times[len(times) // 2] * 1e3), f"{name}, most": round(times[-1] * 1e3)}
    return told


def _alone(matcher: Matcher, looks: Sequence[Look], entries: Sequence[Watched]) -> dict[str, float]:
    """Return CPU ms a sighting of matching without weighing, and of the baselines."""
    some, few = looks[:10_000], looks[:SCANNED]
    batches = [some[first : first + BATCH] for first in range(0, len(some), BATCH)]
    single = looks[:300]
    before = Before(entries)
    return {
        "matching alone, batches of 500": _ms(
            _cpu_s(lambda: [matcher.matches(batch, PRIOR) for batch in batches]), len(some)
        ),
        "matching alone, one by one": _ms(
            _cpu_s(lambda: [matcher.matches([look], PRIOR) for look in single]), len(single)
        ),
        "baseline: the matcher of before, exact only": _ms(
            _cpu_s(lambda: [before.matches(look.plate, look.received_at) for look in some[:2000]]), 2000
        ),
        "baseline: all entries scanned by the same model": _ms(
            _cpu_s(lambda: [_scan(look.plate, entries) for look in few]), len(few)
        ),
    }


def _worth(
    hits: Sequence[Hit], truth: dict[str, str], matcher: Matcher, looks: Sequence[Look], days: int
) -> dict[str, Any]:
    """Return alerts a day, one for each entry and plate: right and wrong ones, ours and the baselines'."""
    fuzzy: dict[tuple[str, bool], set[tuple[int, str, bool]]] = defaultdict(set)
    found = {hit.sighting.id for hit in hits if hit.believed}
    for hit in hits:
        if hit.believed:
            right = matches(hit.entry.pattern, truth[hit.sighting.id])
            day = hit.sighting.seen_at.astimezone(ZONE).date().isoformat()
            fuzzy[day, is_plate(hit.entry.pattern)].add((hit.entry.id, hit.believed.plate, right))
    told: dict[str, Any] = {}
    scale = COUNTY_PER_DAY * days / len(truth)
    for whole, name in ((True, "whole plates"), (False, "partial plates")):
        alerts = [alert for (_, kind), group in fuzzy.items() if kind == whole for alert in group]
        right = sum(alert[2] for alert in alerts)
        told[name] = {
            "fuzzy, right": round(right / days, 1),
            "fuzzy, wrong": round((len(alerts) - right) / days, 1),
            "wrong, in a county of 2.4 M a day": round((len(alerts) - right) / days * scale),
        }
    told["exact"] = round(len({(hit.entry.id, hit.plate) for hit in hits if not hit.believed}) / days)
    return told | _others(found, truth, matcher, looks, days)


def _others(
    found: set[str], truth: dict[str, str], matcher: Matcher, looks: Sequence[Look], days: int
) -> dict[str, Any]:
    """Return what alerts for all likely misreads, or all plates one character away, would be; and recall."""
    whole = {pattern for pattern in matcher.patterns if is_plate(pattern)}
    away, likely = set(), set()
    texts = sorted({look.plate for look in looks})
    for first in range(0, len(texts), BATCH):
        some = texts[first : first + BATCH]
        for row, number in matcher.index.candidates(some)[1]:
            pattern = matcher.patterns[number]
            if pattern in whole and len(pattern) == len(some[row]):
                away.add((pattern, some[row]))
                if PRIOR.probability(some[row], pattern) >= 1e-3:
                    likely.add((pattern, some[row]))
    misread = [key for key, true in truth.items() if true in whole and READ[key] not in ("", true)]
    return {
        "baseline: every plate one character away": round(len(away) / days),
        "baseline: every misread of P >= 0.001": round(len(likely) / days),
        "misreads of watched vehicles": len(misread),
        "of them found": round(sum(key in found for key in misread) / max(1, len(misread)), 3),
    }


READ: dict[str, str] = {}
"""What was read, by sighting."""


def _last_days(engine: Engine, month: Month, days: int) -> tuple[list[Seen], dict[str, str]]:
    """Return the sightings of the last days, and the true plate of each."""
    with reading(engine) as session:
        rows = session.execute(select(Camera.code, Camera.id, Camera.lon, Camera.lat)).all()
    places = {row.code: CameraPlace(row.id, row.code, row.lon, row.lat) for row in rows}
    codes = month.county.cameras.codes
    first = int(np.searchsorted(month.seen_at, month.seen_at[-1] - days * DAY_S))
    texts = month.texts(slice(first, None)).tolist()
    plates = county_plates.as_texts(month.plate_of).tolist()
    seen, truth = [], {}
    for row, text in enumerate(texts, first):
        sighting = _sighting(month, row, text, codes[month.camera[row]])
        seen.append((sighting, places[sighting.camera]))
        truth[sighting.id] = plates[month.vehicle[row]] if month.vehicle[row] >= 0 else ""
        READ[sighting.id] = text
    return seen, truth


def _sighting(month: Month, row: int, text: str, camera: str) -> Sighting:
    at = datetime.fromtimestamp(float(month.seen_at[row]), UTC)
    colour = COLOURS[month.colour[row]] if month.colour[row] >= 0 else None
    times = dict.fromkeys(("seen_at", "first_seen_at", "last_seen_at", "received_at"), at)
    kind = CLASSES[month.vehicle_class[row]]
    return Sighting(
        f"{row}", camera, **times, vehicle_class=kind, confidence=0.9, plate=text or None, colour=colour
    )


def _scan(read: str, entries: Sequence[Watched]) -> list[int]:
    return [
        each.id for each in entries if is_plate(each.pattern) and PRIOR.probability(read, each.pattern) > 1e-3
    ]


class Before:
    """The matcher of before: whole plates by name, patterns by first character and one expression for all."""

    def __init__(self, entries: Sequence[Watched]) -> None:
        self.whole: dict[str, list[Watched]] = defaultdict(list)
        self.patterns: dict[str, list[tuple[re.Pattern[str], Watched]]] = defaultdict(list)
        for entry in entries:
            if entry.pattern.isalnum():
                self.whole[entry.pattern].append(entry)
            else:
                first = entry.pattern[0] if entry.pattern[0] not in "?*" else ""
                text = entry.pattern.replace("?", ".").replace("*", ".*")
                self.patterns[first].append((re.compile(text), entry))
        self.gates = {
            first: re.compile("|".join(each.pattern for each, _ in group))
            for first, group in self.patterns.items()
        }

    def matches(self, plate: str, at: datetime) -> list[Watched]:
        found = list(self.whole.get(plate, ()))
        for first in (plate[:1], ""):
            if first in self.gates and self.gates[first].fullmatch(plate):
                found += [entry for text, entry in self.patterns[first] if text.fullmatch(plate)]
        return [entry for entry in found if entry.valid_from <= at < entry.valid_until]


def _wall_s(work: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    work()
    return time.perf_counter() - started_s


def _cpu_s(work: Callable[[], object]) -> float:
    started_s = time.process_time()
    work()
    return time.process_time() - started_s


def _ms(seconds: float, count: int) -> float:
    return round(seconds / max(1, count) * 1e3, 4)


if __name__ == "__main__":
    main()
