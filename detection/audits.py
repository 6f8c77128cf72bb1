"""Counts what the motion gate misses: some quiet pictures are looked at all the same. No pixel work."""

import random
from dataclasses import dataclass

from detection.boxes import moved_sizes
from detection.tracker import Track
from detection.vocabulary import Box

AUDITED = 0.015
"""Share of the pictures left out as quiet that the network sees all the same."""

MISS_BUDGET = 0.02
OPEN_S = 60.0
"""Once more than MISS_BUDGET of the audits found a moving vehicle, the gate stands open for so long."""

MOVED_SIZES = 0.4
"""A vehicle found by an audit was missed if it then moves so far; else it is parked."""


@dataclass(slots=True)
class GateFigures:
    """Pictures of one camera: shown to the detector, left out, audited, and audits with a miss.

    looked includes the audited. missed: audits that found a vehicle which then turned out to move.
    """

    looked: int = 0
    gated: int = 0
    audited: int = 0
    missed: int = 0


class Audits:
    """Chooses the audits of one camera and follows what they found."""

    def __init__(self, rng: random.Random) -> None:
        self.figures = GateFigures()
        self._rng = rng
        self._suspects: dict[int, Box] = {}
        self._open_until_s = float("-inf")

    def is_open(self, t_s: float) -> bool:
        """Whether the gate missed too much lately to be trusted."""
        return t_s < self._open_until_s

    def is_due(self) -> bool:
        """Whether to audit this quiet picture; counts it."""
        if self._rng.random() >= AUDITED:
            return False
        self.figures.audited += 1
        return True

    def judge(self, tracks: list[Track], frame: tuple[int, int], t_s: float, audit: bool) -> None:
        """Take note of a look in a picture (width, height): tracks that an audit began are suspects."""
        if audit:
            self._suspects |= {track.number: track.box for track in tracks if track.first_seen_s == t_s}
        elif not self._suspects:
            return
        alive = {track.number: track for track in tracks}
        for number, box in list(self._suspects.items()):
            track = alive.get(number)
            if track is None:
                del self._suspects[number]
            elif moved_sizes(box, track.box, frame) > MOVED_SIZES:
                self._suspects.clear()  # one audit, one miss
                self._count_miss(t_s)
                return

    def _count_miss(self, t_s: float) -> None:
        self.figures.missed += 1
        if self.figures.missed > MISS_BUDGET * self.figures.audited:
            self._open_until_s = t_s + OPEN_S
