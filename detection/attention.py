"""Decides which pictures of a camera the network sees, and how large. Finds and follows no vehicle itself.

A picture is worth a look where something moves that no live track explains, or where a track has moved so far
since the last look that its place is a guess. Looks are never closer together than the tracker needs.
"""

import random
from dataclasses import dataclass

import cv2
import numpy as np

from detection.audits import Audits
from detection.boxes import is_cut, size
from detection.motion_gate import MotionGate
from detection.picture_widths import WIDTHS_PX, PictureWidths
from detection.tracker import Track
from detection.vocabulary import Box, Frame

LEAST_GAP_S = 0.15
"""Looks closer together find no more passes."""

GUESSED_SIZES = 0.8
"""A track must be seen again when it has moved so many of its own sizes since it was last looked for."""

LONGEST_UNSEEN_S = 0.8
NEW_HITS = 3
"""A track seen less often has no speed yet: it is looked for as soon as may be."""

LOST_AGAIN_S = 0.5
"""What was looked for in vain is looked for again after so long."""

LEAST_SIZE = 0.02
"""Share of the picture's width: smaller motion is no vehicle that could pass here, or not yet."""

SHARP_PX = 448
"""Least width where plates are to be read: a box that is off by a pixel of a small picture cuts a plate."""

SLACK = 0.3
"""Sizes by which a track's box is enlarged before motion counts as unexplained: shadows, trembling boxes."""

WARM_S = 1.0
"""A detector that learns from every picture gets one so often of a quiet scene."""


@dataclass(frozen=True, slots=True)
class Look:
    """How to show a picture. width_px: at most. audit: nothing asked for it but chance."""

    width_px: int
    audit: bool = False


class Attention:
    """What one camera's pictures are worth: ask `look_at` for each, tell `looked` after every look."""

    def __init__(self, learns: bool, sparing: bool, rng: random.Random) -> None:
        """learns: the detector learns from every picture that moves. sparing: else those are all shown whole.

        rng: chooses the audits.
        """
        self.audits = Audits(rng)
        self.quiet = False
        """Whether nothing moved in the picture asked for last, and no track may move."""
        self._learns = learns
        self._sparing = sparing and not learns
        self._gate = MotionGate()
        self._moving = np.zeros((0, 0), np.uint8)
        self._in_vain_s = np.zeros((0, 0))
        self._looked_s = float("-inf")
        self.widths = PictureWidths()

    def look_at(self, frame: Frame, tracks: list[Track], wanted: list[Track], restless: bool) -> Look | None:
        """Return how to look at this picture, or None.

        wanted: tracks that must be seen in this picture. restless: whether a track may be moving.
        """
        self._moving = self._gate.moving(frame)
        first = self._in_vain_s.shape != self._moving.shape
        if first:
            self._in_vain_s = np.full(self._moving.shape, -np.inf)
        self.quiet = not restless and not self._moving.any() and not self.audits.is_open(frame.t_s)
        if self.quiet:
            look = self._quiet_look(frame)
        elif first or not self._sparing or self.audits.is_open(frame.t_s):
            look = Look(WIDTHS_PX[-1])
        else:
            look = self._sparing_look(frame, tracks, wanted)
        self._count(look, frame.t_s)
        return look

    def looked(self, look: Look, frame: Frame, tracks: list[Track]) -> None:
        """Take note of the tracks after a look, and of the motion that none of them explains."""
        left = cv2.dilate(_without(self._moving, tracks, frame), np.ones((5, 5), np.uint8))
        self._in_vain_s[left > 0] = frame.t_s
        self.audits.judge(tracks, frame.size, frame.t_s, look.audit)

    def _count(self, look: Look | None, t_s: float) -> None:
        if look is None:
            self.audits.figures.gated += 1
        else:
            self.audits.figures.looked += 1
            self._looked_s = t_s

    def _quiet_look(self, frame: Frame) -> Look | None:
        audit = self.audits.is_due()
        warm = self._learns and frame.t_s - self._looked_s >= WARM_S
        return Look(WIDTHS_PX[-1], audit) if audit or warm else None

    def _sparing_look(self, frame: Frame, tracks: list[Track], wanted: list[Track]) -> Look | None:
        gap_s = frame.t_s - self._looked_s + 1e-6
        if not wanted:
            if gap_s < LEAST_GAP_S:
                return None
            if all(gap_s < _rest_s(track, frame) for track in tracks) and not self._unexplained(
                frame, tracks
            ):
                return None
        return Look(max(SHARP_PX if wanted else 0, self.widths.next_px(frame.t_s)))

    def _unexplained(self, frame: Frame, tracks: list[Track]) -> bool:
        """Whether something moves that is on no track and was not just looked at in vain."""
        left = _without(self._moving, tracks, frame)
        left[frame.t_s - self._in_vain_s < LOST_AGAIN_S] = 0
        _, _, blobs, _ = cv2.connectedComponentsWithStats(left, connectivity=8)
        least = (LEAST_SIZE * left.shape[1]) ** 2
        return any(width * height >= least for _, _, width, height, _ in blobs[1:].tolist())


def _rest_s(track: Track, frame: Frame) -> float:
    """Return how long after a look the track's place can be foretold."""
    if track.last_seen_s != track.predicted_s:
        return LOST_AGAIN_S
    if track.hits < NEW_HITS:
        return 0.0
    left, top, right, bottom = track.velocity.tolist()
    speed = float(np.hypot(left + right, top + bottom)) / 2 / size(track.box)
    cut = any(is_cut(track.box[edge], frame.size[edge % 2]) for edge in range(4))
    return min(LONGEST_UNSEEN_S, GUESSED_SIZES / max(speed, 1e-6)) / (2 if cut else 1)


def _foretold(track: Track, t_s: float, grow: float = 0.0) -> Box:
    """Return the track's box as it should be at t_s, larger by so many pixels on every side."""
    ahead_s = t_s - track.predicted_s
    x1, y1, x2, y2 = (
        edge + speed * ahead_s for edge, speed in zip(track.box, track.velocity.tolist(), strict=True)
    )
    return x1 - grow, y1 - grow, x2 + grow, y2 + grow


def _without(moving: np.ndarray, tracks: list[Track], frame: Frame) -> np.ndarray:
    """Return the motion that lies on no track's foretold box."""
    left = moving.copy()
    scale = moving.shape[1] / frame.size[0]
    for track in tracks:
        box = _foretold(track, frame.t_s, SLACK * size(track.box) + 2 / scale)
        x1, y1, x2, y2 = (int(max(0.0, scale * edge)) for edge in box)
        left[y1 : y2 + 1, x1 : x2 + 1] = 0
    return left
