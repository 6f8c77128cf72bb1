"""Conditions: how the whole system is, in numbers, for the status page and for metrics. Never a plate."""

from dataclasses import dataclass
from typing import Any

from redis import Redis
from sqlalchemy import func, select

from operations import stream
from operations.alerts import CLOSED
from operations.retention import Proof, last_proof
from operations.store import Session
from operations.tables import Alert, AuditRow, Camera

STREAMS = ("sightings", "camera_states")
WORKERS = "worker:*"


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database knows: cameras by state, those with a source, open alerts, audit rows not sealed.

    retention: when it last said that it ran, and what it left that should have gone; None: it never has.
    """

    cameras: dict[str, int]
    live: int
    alerts_open: int
    unsealed: int
    retention: Proof | None = None


@dataclass(frozen=True, slots=True)
class Flowing:
    """What Redis knows: messages waiting and dead by stream, and the workers that run."""

    waiting: dict[str, int]
    dead: dict[str, int]
    workers: list[str]


def stored(session: Session) -> Stored:
    """Count in the database."""
    by_state = select(Camera.state, func.count()).group_by(Camera.state)
    live = select(func.count()).where(Camera.source.is_not(None), Camera.enabled)
    alerts_open = select(func.count()).where(Alert.state.not_in(CLOSED))
    unsealed = select(func.count()).where(AuditRow.relayed_at.is_(None))
    return Stored(
        cameras=dict(session.execute(by_state).all()),
        live=session.scalar(live) or 0,
        alerts_open=session.scalar(alerts_open) or 0,
        unsealed=session.scalar(unsealed) or 0,
        retention=last_proof(session),
    )


def flowing(client: Redis) -> Flowing:
    """Count in Redis. Raises RedisError."""
    workers: Any = client.scan_iter(WORKERS, count=1000)
    return Flowing(
        waiting={name: stream.backlog(client, name) for name in STREAMS},
        dead={name: stream.dead_letters(client, name) for name in STREAMS},
        workers=sorted(str(key).removeprefix("worker:") for key in workers),
    )
