"""Finding what is not to be believed: phantom plates, clocks that are off, lanes that are misread.

Reads the last hours by index, a part of the cameras each round; the judging is in doubts/, pure. Never ranks
vehicles: a text is tested only at the one camera that reads it again and again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from operations import quarantine
from operations.audit import SYSTEM
from operations.doubts import clocks, lanes, phantoms
from operations.doubts.clocks import Clock
from operations.doubts.lanes import Lane
from operations.doubts.phantoms import Phantom
from operations.quarantine import NewQuarantine, key_of
from operations.quarantine_reads import (
    CLOCK_SPAN,
    Busy,
    busy_cameras,
    lane_counts,
    phantom_suspects,
    read_last,
    read_pairs,
)
from operations.store import Engine, Session, reading, take_turn, writing
from operations.tables import Camera, LearnedUntil, Quarantine

PARTS = 6
"""A round looks at one part of the cameras: every camera once an hour, and each round is short."""
LANE_SPAN = timedelta(hours=6)
"""Since when the readings of a lane found now are not believed."""
EVERY = timedelta(minutes=10)
TURN = "quarantine"
PHANTOM_ENDS_AFTER = timedelta(days=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Round:
    """What a round found: what is to be put in quarantine, and which (by id) has ended and when."""

    new: list[NewQuarantine]
    ended: dict[int, datetime]


def find(engine: Engine, now: datetime) -> list[int]:
    """Look at the next part of the cameras, if it is time; return the ids of what was put in quarantine."""
    part = _take_part(engine, now)
    if part is None:
        return []
    with reading(engine) as session:
        cameras = [
            one for one in session.scalars(select(Camera.id).order_by(Camera.id)) if one % PARTS == part
        ]
        found = look(session, cameras, now, with_clocks=part == 0)
    return keep(engine, found, now)


def look(session: Session, cameras: Sequence[int], now: datetime, with_clocks: bool = True) -> Round:
    """Return what is found at some cameras (by id), and of all clocks; changes nothing."""
    known = quarantine.known_keys(session, now)
    going_on = session.scalars(
        select(Quarantine).where(Quarantine.lifted_at.is_(None), Quarantine.until.is_(None))
    ).all()
    by_key = {row.key: row for row in going_on}
    busy = busy_cameras(session, set(cameras), now)
    judged_lanes = _lanes(session, busy)
    judged_clocks = _clocks(session, now) if with_clocks else {}
    new = [
        *_phantoms(session, busy),
        *_bad_lanes(judged_lanes, now),
        *_bad_clocks(judged_clocks, now),
    ]
    ended = {
        **_phantoms_gone(session, [row for row in going_on if row.kind == "phantom"], now),
        **_clocks_right_again(judged_clocks, by_key, now),
        **_lanes_well_again(judged_lanes, by_key, now),
    }
    return Round([one for one in new if one.key not in known], ended)


def keep(engine: Engine, found: Round, now: datetime) -> list[int]:
    """Put in quarantine what was found, and end what has ended; audited, and told to the live feed."""
    if not found.new and not found.ended:
        return []
    with writing(engine) as session:
        known = quarantine.known_keys(session, now)  # looked at again: a person may have lifted it meanwhile
        made = [quarantine.add(session, one, SYSTEM, now) for one in found.new if one.key not in known]
        for quarantine_id, until in sorted(found.ended.items()):
            row = session.get_one(Quarantine, quarantine_id, with_for_update=True)
            if row.lifted_at is None and row.until is None:
                quarantine.end(session, row, until, now)
        return [row.id for row in made if row is not None]


def _take_part(engine: Engine, now: datetime) -> int | None:
    """Return the part that was looked at longest ago and mark it; None where another worker was just here."""
    with writing(engine) as session:
        if not take_turn(session, TURN):
            return None
        names = [f"{TURN}:{part}" for part in range(PARTS)]
        rows = session.scalars(select(LearnedUntil).where(LearnedUntil.name.in_(names))).all()
        last = {row.name: row.until for row in rows}
        if last and now - max(last.values()) < EVERY * 0.9:
            return None
        part = min(range(PARTS), key=lambda one: last.get(names[one], EPOCH))
        row = session.get(LearnedUntil, names[part])
        if row is None:
            session.add(LearnedUntil(name=names[part], until=now))
        else:
            row.until = now
        return part


def _phantoms(session: Session, cameras: Sequence[Busy]) -> Iterator[NewQuarantine]:
    suspects = phantom_suspects(session, cameras)
    tested = max(1, PARTS * len(suspects))
    for suspect in suspects:
        found = phantoms.judge(suspect.visits, suspect.usual, suspect.reads, tested)
        if found is not None:
            yield NewQuarantine(
                camera_id=suspect.camera_id,
                kind="phantom",
                reason=_phantom_words(found),
                since=EPOCH + timedelta(seconds=found.first_s),
                plate=suspect.text,
                why={"code": "phantom", **found.numbers()},
            )


def _phantom_words(found: Phantom) -> str:
    alike = f"by vehicles of {found.looks} looks" if found.looks > 1 else "always looking the same"
    regular = f", every {found.every_s:.0f} s" if found.every_s else ""
    return (
        f"Read {found.visits} times on {found.days} day(s){regular}, {alike}; only {found.linked} times was "
        f"it read anywhere else within 45 minutes, as {found.usual_linked:.0%} of its vehicles are: "
        "it is no vehicle's plate."
    )


def _phantoms_gone(session: Session, going_on: Iterable[Quarantine], now: datetime) -> dict[int, datetime]:
    """Return the phantoms that were not read for a week, with when they were read last."""
    gone: dict[int, datetime] = {}
    for row in going_on:
        last = read_last(session, row.camera_id, row.plate or "", now - PHANTOM_ENDS_AFTER)
        if last is None and row.made_at < now - PHANTOM_ENDS_AFTER:
            gone[row.id] = now
    return gone


def _lanes(session: Session, cameras: Sequence[Busy]) -> dict[int, dict[int, Lane]]:
    counts = lane_counts(session, cameras)
    tested = max(1, PARTS * sum(len(of) for of in counts.values()))
    return {camera_id: lanes.lanes_of(of, tested) for camera_id, of in counts.items()}


def _bad_lanes(judged: Mapping[int, Mapping[int, Lane]], now: datetime) -> Iterator[NewQuarantine]:
    for camera_id, of in judged.items():
        for number, lane in of.items():
            if lane.is_misread:
                words = (
                    f"{lane.unknown:.0%} of {lane.reads} plates read in lane {number} are read nowhere else, "
                    f"but {lane.sisters_unknown:.0%} of those in the other lanes: look at the lane's picture."
                )
                why = {"code": "lane", **lane.numbers()}
                yield NewQuarantine(camera_id, "lane", words, now - LANE_SPAN, lane=number, why=why)


def _lanes_well_again(
    judged: Mapping[int, Mapping[int, Lane]], by_key: Mapping[str, Quarantine], now: datetime
) -> dict[int, datetime]:
    return {
        by_key[key].id: now
        for camera_id, of in judged.items()
        for number, lane in of.items()
        if (key := key_of("lane", camera_id, lane=number)) in by_key and lanes.is_well_again(lane)
    }


def _clocks(session: Session, now: datetime) -> dict[int, Clock]:
    """Judge all clocks by the times that were learned; by road where those say nothing, or nothing bad.

    A clock that was wrong when its legs were learned is only found by road.
    """
    learned, by_road = read_pairs(session, now)
    judged = clocks.clocks_of(learned)
    for camera_id, clock in clocks.clocks_of(by_road, clocks.LEAST_BY_ROAD_S).items():
        if camera_id not in judged or (clock.is_off and not judged[camera_id].is_off):
            judged[camera_id] = clock
    return judged


def _bad_clocks(judged: Mapping[int, Clock], now: datetime) -> Iterator[NewQuarantine]:
    for camera_id, clock in judged.items():
        if clock.is_off:
            way = "ahead" if clock.offset_s > 0 else "behind"
            words = (
                f"Its times are {abs(clock.offset_s):.0f} s {way} (give or take {clock.error_s:.0f} s), as "
                f"{clock.agree} of {clock.legs} legs with {clock.neighbours} cameras say: set its clock."
            )
            yield NewQuarantine(
                camera_id, "clock", words, now - CLOCK_SPAN, why={"code": "clock", **clock.numbers()}
            )


def _clocks_right_again(
    judged: Mapping[int, Clock], by_key: Mapping[str, Quarantine], now: datetime
) -> dict[int, datetime]:
    return {
        by_key[key].id: now
        for camera_id, clock in judged.items()
        if (key := key_of("clock", camera_id)) in by_key
        and not clock.is_off
        and abs(clock.offset_s) <= clocks.WELL_AGAIN_S
    }
