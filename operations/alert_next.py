"""Where an alert's vehicle will likely pass next, and who could be there first; told from the alert alone.

Only the sightings that the alert itself hit are looked at, never the vehicle's past: that needs a case.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from operations import audit
from operations.access import Person
from operations.dispatch import interception_json, interceptions
from operations.looks import alert_for
from operations.quarantine import in_force
from operations.store import Session
from operations.tables import AlertSighting, Case, SightingRow
from operations.tracks.readings import COLUMNS, Reading, in_order
from operations.tracks.sites import sites
from operations.tracks.travel import travel_times
from operations.tracks.where_next import next_json, where_next


def alert_next(session: Session, alert_id: int, person: Person, now: datetime) -> list[dict[str, Any]]:
    """Return the places that may follow, the likeliest first, each with a unit that can be there before.

    Empty where too much time has passed. The look is audited. Raises AlertNotFound, NotAllowed, NoCounty.
    """
    alert = alert_for(session, alert_id, person)
    audit.record(
        session,
        actor=person.actor,
        now=now,
        action="alert.next_viewed",
        subject="alert",
        subject_id=alert.id,
        case_number=session.get_one(Case, alert.case_id).number,
    )
    readings = [each for each in _readings(session, alert_id) if each.quarantined is None]
    if not readings:
        return []
    points = where_next(session, readings[-1], now, readings)
    network = travel_times(session).sites.network
    units = {each.point.site: each for each in interceptions(session, network, points, now)}
    told = next_json(points)
    for point in told:
        unit = units.get(point["site"])
        point["interception"] = interception_json(unit) if unit else None
    return told


def _readings(session: Session, alert_id: int) -> list[Reading]:
    same = (SightingRow.id == AlertSighting.sighting_id) & (SightingRow.seen_at == AlertSighting.seen_at)
    rows = session.execute(
        select(*COLUMNS).join(AlertSighting, same).where(AlertSighting.alert_id == alert_id)
    )
    return in_order(rows.all(), sites(session), in_force(session))
