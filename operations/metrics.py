"""Metrics of the worker: totals in one Redis hash, so that the API can show them. Never a plate."""

from typing import Any

from redis import Redis

KEY = "metrics:operations"


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


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name
