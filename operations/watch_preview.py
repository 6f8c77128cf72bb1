"""Watch preview: what an entry would have hit in the past month, shown before anybody approves it.

A look at vehicle data like any other: under an open case, for a reason, audited before it is answered.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from operations import audit
from operations.audit import Actor
from operations.belief import MONTH
from operations.cases import is_member
from operations.facts import NotACaseMember
from operations.store import Engine, Session, reading, writing
from operations.tables import Case, WatchlistEntry
from operations.watch_conditions import conditions_of
from operations.watch_trial import Trial, TrialHit, Tried, trial
from operations.watchlist import EntryNotFound, NewEntry, check_may, check_runs, checked, open_case

OPEN_FOR = timedelta(hours=1)
"""For how long an alert is taken to be open: what is seen again meanwhile raises none."""
SAID = ("pattern", "fuzzy", "vehicle_class", "colour", "area", "hours", "reason")


def preview_new(engine: Engine, actor: Actor, asked: NewEntry, zone: tzinfo, now: datetime) -> dict[str, Any]:
    """Try an entry that a case worker thinks of. Raises as `watchlist.create`."""
    check_may(actor, "create")
    entry = checked(asked)
    said = {name: entry[name] for name in SAID}
    with reading(engine) as session:
        open_case(session, actor, asked.case_number, now)
        found = trial(session, _tried(said, zone), now)
    with writing(engine) as session:  # short: the search itself holds nobody up
        case = open_case(session, actor, asked.case_number, now)
        _record(session, actor, case, {**said, **_extent(found)}, now)
    return preview_json(found, zone, now)


def preview_entry(engine: Engine, actor: Actor, entry_id: int, zone: tzinfo, now: datetime) -> dict[str, Any]:
    """Try a kept entry: a member of its case may, and any supervisor while it waits for approval.

    Raises NotAllowed, EntryNotFound, CaseClosed, NotACaseMember.
    """
    check_may(actor, "create")
    with reading(engine) as session:
        entry, _ = _may_look(session, actor, entry_id, now)
        said = {name: getattr(entry, name) for name in SAID}
        found = trial(session, _tried(said, zone), now)
    with writing(engine) as session:
        _, case = _may_look(session, actor, entry_id, now)
        _record(session, actor, case, {**said, **_extent(found), "entry_id": entry_id}, now)
    return preview_json(found, zone, now)


def preview_json(found: Trial, zone: tzinfo, now: datetime) -> dict[str, Any]:
    """Return a trial as the API shows it; every day of the month is there, those without hits too."""
    exact = sum(not hit.why for hit in found.hits)
    alerts = _alerts(found.hits)
    days = _per_day(found.hits, alerts, zone, now)
    return {
        "exact": exact,
        "fuzzy": len(found.hits) - exact,
        "held": found.held,
        "plates": _plates(found.hits),
        "per_day": days,
        "alerts_per_day": round(len(alerts) / MONTH.days, 2),
        "truncated": found.truncated,
    }


def _plates(hits: Sequence[TrialHit]) -> list[dict[str, Any]]:
    """Return the texts as read: exact ones first, then by how often they were seen."""
    by_read: dict[str, list[TrialHit]] = defaultdict(list)
    for hit in hits:
        by_read[hit.read].append(hit)
    groups = sorted(by_read.values(), key=lambda group: (bool(group[0].why), -len(group), group[0].read))
    return [
        {
            "plate": group[0].read,
            "probability": round(max(hit.probability for hit in group), 4),
            "why": [asdict(slip) for slip in group[0].why],
            "sightings": len(group),
        }
        for group in groups
    ]


def _alerts(hits: Sequence[TrialHit]) -> list[TrialHit]:
    """Return the hits that would have raised an alert: none of the kind was open."""
    last: dict[tuple[str, bool], datetime] = {}
    raised = []
    for hit in hits:
        key = hit.plate, bool(hit.why)
        if key not in last or hit.at - last[key] > OPEN_FOR:
            raised.append(hit)
        last[key] = hit.at
    return raised


def _per_day(
    hits: Sequence[TrialHit], alerts: Sequence[TrialHit], zone: tzinfo, now: datetime
) -> list[dict[str, Any]]:
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=ago) for ago in range(MONTH.days, -1, -1)]
    counts: dict[date, dict[str, int]] = {day: {"exact": 0, "fuzzy": 0, "alerts": 0} for day in days}
    for hit in hits:
        counts[hit.at.astimezone(zone).date()]["fuzzy" if hit.why else "exact"] += 1
    for hit in alerts:
        counts[hit.at.astimezone(zone).date()]["alerts"] += 1
    return [{"day": day.isoformat(), **counts[day]} for day in days]


def _tried(said: Mapping[str, Any], zone: tzinfo) -> Tried:
    conditions = conditions_of(said["vehicle_class"], said["colour"], said["area"], said["hours"])
    return Tried(said["pattern"], said["fuzzy"], conditions, zone)


def _may_look(session: Session, actor: Actor, entry_id: int, now: datetime) -> tuple[WatchlistEntry, Case]:
    """Return an entry and its open case, if this person may see what it would have hit."""
    entry = session.get(WatchlistEntry, entry_id)
    if entry is None:
        raise EntryNotFound(entry_id)
    case = session.get_one(Case, entry.case_id)
    approves = actor.role == "supervisor" and entry.state == "pending"
    if not approves and not is_member(session, case.id, actor.user_id):
        raise NotACaseMember(case.number)
    check_runs(case, now)
    return entry, case


def _extent(found: Trial) -> dict[str, int]:
    return {"count": len(found.hits), "plates": len({hit.read for hit in found.hits})}


def _record(session: Session, actor: Actor, case: Case, said: Mapping[str, Any], now: datetime) -> None:
    """Add the look to the trail: what was tried, and how many sightings and plates it showed."""
    audit.record(
        session,
        actor=actor,
        now=now,
        action="watchlist.previewed",
        subject="case",
        subject_id=case.id,
        case_number=case.number,
        reason=said["reason"],
        details={name: value for name, value in said.items() if value is not None and name != "reason"},
    )
