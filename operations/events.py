"""Events: the names of what the live feed carries, and how they get onto the stream. Not who may see them."""

import json
from collections.abc import Iterable
from typing import Any

from redis import Redis

STREAM = "events"
KEPT = 50_000

ALERT_RAISED = "alert.raised"
ALERT_SEEN_AGAIN = "alert.seen_again"
ALERT_ACKNOWLEDGED = "alert.acknowledged"
ALERT_DISPATCHED = "alert.dispatched"
ALERT_ON_SCENE = "alert.on_scene"
ALERT_RESOLVED = "alert.resolved"
ALERT_FALSE_ALARM = "alert.false_alarm"
ALERT_CONFIRMED = "alert.confirmed"
ALERT_ESCALATED = "alert.escalated"
UNITS_MOVED = "units.moved"
UNIT_CHANGED = "unit.changed"
CAMERA_STATE_CHANGED = "camera.state_changed"
SIGHTINGS_COUNTED = "sightings.counted"
WATCHLIST_CHANGED = "watchlist.changed"
PATROL_CHECKED_IN = "patrol.checked_in"
PATROL_PLANNED = "patrol.planned"
PATROL_PUBLISHED = "patrol.published"
PATROL_CHANGED = "patrol.changed"
DISTRESS_RAISED = "distress.raised"
DISTRESS_CHANGED = "distress.changed"
ASSIGNMENT_ANSWERED = "assignment.answered"
ROADS_CHANGED = "roads.changed"
QUARANTINE_CHANGED = "quarantine.changed"

TYPES = frozenset(
    {
        ALERT_RAISED,
        ALERT_SEEN_AGAIN,
        ALERT_ACKNOWLEDGED,
        ALERT_DISPATCHED,
        ALERT_ON_SCENE,
        ALERT_RESOLVED,
        ALERT_FALSE_ALARM,
        ALERT_CONFIRMED,
        ALERT_ESCALATED,
        UNITS_MOVED,
        UNIT_CHANGED,
        CAMERA_STATE_CHANGED,
        SIGHTINGS_COUNTED,
        WATCHLIST_CHANGED,
        PATROL_CHECKED_IN,
        PATROL_PLANNED,
        PATROL_PUBLISHED,
        PATROL_CHANGED,
        DISTRESS_RAISED,
        DISTRESS_CHANGED,
        ASSIGNMENT_ANSWERED,
        ROADS_CHANGED,
        QUARANTINE_CHANGED,
    }
)

Event = tuple[str, dict[str, Any]]
"""The type of an event and its JSON."""


def publish(client: Redis, happened: Iterable[Event]) -> int:
    """Append the events to the stream in order, in one round trip; return how many. The newest KEPT stay."""
    with client.pipeline(transaction=False) as pipe:
        for kind, payload in happened:
            text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
            pipe.xadd(STREAM, {"type": kind, "json": text}, maxlen=KEPT, approximate=True)
        return len(pipe.execute())
