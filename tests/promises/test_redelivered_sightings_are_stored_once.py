"""Promise: a sighting delivered again changes nothing: one row, one count, one time seen."""

from sqlalchemy import select

from operations.intake import Known, take_messages
from operations.sightings import to_json
from operations.store import Engine, reading
from operations.stream import Message
from operations.tables import Alert, AuditRow, SightingRow
from tests.conftest import Clock
from tests.village import PLATE, found_village, seen, watch_for


def test_redelivered_sightings_are_stored_once(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    watch_for(engine, PLATE, clock())
    sightings = [seen(clock(), track, plate=PLATE if track % 2 else None) for track in range(20)]
    messages = [Message(str(track), to_json(sighting).encode()) for track, sighting in enumerate(sightings)]
    first = take_messages(engine, Known(), messages + messages[:5], clock())
    assert (first.counted, first.raised) == ({1: 20}, [1])
    again = take_messages(engine, Known(), messages, clock.move(10))
    assert (again.counted, again.raised, again.seen_again) == ({}, [], [])
    with reading(engine) as session:
        rows = session.scalars(select(SightingRow).order_by(SightingRow.id)).all()
        assert sorted(row.id for row in rows) == sorted(sighting.id for sighting in sightings)
        assert session.scalars(select(Alert)).one().times_seen == 10
        told = session.scalars(select(AuditRow.action).where(AuditRow.subject == "alert")).all()
        assert told == ["alert.raised", "alert.seen_again"]


def test_every_field_is_stored(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    sighting = seen(clock(), 1, "C0002", clock_offset_s=-0.25, simulated=True)
    take_messages(engine, Known(), [Message("0", to_json(sighting).encode())], clock())
    with reading(engine) as session:
        row = session.scalars(select(SightingRow)).one()
    for name in type(sighting).__dataclass_fields__:
        if name not in ("camera", "plate_looks"):  # the looks are counted, and forgotten
            assert getattr(row, name) == getattr(sighting, name), name
    assert row.camera_id == 2
