"""The audit trail: sealed in order, published when it is an event, and unable to lie about itself."""

import json
import threading
from typing import Any

import pytest
import redis
from sqlalchemy import delete, update

from operations import audit
from operations.audit import Actor, Verdict
from operations.relay import read_anchor, relay
from operations.store import Engine, reading, writing
from operations.tables import AuditRow
from tests.conftest import Clock
from tests.services import wait_until

WHO = Actor("investigator", "investigator", 3)


def _act(engine: Engine, clock: Clock, count: int) -> None:
    with writing(engine) as session:
        for number in range(count):
            audit.record(
                session,
                actor=WHO,
                action="vehicle.queried",
                subject="query",
                subject_id=number,
                now=clock.move(0.5),
                details={"车牌": "浙J1234?", "score": 0.1 + number / 3},
                case_number="案-1",
                reason="盗窃案",
            )


def _verdict(engine: Engine, **given: Any) -> Verdict:
    with reading(engine) as session:
        return audit.verify(session, **given)


def test_rows_are_sealed_in_order_and_the_tail_is_told(
    engine: Engine, redis_client: redis.Redis, clock: Clock
) -> None:
    _act(engine, clock, 5)
    assert relay(engine, redis_client, clock()) == 5
    assert relay(engine, redis_client, clock()) == 0
    _act(engine, clock, 2)
    assert _verdict(engine) == Verdict(sealed=5, unsealed=2)
    relay(engine, redis_client, clock())
    assert _verdict(engine, anchor=read_anchor(redis_client)) == Verdict(sealed=7, unsealed=0)
    assert redis_client.xlen("events") == 0, "a look is no event"


def test_an_event_is_published_once_with_its_details(
    engine: Engine, redis_client: redis.Redis, clock: Clock
) -> None:
    with writing(engine) as session:
        audit.record(
            session,
            actor=WHO,
            action="patrol.checked_in",
            subject="patrol_stop",
            subject_id=4,
            now=clock(),
            details={"stop": {"id": 4, "note": "正常"}},
        )
    relay(engine, redis_client, clock())
    relay(engine, redis_client, clock())
    ((_, fields),) = redis_client.xrange("events")
    assert fields["type"] == "patrol.checked_in"
    assert json.loads(fields["json"]) == {"stop": {"id": 4, "note": "正常"}}


@pytest.mark.parametrize(
    ("statement", "sequence", "why"),
    [
        (update(AuditRow).where(AuditRow.sequence == 3).values(actor="nobody"), 3, "content was changed"),
        (update(AuditRow).where(AuditRow.sequence == 3).values(details={}), 3, "content was changed"),
        (delete(AuditRow).where(AuditRow.sequence == 3), 3, "missing"),
        (delete(AuditRow).where(AuditRow.sequence == 1), 1, "missing"),
        (delete(AuditRow).where(AuditRow.sequence > 4), 5, "rows after it are missing"),
    ],
)
def test_a_changed_or_missing_row_is_told(
    engine: Engine, redis_client: redis.Redis, clock: Clock, statement: Any, sequence: int, why: str
) -> None:
    _act(engine, clock, 6)
    relay(engine, redis_client, clock())
    with writing(engine) as session:
        session.execute(statement)
    found = _verdict(engine, anchor=read_anchor(redis_client)).first_broken
    assert found
    assert (found.sequence, why in found.why) == (sequence, True)


def test_a_chain_written_anew_is_told(engine: Engine, redis_client: redis.Redis, clock: Clock) -> None:
    _act(engine, clock, 3)
    relay(engine, redis_client, clock())
    anchor = read_anchor(redis_client)
    with writing(engine) as session:
        session.execute(update(AuditRow).values(reason="lost", sequence=None, relayed_at=None))
    relay(engine, redis_client, clock())
    assert _verdict(engine).whole
    found = _verdict(engine, anchor=anchor).first_broken
    assert found
    assert found.why == "the chain was written anew"


def test_two_relays_and_many_writers_make_one_whole_chain(
    engine: Engine, redis_client: redis.Redis, clock: Clock
) -> None:
    writers = [threading.Thread(target=_act, args=(engine, clock, 1)) for _ in range(24)]
    done = threading.Event()

    def keep_relaying() -> None:
        while not done.is_set():
            relay(engine, redis_client, clock())

    relays = [threading.Thread(target=keep_relaying) for _ in range(2)]
    for thread in relays + writers:
        thread.start()
    for thread in writers:
        thread.join(30)
    wait_until(lambda: _verdict(engine).sealed == len(writers), "the last row sealed")
    done.set()
    for thread in relays:
        thread.join(30)
    assert _verdict(engine) == Verdict(sealed=24, unsealed=0)
