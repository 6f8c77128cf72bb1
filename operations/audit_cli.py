"""`watchgrid audit verify`: says in one sentence whether the audit trail is whole."""

import sys
from collections.abc import Sequence

import redis

from config.settings import load_settings
from operations import audit
from operations.relay import read_anchor
from operations.store import engine_from_url, reading


def main(argv: Sequence[str]) -> int:
    """Run `verify`; return 0 when the trail is whole, 1 when it is broken, 2 for another command."""
    if list(argv) != ["verify"]:
        print("Usage: watchgrid audit verify", file=sys.stderr)
        return 2
    settings = load_settings()
    anchor, beside = None, ""
    try:
        with redis.Redis.from_url(settings.redis, decode_responses=True) as client:
            anchor = read_anchor(client)
    except redis.RedisError:
        beside = " Redis does not answer, so rows cut off at the end would not be noticed."
    engine = engine_from_url(settings.database)
    with reading(engine) as session:
        verdict = audit.verify(session, anchor)
    engine.dispose()
    print(sentence(verdict) + beside)
    return 0 if verdict.whole else 1


def sentence(verdict: audit.Verdict) -> str:
    """Return the verdict for people."""
    tail = f"{verdict.unsealed} newest are not sealed yet."
    if verdict.first_broken is None:
        return f"The audit trail is whole: {verdict.sealed} rows sealed, {tail}"
    return (
        f"The audit trail is BROKEN at row {verdict.first_broken.sequence}: "
        f"{verdict.first_broken.why}. "
        f"{verdict.sealed} rows before it are whole, {tail}"
    )
