"""Camera health, judged from the pictures and the camera's clock: pure, one judge per camera, no wall time.

Connection faults (offline) are the camera thread's to say, too few reads (silent) operations/silence.py's. A
judge learns what is usual for its own camera: one that was blurred from the beginning is usual to it.
"""

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np

from ingest.camera_clock import ClockJudge
from ingest.health_vocabulary import WELL, Health
from ingest.picture_measures import (
    GRID,
    change_of,
    edges_of,
    energy,
    fine_of,
    level_at,
    likeness,
    patches_within,
    points_of,
    sorted_at,
    spread_of,
    turn_of,
)

LOOK_EVERY_S = 0.5
VIEW_EVERY_S = 1.0
"""Edges and detail need looking at only half as often."""

STILL_LEVELS = 0.02
"""Grey levels: a block of a living picture changes more in half a second, by its coding alone."""
STILL_SHARE = 0.2
"""Of a block's usual change: an encoder that is given one picture for ever still changes it a little."""
CLOCK_SHARE = 0.06
"""Of the blocks: so few may move over a frozen picture, where they always move; a clock runs in them."""
RESTLESS = 0.35
"""A block that moves in so many of all looks, or one beside it, may be the clock's: it moves every second."""
FROZEN_AFTER_S = 8.0
STILL_LOOKS, OF_LOOKS = 10, 16
"""So many still looks of the last 8 s are a frozen picture too (an encoder refreshes it now and then), where
still looks are usually rarer than RARELY_STILL."""
RARELY_STILL = 0.05
FROZEN_AFTER_AT_MOST_S = 120.0
NATURAL = 2.5
"""Times the longest stillness that ended by itself: thrifty encoders repeat a picture for many seconds."""
NATURAL_AT_MOST_S = 60.0

BLACK_LEVEL = 36.0
"""Of 16 to 235. Hardly a point of a black picture is brighter; lamps and signs are, in the darkest street."""
WHITE_LEVEL = 222.0
FLAT_SPREAD = 4.0

KNOWN = 0.4
LOST = 0.2
"""Likeness of a region that is known again, and of one that is not the same at all."""
NOTHING_KNOWN = 0.19
STRUCTURE = 0.2
"""Of the picture's mean structure: regions with less (sky, bare asphalt) cannot be known again."""
WEAK_EDGES = 0.7
PARTLY = 0.2
TURNED_BY = (0.025, 0.04)
TURN_GAIN = 0.2
TURN_ALIKE = 0.6
DOUBTFUL, DOUBTFUL_MEAN = 0.75, 0.65
"""A view with fewer known regions is learned slowly: a new one is `moved` for some minutes, then usual."""

BLUR_RATIO = 0.25
LEAST_PATCHES = 5

HOLD_S = {"covered": 3.0, "partly_covered": 120.0, "another_view": 4.0, "turned": 5.0, "clock_off": 5.0}
HOLD_OTHERS_S = {"online": 2.0, "frozen": 0.0}
"""How long a judgement must stand before it is the state; 3 s if not said. Frozen has waited long enough."""

USUAL_S = 600.0
SHARPER_S, SOFTER_S = 600.0, 3600.0
RECENT_S = 2.0
LEARNED_AFTER_S = 20.0


@dataclass(slots=True)
class _Usual:
    """What this camera's picture is usually like; learned only while nothing is wrong."""

    learned_s: float = 0.0
    change: np.ndarray | None = None
    restless: np.ndarray = field(default_factory=lambda: np.ones(GRID))
    still_share: float = 1.0
    stillness_s: float = 0.0
    detail: np.ndarray | None = None
    edges: np.ndarray | None = None


@dataclass(slots=True)
class _Last:
    """The picture judged last, and since when things are as they are."""

    t_s: float = float("-inf")
    viewed_s: float = float("-inf")
    view: Health | None = None
    points: np.ndarray | None = None
    change: np.ndarray | None = None
    still: deque[bool] = field(default_factory=lambda: deque(maxlen=OF_LOOKS))
    still_since_s: float | None = None
    edges: np.ndarray | None = None
    fine: np.ndarray | None = None
    detail: np.ndarray | None = None
    turn: Health | None = None
    turn_s: float = float("-inf")
    candidate: Health = WELL
    candidate_since_s: float = 0.0


class HealthJudge:
    """Judges one stream. Feed it every analysed picture; it looks at two a second."""

    def __init__(self) -> None:
        self.health = WELL
        self._usual = _Usual()
        self._last = _Last()
        self._clock = ClockJudge()

    def see(self, image: np.ndarray, t_s: float, clock_offset_s: float | None = None) -> Health:
        """Return the state after a picture at t_s, the camera's clock so far off.

        image: H x W uint8 luma as coded (16 to 235), or H x W x 3 uint8 BGR.
        """
        if t_s - self._last.t_s < LOOK_EVERY_S - 1e-6:
            return self.health
        points = points_of(image)
        verdict = self._judge(image, points, t_s) or self._clock.see(t_s, clock_offset_s)
        self._last.t_s, self._last.points = t_s, points
        if verdict.why.get("code") != self._last.candidate.why.get("code"):
            self._last.candidate_since_s = t_s
        self._last.candidate = verdict
        if t_s - self._last.candidate_since_s >= _hold_s(verdict):
            self.health = verdict
        return self.health

    def _judge(self, image: np.ndarray, points: np.ndarray, t_s: float) -> Health | None:
        still_s = self._still_s(points, t_s)
        flat = _one_colour(points)
        if flat:
            return flat
        if still_s >= self._frozen_after_s():
            why = {"code": "frozen", "still_s": round(still_s)}
            return Health("frozen", f"The picture has not changed for {still_s:.0f} s.", why)
        if t_s - self._last.viewed_s >= VIEW_EVERY_S - 1e-6:
            self._last.view = self._judge_view(image, points, t_s)
            self._last.viewed_s = t_s
        return self._last.view

    def _judge_view(self, image: np.ndarray, points: np.ndarray, t_s: float) -> Health | None:
        edges = self._recent_edges(points, t_s)
        self._measure_detail(image)
        step_s = min(t_s - self._last.viewed_s, 5.0)
        if self._usual.edges is None or self._usual.learned_s < LEARNED_AFTER_S:
            self._learn(edges, step_s, self._usual.learned_s + VIEW_EVERY_S)
            return None
        structure, regions = spread_of(self._usual.edges), likeness(edges, self._usual.edges)
        fault, known = self._view_verdict(edges, regions[structure > STRUCTURE * structure.mean()], t_s)
        fault = fault or self._blur_verdict(regions >= KNOWN)
        if fault is None or fault.state == "moved":
            pace_s = USUAL_S if known < DOUBTFUL else self._usual.learned_s + VIEW_EVERY_S
            self._learn(edges, step_s, pace_s)
        return fault

    def _still_s(self, points: np.ndarray, t_s: float) -> float:
        """Return for how long the picture has stood still."""
        last, usual = self._last, self._usual
        if last.points is None:
            return 0.0
        last.change = change_of(points, last.points)
        still = _is_still(last.change, usual)
        last.still.append(still)
        if still:
            last.still_since_s = last.t_s if last.still_since_s is None else last.still_since_s
            return max(t_s - last.still_since_s, self._mostly_still_s())
        stood_s = 0.0 if last.still_since_s is None else last.t_s - last.still_since_s
        last.still_since_s = None
        if stood_s < NATURAL_AT_MOST_S:
            usual.stillness_s = max(usual.stillness_s * (1 - LOOK_EVERY_S / SOFTER_S), stood_s)
        return self._mostly_still_s()

    def _mostly_still_s(self) -> float:
        """Return how long most looks have shown no change, where such looks are rare; 0 if they do not."""
        rare = self._usual.still_share < RARELY_STILL and self._usual.learned_s > LEARNED_AFTER_S
        return OF_LOOKS * LOOK_EVERY_S if rare and sum(self._last.still) >= STILL_LOOKS else 0.0

    def _frozen_after_s(self) -> float:
        natural_s = 0.0 if self._usual.still_share < RARELY_STILL else NATURAL * self._usual.stillness_s
        return min(max(FROZEN_AFTER_S, natural_s), FROZEN_AFTER_AT_MOST_S)

    def _recent_edges(self, points: np.ndarray, t_s: float) -> np.ndarray:
        """Return the edges of the last seconds, in which passing vehicles fade."""
        last, edges = self._last, edges_of(points)
        weight = min(1.0, max(0.0, t_s - last.viewed_s) / RECENT_S)
        last.edges = edges if last.edges is None else last.edges + weight * (edges - last.edges)
        return last.edges

    def _measure_detail(self, image: np.ndarray) -> None:
        """Measure the finest detail of each patch, in shares of its contrast, less the sensor's noise."""
        last, (fine, contrast) = self._last, fine_of(image)
        if last.fine is not None and len(last.fine) == len(fine):
            all_detail, changed = energy(fine), energy(fine - last.fine) / 2
            # No more than the plainest patches have: on a shaking mast everything changes.
            noise = min(sorted_at(changed, 0.25)[0], sorted_at(all_detail, 0.1)[0])
            detail = np.maximum(all_detail - noise, 0.0) / (contrast + 0.5)
            old = detail if last.detail is None else last.detail
            last.detail = old + VIEW_EVERY_S / RECENT_S * (detail - old)
        last.fine = fine

    def _view_verdict(
        self, edges: np.ndarray, regions: np.ndarray, t_s: float
    ) -> tuple[Health | None, float]:
        """Return what is wrong with the view, by how alike its regions are, and the share of those known."""
        usual = self._usual.edges
        assert usual is not None
        known, lost = float((regions >= KNOWN).mean()), float((regions < LOST).mean())
        if known >= DOUBTFUL and regions.mean() >= DOUBTFUL_MEAN:
            return None, known
        if t_s - self._last.turn_s >= 2.0:
            self._last.turn_s, self._last.turn = t_s, _turn_verdict(edges, usual)
        if self._last.turn:
            return self._last.turn, known
        if known <= NOTHING_KNOWN:
            if edges.mean() < WEAK_EDGES * usual.mean():
                return Health("black", "Something covers the lens: clear it.", {"code": "covered"}), known
            reason = (
                "The camera shows another view than it used to: check its mounting, and what is before it."
            )
            return Health("moved", reason, {"code": "another_view"}), known
        if lost >= PARTLY:
            reason = f"About {100 * lost:.0f} % of the picture is covered: clear the view."
            return Health("black", reason, {"code": "partly_covered", "share": round(100 * lost)}), known
        return None, known

    def _blur_verdict(self, known: np.ndarray) -> Health | None:
        """Judge the detail where the view is known (5 x 5): what is hidden behind a bus is not blurred."""
        detail, usual = self._last.detail, self._usual.detail
        if detail is None or usual is None or len(usual) != len(detail):
            return None
        # Those with the most detail: elsewhere is mostly noise.
        telling = (usual > sorted_at(usual, 0.6)[0]) & patches_within(known)
        if telling.sum() < LEAST_PATCHES:
            return None
        share = float(np.median(detail[telling] / np.maximum(usual[telling], 1e-6)))
        if share >= BLUR_RATIO:
            return None
        reason = f"Sharpness is {100 * share:.0f} % of the usual: clean or focus the lens."
        return Health("blurred", reason, {"code": "blurred", "share": round(100 * share)})

    def _learn(self, edges: np.ndarray, step_s: float, pace_s: float) -> None:
        """Move what is usual towards what was seen by step_s in pace_s."""
        usual, change = self._usual, self._last.change
        if usual.edges is None or usual.change is None or change is None:
            usual.edges = edges
            usual.change = None if change is None else np.log(change + STILL_LEVELS)
            return
        usual.learned_s += step_s
        weight = step_s / min(USUAL_S, max(pace_s, step_s))
        usual.edges = usual.edges + weight * (edges - usual.edges)
        # A mean of logarithms: a vehicle now and then does not make a quiet block a lively one.
        usual.change = usual.change + weight * (np.log(change + STILL_LEVELS) - usual.change)
        still = sum(self._last.still) / len(self._last.still)
        usual.still_share += weight * (still - usual.still_share)
        usual.restless = usual.restless + weight * ((change > STILL_LEVELS) - usual.restless)
        if self._last.detail is not None:
            usual.detail = _learned_detail(self._last.detail, usual.detail, step_s, pace_s)


def _is_still(change: np.ndarray, usual: _Usual) -> bool:
    """Return whether nothing but the clock has changed (by levels of each block)."""
    if not (change > STILL_LEVELS).any():
        return True
    if usual.change is None or usual.learned_s <= LEARNED_AFTER_S:
        return False
    differ = change > np.maximum(STILL_LEVELS, STILL_SHARE * (np.exp(usual.change) - STILL_LEVELS))
    if differ.mean() > CLOCK_SHARE:
        return False
    near_the_clock = cv2.dilate((usual.restless > RESTLESS).astype(np.uint8), np.ones((1, 5), np.uint8))
    return bool((near_the_clock[differ] > 0).all())


def _learned_detail(detail: np.ndarray, usual: np.ndarray | None, step_s: float, pace_s: float) -> np.ndarray:
    """Return the usual detail after a look: it falls slower than it rises: no lens fogs unseen."""
    if usual is None or len(usual) != len(detail):
        return detail
    slow = np.where(detail > usual, SHARPER_S, SOFTER_S)
    return np.asarray(usual + step_s / np.minimum(slow, max(pace_s, step_s)) * (detail - usual))


def _turn_verdict(edges: np.ndarray, usual: np.ndarray) -> Health | None:
    turn = turn_of(edges, usual)
    far = abs(turn.right) >= TURNED_BY[0] or abs(turn.down) >= TURNED_BY[1] or turn.degrees
    if not far or turn.alike < TURN_ALIKE or turn.alike - turn.before < TURN_GAIN:
        return None
    moves = (
        [f"{abs(100 * turn.right):.0f} % to the {'right' if turn.right > 0 else 'left'}"]
        if turn.right
        else []
    )
    moves += [f"{abs(100 * turn.down):.0f} % {'down' if turn.down > 0 else 'up'}"] if turn.down else []
    moves += [f"by about {abs(turn.degrees):.0f} degrees"] if turn.degrees else []
    why = {
        "code": "turned",
        "right_percent": round(100 * turn.right),
        "down_percent": round(100 * turn.down),
        "degrees": round(turn.degrees),
    }
    return Health("moved", f"The view has moved {', '.join(moves)}: turn the camera back.", why)


def _one_colour(points: np.ndarray) -> Health | None:
    low, high = level_at(points, 0.02, 0.97)
    if high < BLACK_LEVEL and high - low < 2 * FLAT_SPREAD:
        reason = "The picture is black: check lens cap, lighting and the camera."
        return Health("black", reason, {"code": "black"})
    if low > WHITE_LEVEL and high - low < 4 * FLAT_SPREAD:
        reason = "The picture is white: check exposure, and what shines into the lens."
        return Health("black", reason, {"code": "white"})
    if high - low < FLAT_SPREAD:
        return Health(
            "black", "The picture is one single colour: the lens is covered.", {"code": "one_colour"}
        )
    return None


def _hold_s(verdict: Health) -> float:
    return HOLD_S.get(str(verdict.why.get("code")), HOLD_OTHERS_S.get(verdict.state, 3.0))
