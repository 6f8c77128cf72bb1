"""House: what the API process holds while it lives, handed to routes. It reads no environment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection
from pydantic import SecretStr
from redis import Redis

from api.live.feed import Feed
from api.map_answers import MapAnswers
from api.metrics import Metrics
from config.settings import Settings
from operations.store import Engine

Now = Callable[[], datetime]
STATIC = Path(__file__).parent / "static"


def utc_now() -> datetime:
    """Return the present time, aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """The engine, the Redis client (text answers), the clock and the few settings that routes need."""

    engine: Engine
    redis: Redis
    redis_url: str
    now: Now
    feed: Feed
    metrics: Metrics
    maps: MapAnswers
    media: Path
    data_dir: Path
    evidence_key: SecretStr
    site_timezone: str
    session_lasts: timedelta
    secure_cookies: bool
    demo: bool
    call_days: int
    patrol_dwell_s: float
    static: Path = STATIC


def build_house(settings: Settings, engine: Engine, now: Now = utc_now) -> House:
    """Put the house together from settings; nothing is connected to yet."""
    redis: Redis = Redis.from_url(settings.redis, decode_responses=True, socket_timeout=5)
    feed = Feed(settings.redis)
    return House(
        engine=engine,
        redis=redis,
        redis_url=settings.redis,
        now=now,
        feed=feed,
        metrics=Metrics(engine, redis, feed),
        maps=MapAnswers(),
        media=settings.media,
        data_dir=settings.data_dir,
        evidence_key=settings.evidence_key,
        site_timezone=settings.site_timezone,
        session_lasts=timedelta(hours=settings.session_hours),
        secure_cookies=settings.secure_cookies,
        demo=settings.demo and settings.env != "production",
        call_days=settings.patrol_call_days,
        patrol_dwell_s=settings.patrol_dwell_min * 60,
    )


def house_of(connection: HTTPConnection) -> House:
    """Return the house of the application that this request reached."""
    house: House = connection.app.state.house
    return house


TheHouse = Annotated[House, Depends(house_of)]
