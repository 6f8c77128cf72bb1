"""What the demo adds to an empty installation: a case, a watchlist, two weeks of history with questions about
them, demand for patrols, rendered cameras."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import insert, select, update

from config.settings import Settings
from geo.roads import RoadNetwork
from geo.travel_times import seconds_between
from operations import cases, watchlist
from operations.access import Person
from operations.audit import Actor
from operations.camera_hours import count_in
from operations.cases import NewCase
from operations.county import road_network
from operations.demo.case_history import CLONED, STOLEN, past_sightings
from operations.demo.demand import write_demand
from operations.demo.history import DAYS, Stations
from operations.demo.patrol_history import write_patrol_history
from operations.demo.traffic import LiveCamera, write_schedule
from operations.demo.vehicles import WATCHED
from operations.field.shift_hours import working_hours
from operations.first_run import Login, ensure_county, ensure_logins
from operations.patrolling.shifts import ensure_shifts
from operations.questions.asking import ask
from operations.questions.question import Question
from operations.reads.seen_plates import Kept, keep
from operations.store import Engine, Session, ensure_partitions, reading, writing
from operations.tables import Camera, Case, Point, SightingRow, Unit, User
from operations.tracks.learning import catch_up
from operations.watchlist import NewEntry

CASE_NUMBER = "望公（刑）立字〔2026〕0417号"
CASE_TITLE = "海滨路交通肇事逃逸与涉车案"
QUESTIONS = (
    ("path", CLONED.plate, "核对案发前后该车的行驶轨迹"),
    ("companions", STOLEN.plate, "被盗车辆疑有同伙驾车随行"),
)
LEGAL_BASIS = "《刑事诉讼法》第一百一十二条，立案决定书 2026-11-19"
FIRST_PASSAGE_AFTER_S = 10.0
BETWEEN_CAMERAS_S = (35.0, 110.0)  # road time from one live camera to the next
LOOKS = ("", "", "&weather=rain", "", "&glare=1", "&light=night")


Calibrate = Callable[[str], dict[str, Any]]
"""Takes the source of a rendered camera, returns its calibration."""


def prepare_demo(
    engine: Engine, settings: Settings, seed: int, live_cameras: int, calibrate: Calibrate | None
) -> list[Login]:
    """Fill an empty database with the demo, point the live cameras at the renderer, write their traffic."""
    now = datetime.now(UTC)
    ensure_county(engine, now, seed)
    logins = ensure_logins(engine, settings.data_dir, now)
    with reading(engine) as session:
        network = road_network(session)
        is_new = session.scalar(select(Case.id).limit(1)) is None
    if is_new:
        _open_case(engine, now)
        _write_history(engine, network, seed, now.astimezone(ZoneInfo(settings.site_timezone)))
        catch_up(engine, now)
        _ask(engine, now)
        write_patrol_history(engine, settings.site_timezone, seed, now)
        write_demand(engine, network, seed, now.astimezone(ZoneInfo(settings.site_timezone)))
    _put_team_to_work(engine, settings.site_timezone, now)
    _point_cameras_at_renderer(engine, settings.data_dir, network, seed, live_cameras)
    if calibrate:
        _calibrate_rendered_cameras(engine, calibrate)
    return logins


def _open_case(engine: Engine, now: datetime) -> None:
    """Open the demo's case and put its vehicles on the watchlist: one person asks, another approves."""
    with writing(engine) as session:
        people = {user.role: Actor(user.login, user.role, user.id) for user in session.scalars(select(User))}
        asks, approves = people["investigator"], people["supervisor"]
        case = cases.open_new_case(
            session, approves, NewCase(CASE_NUMBER, CASE_TITLE, LEGAL_BASIS, now + timedelta(days=60)), now
        )
        cases.add_member(session, approves, case.id, asks.login, now)
        until = now + timedelta(days=30)
        for watched in WATCHED:
            wish = NewEntry(watched.pattern, CASE_NUMBER, watched.reason, watched.severity, until)
            entry = watchlist.create(session, asks, wish, now)
            watchlist.approve(session, approves, entry.id, now)


def _put_team_to_work(engine: Engine, timezone: str, now: datetime) -> None:
    """Give the patrol login the urban unit with most of its shift before it: its phone has a route then."""
    with writing(engine) as session:
        ensure_shifts(session)
        user = session.scalar(select(User).where(User.role == "patrol").order_by(User.id).limit(1))
        if user is None:
            return
        free = (Unit.user_id.is_(None)) | (Unit.user_id == user.id)
        units = session.scalars(select(Unit).where(Unit.kind == "urban", free).order_by(Unit.id)).all()

        def ahead(unit: Unit) -> timedelta:
            spans = working_hours(session, unit, timezone, now)
            return max((end - now for start, end in spans if start <= now < end), default=timedelta(0))

        best = max(units, key=ahead, default=None)
        if best is not None and best.user_id is None:
            session.execute(update(Unit).where(Unit.user_id == user.id).values(user_id=None))
            best.user_id = user.id


def _write_history(engine: Engine, network: RoadNetwork, seed: int, now: datetime) -> None:
    print(f"Simulating {DAYS} days of past sightings…", flush=True)
    with reading(engine) as session:
        cameras = _camera_of_each_point(session)
    nodes = network.snap([c.lon for c in cameras], [c.lat for c in cameras])
    stations = Stations(np.array([c.id for c in cameras]), seconds_between(network, nodes, nodes))
    with writing(engine) as session:
        ensure_partitions(session, (now - timedelta(days=DAYS + 2)).date(), now.date())
        plates: set[tuple[str, date]] = set()
        counts: list[tuple[int, datetime, bool]] = []
        batch: list[dict[str, Any]] = []
        for rows in past_sightings(stations, seed, now):
            batch += rows
            plates |= {(row["plate"], row["seen_at"].astimezone(UTC).date()) for row in rows}
            counts += [(row["camera_id"], row["seen_at"], True) for row in rows]
            if len(batch) >= 5000:
                session.execute(insert(SightingRow), batch)
                batch = []
        if batch:
            session.execute(insert(SightingRow), batch)
        keep(session, Kept(), plates)
        count_in(session, counts)


def _ask(engine: Engine, now: datetime) -> None:
    """Ask what an investigator would ask first; the second question waits for a supervisor."""
    with reading(engine) as session:
        user = session.scalars(select(User).where(User.role == "investigator")).one()
    asks = Person(user.id, user.login, user.name, user.role, 0, now)
    since = now - timedelta(days=DAYS)
    for kind, plate, reason in QUESTIONS:
        question = Question(
            case_number=CASE_NUMBER, reason=reason, since=since, until=now, kind=kind, plate=plate
        )
        ask(engine, question, asks, now)


def _camera_of_each_point(session: Session) -> Sequence[Camera]:
    """Return one HD camera of every monitoring point that has one."""
    rows = session.scalars(
        select(Camera)
        .where(Camera.point_id.is_not(None), Camera.kind == "hd")
        .order_by(Camera.point_id, Camera.id)
    )
    first: dict[int, Camera] = {}
    for camera in rows:
        first.setdefault(camera.point_id or 0, camera)
    return list(first.values())


def _point_cameras_at_renderer(
    engine: Engine, data_dir: Path, network: RoadNetwork, seed: int, count: int
) -> None:
    """Choose cameras along a drive through the county town, give them sources, and write their traffic."""
    schedule = data_dir.absolute() / "traffic.json"
    with writing(engine) as session:
        cameras = _camera_of_each_point(session)
        nodes = network.snap([c.lon for c in cameras], [c.lat for c in cameras])
        seconds = seconds_between(network, nodes, nodes)
        order = _drive(seconds, _most_central(session, cameras), count)
        session.execute(
            update(Camera)
            .where(Camera.source.like("synthetic://%"))
            .values(source=None, state="unknown", calibration=None)
        )
        for number, index in enumerate(order):
            camera = cameras[index]
            options = urlencode({"camera": camera.code, "schedule": str(schedule), "seed": seed + number})
            camera.source = f"synthetic://road?{options}{LOOKS[number % len(LOOKS)]}"
    live = [LiveCamera(cameras[i].code, int(nodes[i])) for i in order]
    epoch = datetime.now(UTC) + timedelta(seconds=FIRST_PASSAGE_AFTER_S)
    write_schedule(schedule, live, seconds[np.ix_(order, order)], seed, epoch)


def _calibrate_rendered_cameras(engine: Engine, calibrate: Calibrate) -> None:
    """Give every rendered camera its calibration, as an administrator would."""
    with writing(engine) as session:
        for camera in session.scalars(select(Camera).where(Camera.source.like("synthetic://%"))):
            camera.calibration = calibrate(camera.source or "")


def _most_central(session: Session, cameras: Sequence[Camera]) -> int:
    """Return the position of the camera with the most monitoring points close by: the county town."""
    points = session.execute(select(Point.lon, Point.lat)).all()
    places = np.array([(lon, lat) for lon, lat in points])
    near = [int((np.hypot(*(places - (c.lon, c.lat)).T) < 0.015).sum()) for c in cameras]
    return int(np.argmax(near))


def _drive(seconds: np.ndarray, start: int, count: int) -> list[int]:
    """Return `count` places in driving order, each well apart from the last and further from the start."""
    order = [start]
    while len(order) < min(count, len(seconds)):
        from_last = seconds[order[-1]].copy()
        from_last[order] = np.inf
        onward = from_last + np.where(from_last < BETWEEN_CAMERAS_S[0], 600.0, 0.0)
        onward -= 0.3 * np.minimum(seconds[start], 600.0)
        order.append(int(np.argmin(onward)))
    return order
