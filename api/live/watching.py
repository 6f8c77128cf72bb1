"""Watching: tells ingest workers which cameras somebody watches now, so that their pictures come often."""

from collections.abc import Iterable

from redis import Redis

WATCHED_S = 10


def keep_watching(client: Redis, codes: Iterable[str]) -> None:
    """Say that these cameras are watched for the next seconds; say it again in time."""
    with client.pipeline(transaction=False) as pipe:
        for code in codes:
            pipe.set(f"watching:{code}", "1", ex=WATCHED_S)
        pipe.execute()
