"""Login limits: how often a login or an address may guess, counted in Redis. Knows no passwords."""

import hashlib

from redis import Redis

from operations.facts import Fact

WINDOWS: tuple[tuple[int, int], ...] = ((1, 1), (60, 5), (3600, 20))  # (seconds, attempts)


class TooManyLogins(Fact):
    """Too many attempts were made with this login or from this address."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Too many sign-in attempts: try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


def take_attempt(redis: Redis, login: str, address: str) -> None:
    """Count one attempt before the password is checked, as guesses run in parallel. Raises TooManyLogins."""
    keys = _keys(login, address)
    with redis.pipeline() as pipe:
        for key, window_s, _ in keys:
            pipe.set(key, 0, ex=window_s, nx=True)
            pipe.incr(key)
            pipe.ttl(key)
        answers = pipe.execute()
    waits = [
        max(1, answers[3 * i + 2]) for i, (_, _, attempts) in enumerate(keys) if answers[3 * i + 1] > attempts
    ]
    if waits:
        give_back_attempt(redis, login, address)
        raise TooManyLogins(max(waits))


def give_back_attempt(redis: Redis, login: str, address: str) -> None:
    """Uncount one attempt: the password was right, or it was refused unseen. Only failures add up."""
    with redis.pipeline() as pipe:
        for key, window_s, _ in _keys(login, address):
            pipe.set(key, 1, ex=window_s, nx=True)  # the window may have ended meanwhile
            pipe.decr(key)
        pipe.execute()


def _keys(login: str, address: str) -> list[tuple[str, int, int]]:
    """Return (key, window seconds, attempts); logins are hashed, as people type passwords there."""
    hashed = hashlib.sha256(login.strip().lower().encode()).hexdigest()[:32]
    return [
        (f"login:{kind}:{value}:{window_s}", window_s, attempts)
        for kind, value in (("name", hashed), ("address", address))
        for window_s, attempts in WINDOWS
    ]
