"""Health, readiness, metrics and status: how the system is. Nothing here names a plate or a person."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from redis import RedisError

from api.doors import allowed
from api.house import House, TheHouse
from api.shapes.trail import StatusAnswer
from operations import conditions
from operations.access import Person
from operations.migrate import is_current
from operations.store import DatabaseDown, reading

VERSION = "0.1.0"
probes = APIRouter(tags=["ops"])
router = APIRouter(tags=["ops"])


@probes.get("/healthz", response_class=PlainTextResponse, summary="Is this process alive")
def show_health() -> str:
    """Answer `ok` as long as the process answers at all."""
    return "ok"


@probes.get("/readyz", response_class=PlainTextResponse, summary="Can this process serve")
def show_readiness(house: TheHouse) -> PlainTextResponse:
    """Answer `ready`, or 503 with one sentence saying what does not answer."""
    faults = [fault for fault in (_database_fault(house), _redis_fault(house)) if fault]
    return PlainTextResponse(" ".join(faults) or "ready", 503 if faults else 200)


@probes.get("/metrics", response_class=PlainTextResponse, summary="Metrics for Prometheus")
def show_metrics(house: TheHouse) -> Response:
    """Answer the metrics of this process, and what database and Redis say at this moment."""
    return Response(house.metrics.page(), media_type=CONTENT_TYPE_LATEST)


@router.get("/status", summary="How the system is")
def show_status(house: TheHouse, person: Annotated[Person, allowed("administrator")]) -> StatusAnswer:
    """Answer the state of every part; a part that does not answer says so in a sentence."""
    database, redis = _database_fault(house), _redis_fault(house)
    stored = conditions.Stored({}, 0, 0, 0)
    flowing = conditions.Flowing({}, {}, [])
    if not database:
        with reading(house.engine) as session:
            stored = conditions.stored(session)
    if not redis:
        flowing = conditions.flowing(house.redis)
    return StatusAnswer(
        redis=redis or "ok",
        database=database or "ok",
        workers=flowing.workers,
        lag=flowing.waiting,
        dead_letters=sum(flowing.dead.values()),
        cameras=stored.cameras,
        alerts_open=stored.alerts_open,
        unsealed=stored.unsealed,
        sse_clients=house.feed.clients,
        version=VERSION,
    )


def _database_fault(house: House) -> str | None:
    try:
        if is_current(house.engine):
            return None
    except DatabaseDown:
        return "The database does not answer: check DATABASE_URL."
    return "The database has an old or no schema: run `watchgrid migrate`."


def _redis_fault(house: House) -> str | None:
    try:
        house.redis.ping()
    except RedisError:
        return "Redis does not answer: check REDIS_URL."
    return None
