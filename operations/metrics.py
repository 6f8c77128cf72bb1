"""Metrics of the workers: totals in Redis hashes, so that the API can show them. Never a plate."""

from contextlib import suppress
from typing import Any

from redis import Redis

KEY = "metrics:operations"
INGEST_KEY = "metrics:ingest:"
INGEST_WORKER_KEY = "worker:ingest:"


def add(client: Redis, **amounts: float) -> None:
    """Add to the totals by name, in one round trip."""
    with client.pipeline(transaction=False) as pipe:
        for name, amount in amounts.items():
            if amount:
                pipe.hincrbyfloat(KEY, name, amount)
        pipe.execute()


def totals(client: Redis) -> dict[str, float]:
    """Return the totals since Redis was set up, by name."""
    kept: Any = client.hgetall(KEY)
    return {_text(name): float(value) for name, value in kept.items()}


def ingest_figures(client: Redis) -> dict[str, dict[str, float]]:
    """Return what each living ingest worker says of itself, by its name; words are left out."""
    found: Any = client.scan_iter(INGEST_KEY + "*", count=1000)
    names = sorted(_text(key).removeprefix(INGEST_KEY) for key in found)
    with client.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.exists(INGEST_WORKER_KEY + name)
            pipe.hgetall(INGEST_KEY + name)
        answers = pipe.execute()
    return {
        name: _numbers(figures)
        for name, there, figures in zip(names, answers[::2], answers[1::2], strict=True)
        if there
    }


def _numbers(figures: dict[Any, Any]) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for name, value in figures.items():
        with suppress(ValueError):
            numbers[_text(name)] = float(value)
    return numbers


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name
