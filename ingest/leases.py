"""Leases: which worker looks at which camera, agreed through Redis. Starts and stops no camera itself.

A lease is a key that expires; whoever lives renews. A worker takes its fair share of the wanted cameras, some
at a time, and gives back what is above its share when another worker comes.
"""

import random
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import ceil

import redis

TTL_MS = 5_000
RENEW_EVERY_S = 1.0
MOST_TAKEN_PER_ROUND = 50  # so that workers that start together share; how fast cameras are dialled is Pace's
WORKER_KEY = "worker:ingest:"
LEASE_KEY = "lease:camera:"

# Renew our own lease, take it again if nobody has it, and never touch another's.
RENEW = """
local holder = redis.call('get', KEYS[1])
if holder == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end
if not holder then redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2]) return 1 end
return 0
"""
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


@dataclass(frozen=True, slots=True)
class Round:
    """What one round changed: cameras to start, and to stop at once (lost, unwanted, or over our share)."""

    taken: tuple[str, ...]
    lost: tuple[str, ...]


def fair_share(cameras: int, workers: int) -> int:
    """Return the most cameras one of `workers` live workers should hold."""
    return ceil(cameras / max(1, workers))


class Leases:
    """The leases one worker holds. One thread calls `round`; any thread may ask `sure`."""

    def __init__(self, client: redis.Redis, worker: str) -> None:
        self.worker = worker
        self.workers = 1
        self._redis = client
        self._confirmed_s: dict[str, float] = {}  # by camera, oldest lease first
        self._renewed_s = 0.0
        self._renew = client.register_script(RENEW)
        self._release = client.register_script(RELEASE)

    @property
    def held(self) -> list[str]:
        return list(self._confirmed_s)

    def sure(self, camera: str) -> bool:
        """Return whether the lease is certainly still ours: what the camera shows may be published."""
        return time.monotonic() - self._confirmed_s.get(camera, float("-inf")) < TTL_MS / 1000

    def round(self, wanted: Sequence[str]) -> Round:
        """Renew, give back and take leases on the `wanted` cameras; Redis errors pass through."""
        self._redis.set(WORKER_KEY + self.worker, "1", px=TTL_MS)
        lost = self._renew_held() if time.monotonic() - self._renewed_s >= RENEW_EVERY_S else []
        self.workers = self._count_workers()
        share = fair_share(len(wanted), self.workers)
        known = set(wanted)
        surplus = [code for code in self.held if code not in known]
        surplus += [code for code in self.held if code in known][share:]
        for code in surplus:
            self.release(code)
        return Round(tuple(self._take(wanted, share)), (*lost, *surplus))

    def release(self, camera: str) -> None:
        """Give a lease back, if it is still ours."""
        self._confirmed_s.pop(camera, None)
        self._release(keys=[LEASE_KEY + camera], args=[self.worker])

    def leave(self) -> None:
        """Give everything back: this worker ends."""
        for camera in self.held:
            self.release(camera)
        self._redis.delete(WORKER_KEY + self.worker)

    def _renew_held(self) -> list[str]:
        asked_s = time.monotonic()  # the key may expire TTL after Redis acted, so never count from the answer
        held = self.held
        with self._redis.pipeline(transaction=False) as pipeline:
            for camera in held:
                self._renew(keys=[LEASE_KEY + camera], args=[self.worker, TTL_MS], client=pipeline)
            renewed = pipeline.execute()
        self._renewed_s = asked_s
        for camera, ours in zip(held, renewed, strict=True):
            if ours:
                self._confirmed_s[camera] = asked_s
            else:
                del self._confirmed_s[camera]
        return [camera for camera, ours in zip(held, renewed, strict=True) if not ours]

    def _count_workers(self) -> int:
        return sum(1 for _ in self._redis.scan_iter(WORKER_KEY + "*", count=1000))

    def _take(self, wanted: Collection[str], share: int) -> list[str]:
        room = min(share - len(self._confirmed_s), MOST_TAKEN_PER_ROUND)
        others = [code for code in wanted if code not in self._confirmed_s]
        if room <= 0 or not others:
            return []
        holders = self._redis.mget([LEASE_KEY + code for code in others])
        free = [code for code, holder in zip(others, holders, strict=True) if holder is None]
        random.shuffle(free)  # workers that wake together should not race for the same camera
        taken: list[str] = []
        for code in free:
            if len(taken) == room:
                break
            asked_s = time.monotonic()
            if self._redis.set(LEASE_KEY + code, self.worker, nx=True, px=TTL_MS):
                self._confirmed_s[code] = asked_s
                taken.append(code)
        return taken
