"""Camera health, judged from the pictures and the camera's clock: pure, one judge per camera, no wall time.

Connection faults (offline) are the camera thread's to say. A judge learns what is usual for its own camera:
one that was blurred from the beginning is usual to it.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

LOOK_EVERY_S = 0.5
GRID = (9, 16)
"""Blocks down and across: a clock drawn into the picture moves in a few of them only."""
CELL = 10
"""Sample points down and across a block."""

STILL_LEVELS = 0.02
"""Grey levels: a block of a living picture changes more in half a second, by its coding alone."""
NOISY_SHARE = 0.5
CLOCK_SHARE = 0.05
"""Where usually half of all blocks tremble and now only so few move, a clock runs over a frozen picture."""
FROZEN_AFTER_S = 8.0

BLACK_LEVEL = 20.0
"""Hardly a point of a black picture is brighter; lamps and signs are, in the darkest street."""
FLAT_SPREAD = 4.0
"""A lens behind a hand, paint or a bag shows one colour: grey levels of spread."""

BLUR_RATIO = 0.25
MOVED_LIKENESS = 0.5
DOUBTFUL_LIKENESS = 0.75
"""Views less like the usual are learned slowly: a new one is `moved` for some minutes, then usual."""
CLOCK_OFF_S = 5.0
HOLD_S = {"black": 3.0, "blurred": 3.0, "moved": 5.0, "wrong_clock": 5.0, "frozen": 0.0, "online": 2.0}
"""How long a judgement must stand before it is the state; frozen has waited long enough already."""

USUAL_S = 600.0
RECENT_S = 3.0
LEARNED_AFTER_S = 20.0


@dataclass(frozen=True, slots=True)
class Health:
    """A camera's state and why: online, frozen, black, blurred, moved or wrong_clock; None when online."""

    state: str
    reason: str | None = None


@dataclass(slots=True)
class _Usual:
    """What this camera's picture is usually like; learned only while nothing is wrong."""

    learned_s: float = 0.0
    moving_share: float = 0.0
    sharpness: float = 0.0
    edges: np.ndarray | None = None


@dataclass(slots=True)
class _Last:
    """The picture judged last, and since when things are as they are."""

    t_s: float = float("-inf")
    points: np.ndarray | None = None
    still_since_s: float | None = None
    edges: np.ndarray | None = None
    sharpness: float = 0.0
    candidate: Health = field(default_factory=lambda: Health("online"))
    candidate_since_s: float = 0.0


class HealthJudge:
    """Judges one stream. Feed it every analysed picture; it looks at two a second."""

    def __init__(self) -> None:
        self.health = Health("online")
        self._usual = _Usual()
        self._last = _Last()

    def see(self, image: np.ndarray, t_s: float, clock_offset_s: float | None = None) -> Health:
        """Return the state after a picture (H x W x 3 uint8 BGR) at t_s, the camera's clock so far off."""
        if t_s - self._last.t_s < LOOK_EVERY_S - 1e-6:
            return self.health
        points = _points(image)
        verdict = self._judge(image, points, t_s, clock_offset_s)
        self._last.t_s, self._last.points = t_s, points
        if verdict.state != self._last.candidate.state:
            self._last.candidate_since_s = t_s
        self._last.candidate = verdict
        if t_s - self._last.candidate_since_s >= HOLD_S[verdict.state]:
            self.health = verdict
        return self.health

    def _judge(
        self, image: np.ndarray, points: np.ndarray, t_s: float, clock_offset_s: float | None
    ) -> Health:
        moving_share = _moving_share(points, self._last.points)
        still_s = self._still_s(moving_share, t_s)
        dark = _dark_or_covered(points)
        if dark:
            return dark
        if still_s >= FROZEN_AFTER_S:
            return Health("frozen", f"The picture has not changed for {still_s:.0f} s.")
        sharpness, edges = self._recent(_sharpness(image), _edges(points), t_s)
        likeness = 1.0 if self._usual.edges is None else _likeness(edges, self._usual.edges)
        fault = self._unlike_usual(sharpness, likeness)
        if fault is None or fault.state == "moved":
            pace_s = USUAL_S if likeness < DOUBTFUL_LIKENESS else self._usual.learned_s + LOOK_EVERY_S
            self._learn((moving_share, sharpness, edges), min(t_s - self._last.t_s, 5.0), pace_s)
        if fault:
            return fault
        if clock_offset_s is not None and abs(clock_offset_s) > CLOCK_OFF_S:
            way = "ahead" if clock_offset_s > 0 else "behind"
            return Health("wrong_clock", f"The camera's clock is {abs(clock_offset_s):.0f} s {way}.")
        return Health("online")

    def _still_s(self, moving_share: float, t_s: float) -> float:
        """Return for how long the picture has stood still."""
        trembles = self._usual.learned_s > LEARNED_AFTER_S and self._usual.moving_share > NOISY_SHARE
        still = moving_share <= (CLOCK_SHARE if trembles else 0.0)
        if not still:
            self._last.still_since_s = None
        elif self._last.still_since_s is None:
            self._last.still_since_s = self._last.t_s
        return t_s - self._last.still_since_s if self._last.still_since_s is not None else 0.0

    def _recent(self, sharpness: float, edges: np.ndarray, t_s: float) -> tuple[float, np.ndarray]:
        """Return sharpness and edges over the last seconds, in which passing vehicles fade."""
        last = self._last
        if last.edges is None:
            last.sharpness, last.edges = sharpness, edges
        weight = min(1.0, max(0.0, t_s - last.t_s) / RECENT_S)
        last.sharpness += weight * (sharpness - last.sharpness)
        last.edges = last.edges + weight * (edges - last.edges)
        return last.sharpness, last.edges

    def _unlike_usual(self, sharpness: float, likeness: float) -> Health | None:
        usual = self._usual
        if usual.learned_s < LEARNED_AFTER_S:
            return None
        if sharpness < BLUR_RATIO * usual.sharpness:
            share = 100 * sharpness / usual.sharpness
            return Health("blurred", f"Sharpness is {share:.0f} % of the usual: clean or focus the lens.")
        if likeness < MOVED_LIKENESS:
            return Health("moved", "The camera shows another view than it used to: check its mounting.")
        return None

    def _learn(self, seen: tuple[float, float, np.ndarray], step_s: float, pace_s: float) -> None:
        """Move what is usual towards (moving share, sharpness, edges) by step_s in pace_s."""
        usual, (moving_share, sharpness, edges) = self._usual, seen
        if usual.edges is None:
            usual.moving_share, usual.sharpness, usual.edges = seen
            return
        usual.learned_s += step_s
        weight = step_s / min(USUAL_S, max(pace_s, step_s))
        usual.moving_share += weight * (moving_share - usual.moving_share)
        usual.sharpness += weight * (sharpness - usual.sharpness)
        usual.edges = usual.edges + weight * (edges - usual.edges)


def _points(image: np.ndarray) -> np.ndarray:
    """Return a grid of single points in grey (90 x 160): no averaging, so that stillness stays exact."""
    rows = np.linspace(0, image.shape[0] - 1, GRID[0] * CELL).astype(int)
    columns = np.linspace(0, image.shape[1] - 1, GRID[1] * CELL).astype(int)
    return image[rows[:, None], columns].astype(np.float32).mean(axis=2)


def _moving_share(points: np.ndarray, before: np.ndarray | None) -> float:
    """Return the share of blocks that differ from the picture before."""
    if before is None:
        return 1.0
    blocks = np.abs(points - before).reshape(GRID[0], CELL, GRID[1], CELL).mean(axis=(1, 3))
    return float((blocks > STILL_LEVELS).mean())


def _dark_or_covered(points: np.ndarray) -> Health | None:
    low, high = np.percentile(points, (2, 98))
    if high < BLACK_LEVEL and high - low < 2 * FLAT_SPREAD:
        return Health("black", "The picture is black: check lens cap, lighting and the camera.")
    if high - low < FLAT_SPREAD:
        return Health("black", "The picture is one single colour: the lens is covered.")
    return None


def _sharpness(image: np.ndarray) -> float:
    """Return how much of the picture's contrast lies in its finest detail; light and dark cancel out."""
    height, width = image.shape[:2]
    grey = image[height // 4 : height - height // 4, width // 4 : width - width // 4, 1]
    contrast = float(grey.std()) ** 2
    return float(cv2.Laplacian(grey, cv2.CV_32F).std()) ** 2 / (contrast + 1.0)


def _edges(points: np.ndarray) -> np.ndarray:
    smooth = cv2.GaussianBlur(points, (5, 5), 0)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down))


def _likeness(edges: np.ndarray, usual: np.ndarray) -> float:
    """Return the correlation of two edge pictures, -1 to 1."""
    a, b = edges - edges.mean(), usual - usual.mean()
    return float((a * b).sum() / (np.sqrt((a * a).sum() * (b * b).sum()) + 1e-6))
