"""Promise: when two operators send the same unit at once, one of them wins and the other is told."""

import threading

from operations import dispatch
from operations.alert_views import alert_json
from operations.dispatch import UnitNotAvailable
from operations.intake import Known
from operations.store import Engine, reading, writing
from operations.tables import Alert, Assignment
from tests.conftest import Clock
from tests.village import OPERATOR, PLATE, found_village, seen, straight_road, take, watch_for

ROADS = straight_road()


def test_two_dispatchers_send_one_unit_once(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    plates = (PLATE, "皖B55555")
    for plate in plates:
        watch_for(engine, plate, clock())
    take(engine, Known(), clock(), *(seen(clock(), track, plate=plate) for track, plate in enumerate(plates)))
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def send(alert_id: int) -> None:
        start.wait(10)
        try:
            with writing(engine) as session:
                dispatch.assign(session, ROADS, alert_id, 1, actor=OPERATOR, now=clock())
            outcomes.append("sent")
        except UnitNotAvailable:
            outcomes.append("not available")

    operators = [threading.Thread(target=send, args=(alert_id,)) for alert_id in (1, 2)]
    for operator in operators:
        operator.start()
    for operator in operators:
        operator.join(20)
    assert sorted(outcomes) == ["not available", "sent"]
    with reading(engine) as session:
        assert session.query(Assignment).count() == 1
        states = sorted(alert["state"] for alert in alert_json(session, session.query(Alert).all()))
        assert states == ["dispatched", "new"]
