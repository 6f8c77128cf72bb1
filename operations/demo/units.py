"""The demo's patrol teams: they follow plans, drive where they are sent and say so. Not for a real site."""

import logging
import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from redis import Redis
from sqlalchemy import select

from config.settings import Settings
from geo.coordinates import haversine_m
from geo.roads import RoadNetwork
from geo.travel_times import NoRoadBetween, route
from operations import dispatch
from operations.audit import SYSTEM, Actor
from operations.county import NoCounty, road_network
from operations.demo.driving import Drive, along_line, along_route
from operations.facts import Fact
from operations.field.check_ins import Said, take_check_in
from operations.field.route import current_route
from operations.patrolling import publishing
from operations.patrolling.days import site_day
from operations.patrolling.drafts import Wishes
from operations.patrolling.planning import want
from operations.store import Engine, Session, engine_from_url, reading, writing
from operations.tables import Assignment, PatrolPlan, PatrolStop, Unit
from operations.units import Position, announce_moves, record_moves

log = logging.getLogger(__name__)

TICK_S = 2.0
HURRY = 3.0  # a dispatched unit drives this many times as fast as the road, so that a demo need not wait
EARLY = timedelta(minutes=10)  # how long before its time a unit sets out for a stop
STAYS = (0.75, 1.1)  # of the planned dwell
SKIPPED = 0.06
REST_S = (15.0, 60.0)
ROAM_M = 3_500.0
HANDS_OFF = timedelta(seconds=60)
PLAN_S = 10.0


@dataclass
class Errand:
    """What a unit is doing: driving, then resting; for an alert, for a stop of its plan, or for nothing."""

    drive: Drive
    rest_until: datetime
    alert_id: int | None = None
    stop_id: int | None = None
    told: bool = False


@dataclass
class Fleet:
    """The errands under way, by unit id, and who drives a unit besides us."""

    network: RoadNetwork
    timezone: str
    random: random.Random
    errands: dict[int, Errand] = field(default_factory=dict)
    placed: dict[int, Position] = field(default_factory=dict)
    hands_off: dict[int, datetime] = field(default_factory=dict)


def run(settings: Settings, stop: threading.Event) -> None:
    """Move the demo's units until told to stop."""
    engine = engine_from_url(settings.database)
    client: Redis = Redis.from_url(settings.redis, decode_responses=True)
    network = _wait_for_roads(engine, stop)
    if network is None:
        return
    fleet = Fleet(network, settings.site_timezone, random.Random("units"))
    planning = threading.Thread(target=_plan_today, args=(engine, settings.site_timezone, stop))
    planning.start()
    while not stop.wait(TICK_S):
        try:
            tick(engine, client, fleet, datetime.now(UTC))
        except Exception:  # the worker's loop edge
            log.exception("a step of the demo's units failed; the next one follows")
    planning.join()  # the solver must not be running while the interpreter ends


def tick(engine: Engine, client: Redis, fleet: Fleet, now: datetime) -> int:
    """Move every unit one step, store and publish it, report arrivals; return how many moved."""
    with reading(engine) as session:
        on_duty = session.scalars(select(Unit).where(Unit.state != "off_duty").order_by(Unit.id)).all()
    _report_leaving(engine, fleet, on_duty, now)
    with reading(engine) as session:
        units = session.scalars(select(Unit).where(Unit.state != "off_duty").order_by(Unit.id)).all()
        sent = _under_way(session)
        for unit in units:
            _choose_errand(session, fleet, unit, sent.get(unit.id), now)
        session.expunge_all()  # the units are used after this transaction, as they were read
    moves = {unit.id: at for unit in units if (at := _step(fleet, unit, now))}
    if moves:
        with writing(engine) as session:
            record_moves(session, moves, now)
        announce_moves(client, moves, {unit.id: unit.state for unit in units})
        fleet.placed |= moves
    for unit in units:
        _report_arrival(engine, fleet, unit, now)
    return len(moves)


def _wait_for_roads(engine: Engine, stop: threading.Event) -> RoadNetwork | None:
    while not stop.is_set():
        with reading(engine) as session:
            try:
                return road_network(session)
            except NoCounty:
                pass
        stop.wait(TICK_S)
    return None


def _plan_today(engine: Engine, timezone: str, stop: threading.Event) -> None:
    """Want a plan of today, unless there is one from before a restart, and publish it once it is made."""
    now = datetime.now(UTC)
    day = site_day(now, timezone)
    with writing(engine) as session:
        plans = session.scalars(select(PatrolPlan).where(PatrolPlan.day == day)).all()
        if any(plan.state in ("published", "wanted", "planning", "draft") for plan in plans):
            return
        plan = want(session, day, Wishes(timezone, seconds=PLAN_S, name="今日巡防"), SYSTEM, now)
    log.info("today's patrols are being planned, about %.0f s", PLAN_S)
    while not stop.wait(TICK_S):
        with reading(engine) as session:
            row = session.get_one(PatrolPlan, plan.id)
        if row.state == "draft":
            with writing(engine) as session:
                publishing.publish(session, row.id, row.revision, SYSTEM, datetime.now(UTC))
            served = (row.figures or {}).get("served")
            log.info("today's patrols are planned and published: %s visits", served)
        if row.state not in ("wanted", "planning"):
            return


def _under_way(session: Session) -> dict[int, Assignment]:
    drives = session.scalars(select(Assignment).where(Assignment.ended_at.is_(None)))
    return {drive.unit_id: drive for drive in drives}


def _choose_errand(
    session: Session, fleet: Fleet, unit: Unit, sent: Assignment | None, now: datetime
) -> None:
    """Give a unit its next errand when it is sent somewhere or has nothing to do."""
    errand = fleet.errands.get(unit.id)
    here = Position(unit.lon, unit.lat, unit.heading_deg)
    known = fleet.placed.setdefault(unit.id, here)
    if (known.lon, known.lat) != (here.lon, here.lat):  # a phone reports for this unit: leave it alone
        fleet.hands_off[unit.id], fleet.placed[unit.id] = now + HANDS_OFF, here
        fleet.errands.pop(unit.id, None)
    if fleet.hands_off.get(unit.id, now) > now:
        return
    if sent is not None:
        if errand is None or errand.alert_id != sent.alert_id:
            drive = along_line(here, sent.route["coordinates"], sent.eta_s / HURRY, now)
            fleet.errands[unit.id] = Errand(drive, datetime.max.replace(tzinfo=UTC), sent.alert_id)
    elif errand is None or errand.alert_id is not None or errand.rest_until <= now:
        fleet.errands[unit.id] = _next_stop(session, fleet, unit, now) or _roam(fleet, unit, now)


def _next_stop(session: Session, fleet: Fleet, unit: Unit, now: datetime) -> Errand | None:
    """Return the errand to the next stop of the unit's plan, if it is about time."""
    own = current_route(session, unit.id, now)
    if own is None:
        return None
    stops = session.scalars(
        select(PatrolStop)
        .where(PatrolStop.route_id == own[1].id, PatrolStop.dropped_at.is_(None))
        .where(PatrolStop.checked_in_at.is_(None), PatrolStop.leave_at > now)
        .order_by(PatrolStop.position)
    )
    stop = next((s for s in stops if s.arrive_at - EARLY <= now and not _is_skipped(s)), None)
    if stop is None or (unit.user_id is not None and _is_at(unit, stop)):
        return None  # a person checks in by themselves
    drive = _drive_to(fleet, unit, int(fleet.network.snap(stop.lon, stop.lat)), now)
    stays = timedelta(seconds=stop.dwell_s * fleet.random.uniform(*STAYS))
    return Errand(drive, drive.ends_at + stays, stop_id=stop.id)


def _is_skipped(stop: PatrolStop) -> bool:
    """Return whether the crew will not make this visit: some are missed in every county."""
    return random.Random(stop.id).random() < SKIPPED


def _is_at(unit: Unit, stop: PatrolStop) -> bool:
    return float(haversine_m(unit.lon, unit.lat, stop.lon, stop.lat)) < 30.0


def _roam(fleet: Fleet, unit: Unit, now: datetime) -> Errand:
    """Return an errand to some place in the neighbourhood."""
    network = fleet.network
    near = np.flatnonzero(haversine_m(unit.lon, unit.lat, network.lon, network.lat) < ROAM_M)
    drive = _drive_to(fleet, unit, int(fleet.random.choice(near.tolist() or [0])), now)
    return Errand(drive, drive.ends_at + timedelta(seconds=fleet.random.uniform(*REST_S)))


def _drive_to(fleet: Fleet, unit: Unit, node: int, now: datetime) -> Drive:
    here = Position(unit.lon, unit.lat, unit.heading_deg)
    start = int(fleet.network.snap(unit.lon, unit.lat))
    try:
        return along_route(here, route(fleet.network, start, node), now)
    except NoRoadBetween:
        return along_route(here, route(fleet.network, start, start), now)


def _step(fleet: Fleet, unit: Unit, now: datetime) -> Position | None:
    """Return where the unit is now; None when it stands still."""
    errand = fleet.errands.get(unit.id)
    at = errand.drive.position(now) if errand else None
    return None if at is None or (at.lon, at.lat) == (unit.lon, unit.lat) else at


def _report_arrival(engine: Engine, fleet: Fleet, unit: Unit, now: datetime) -> None:
    """Tell operations that the unit has reached its alert or its stop, once."""
    errand = fleet.errands.get(unit.id)
    if errand is None or errand.told or errand.drive.ends_at > now:
        return
    errand.told = True
    crew = Actor(f"demo-{unit.code}", "patrol", unit.user_id)
    try:
        with writing(engine) as session:
            if errand.alert_id is not None:
                dispatch.arrive(session, errand.alert_id, crew, now)
            elif errand.stop_id is not None and unit.user_id is None:
                take_check_in(session, fleet.network, _said(unit, errand.stop_id, "arrive", now), crew, now)
    except Fact as fact:  # somebody else was faster, or the alert is closed
        log.info("%s: %s", unit.code, fact)


def _report_leaving(engine: Engine, fleet: Fleet, units: Sequence[Unit], now: datetime) -> None:
    """Tell operations which units have stayed long enough at their stops, before they get something new."""
    for unit in units:
        errand = fleet.errands.get(unit.id)
        if errand is None or errand.stop_id is None or unit.user_id is not None:
            continue
        if not errand.told or errand.rest_until > now:
            continue
        crew = Actor(f"demo-{unit.code}", "patrol", None)
        fleet.errands.pop(unit.id)
        try:
            with writing(engine) as session:
                take_check_in(session, fleet.network, _said(unit, errand.stop_id, "leave", now), crew, now)
        except Fact as fact:  # the plan changed meanwhile
            log.info("%s: %s", unit.code, fact)


def _said(unit: Unit, stop_id: int, kind: str, now: datetime) -> Said:
    """Return what the phone of a crew without a login would say at a stop: arrive or leave."""
    return Said(
        f"demo-{kind}-{stop_id}",
        kind,
        now,
        stop_id,
        now,
        lon=unit.lon,
        lat=unit.lat,
        accuracy_m=8.0,
        unit_id=unit.id,
    )
