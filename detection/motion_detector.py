"""Finds what moves on a road without any weights: a background per camera, and blobs that differ from it.

Judges pixels only. It cannot tell a car from a truck, so it calls everything `vehicle`.
"""

import cv2
import numpy as np

from detection.vocabulary import Detection

WIDTH_PX = 320
"""Pictures are judged at this width; boxes are given back in the pixels of the picture."""

LEAST_STEP = 14.0
"""Grey levels: smaller changes are noise even in a perfectly still picture."""

NOISE_FACTOR = 3.5
MOST_NOISE = 40
FORGETTING_S = 10.0
"""How fast the background follows light, where nothing is in front of it."""

STANDING_S = 60.0
"""How fast the background swallows what stands in front of it. A young background learns faster: it may
itself hold what drove through the first pictures."""

UPSET = 0.6
"""If so much of the picture changed, light or camera did, and the background starts again."""

_LEVELS = np.arange(256)
LEAST_EXPOSURE, MOST_EXPOSURE = 0.015, 0.5
"""Changes of the camera's exposure, as shares, that the background follows at once."""

EVEN_CONTRAST = np.round(255 * np.sqrt(_LEVELS / 255)).astype(np.uint8)
"""At night pictures are compared by the square roots of their levels: the dark holds as much as the light."""

RELATIVE = np.round(255 * np.log1p(_LEVELS / 16) / np.log1p(255 / 16)).astype(np.uint8)
"""And their edges by logarithms: more light on a road marking is no new edge there."""

NIGHT = 118.0
"""Mean of those square roots (times 16) in the background under which it is night."""

SHADOW = (0.5, 0.96)
"""A shadow darkens to such a share of the background, in all colours alike."""

BEAM = (0.5, 2.5)
"""At night a headlight brightens the road up to such a share (of square roots)."""

SHADOW_TINT = 6
BEAM_TINT = 14
EDGE_BY_DAY = 24.0
EDGE_AT_NIGHT = 12.0
"""Grey levels: a vehicle has edges that the road behind it has not; its shadow has none inside."""

LEAST_SHARE = 0.0006
"""Blobs smaller than this share of the picture are not looked at: too small to follow."""


LEAST_FILLED = 0.3
"""Blobs that fill less of their box are branches, reflections and outlines."""

CONFIDENCE = 0.5


class MotionDetector:
    """Background and noise of one camera's picture. Feed it every analysed picture, in order."""

    name = "motion"
    model_hash = "motion-1"
    wants_every_frame = True

    def __init__(self) -> None:
        self._background: np.ndarray | None = None
        self._noise: np.ndarray | None = None
        self._before = np.zeros(0, np.uint8)
        self._started_s = 0.0
        self._learned_s = 0.0

    def for_one_camera(self) -> "MotionDetector":
        """Return a detector of its own for a camera: a background belongs to one picture."""
        return MotionDetector()

    def detect(self, image: np.ndarray, t_s: float) -> list[Detection]:
        """Find what moves in a picture (H x W x 3 uint8, BGR) taken at t_s; boxes in its pixels."""
        small = _shrunk(image)
        if self._background is None or self._noise is None or self._background.shape != small.shape:
            self._restart(small, t_s)
            return []
        self._background *= _exposure(small, self._background)
        before = cv2.convertScaleAbs(self._background)
        even = cv2.LUT(before, EVEN_CONTRAST)
        night = sum(cv2.mean(even)[:3]) / 3 < NIGHT
        look = _at_night if night else _by_day
        difference, changed, thing = look(small, before, np.maximum(LEAST_STEP, NOISE_FACTOR * self._noise))
        if cv2.mean(changed)[0] > UPSET:
            self._restart(small, t_s)
            return []
        mask = _filled(thing)
        self._learn(small, difference, mask | changed if night else mask, t_s)
        return _vehicles(mask, image.shape)

    def _restart(self, small: np.ndarray, t_s: float) -> None:
        self._background = small.astype(np.float32)
        self._noise = np.full(small.shape[:2], LEAST_STEP / NOISE_FACTOR, np.float32)
        self._before = small
        self._started_s = self._learned_s = t_s

    def _same_as_before(self, small: np.ndarray) -> np.ndarray:
        """Where the last picture showed the same: 1, else 0. What drives past must not become background."""
        return np.asarray(_strongest(cv2.absdiff(small, self._before)) < LEAST_STEP, dtype=np.uint8)

    def _learn(self, small: np.ndarray, difference: np.ndarray, mask: np.ndarray, t_s: float) -> None:
        assert self._background is not None
        assert self._noise is not None
        elapsed_s = max(0.0, t_s - self._learned_s)
        age_s = t_s - self._started_s
        self._learned_s = t_s
        open_s, hidden_s = min(FORGETTING_S, max(0.5, age_s)), min(STANDING_S, max(0.5, 2 * age_s))
        strayed = np.minimum(difference, MOST_NOISE)
        stands = mask & self._same_as_before(small)
        for where, within_s in ((1 - mask, open_s), (stands, hidden_s)):
            cv2.accumulateWeighted(small, self._background, min(1.0, elapsed_s / within_s), mask=where)
        for where, within_s in ((1 - mask, open_s), (mask, hidden_s)):
            cv2.accumulateWeighted(strayed, self._noise, min(1.0, elapsed_s / within_s), mask=where)
        self._before = small


def _shrunk(image: np.ndarray) -> np.ndarray:
    height = round(image.shape[0] * WIDTH_PX / image.shape[1])
    return cv2.resize(image, (WIDTH_PX, height), interpolation=cv2.INTER_LINEAR)


def _strongest(channels: np.ndarray) -> np.ndarray:
    first, second, third = cv2.split(channels)
    return cv2.max(cv2.max(first, second), third)


def _exposure(now: np.ndarray, background: np.ndarray) -> float:
    """Return by which factor the camera now exposes more: what most of the picture did."""
    sample, sample_before = now[::4, ::4, 1].astype(np.float32), background[::4, ::4, 1]
    factor = float(np.median((sample + 1) / (sample_before + 1)))
    return factor if LEAST_EXPOSURE < abs(factor - 1) < MOST_EXPOSURE else 1.0


Looked = tuple[np.ndarray, np.ndarray, np.ndarray]


def _by_day(now: np.ndarray, before: np.ndarray, least: np.ndarray) -> Looked:
    """Return the difference, where it counts, and where there is a thing: changed, and no mere shadow."""
    difference = _strongest(cv2.absdiff(now, before))
    changed = np.asarray(difference > least, dtype=np.uint8)
    light = _only_light(now, before, SHADOW, SHADOW_TINT)
    return difference, changed, changed & ((1 - light) | _edges(now, before, EDGE_BY_DAY))


def _at_night(now: np.ndarray, before: np.ndarray, least: np.ndarray) -> Looked:
    """The same where vehicles are as dark as the road and their edges betray them.

    Headlights brighten the road without edges.
    """
    even, even_before = cv2.LUT(now, EVEN_CONTRAST), cv2.LUT(before, EVEN_CONTRAST)
    difference = _strongest(cv2.absdiff(even, even_before))
    changed = np.asarray(difference > least, dtype=np.uint8)
    light = _only_light(even, even_before, BEAM, BEAM_TINT)
    edges = _edges(cv2.LUT(now, RELATIVE), cv2.LUT(before, RELATIVE), EDGE_AT_NIGHT)
    return difference, changed, (changed & (1 - light)) | edges


def _edges(now: np.ndarray, before: np.ndarray, least_step: float) -> np.ndarray:
    """Where there is an edge that was not there before, or one is gone: 1, else 0."""
    change = cv2.subtract(_grey(now), _grey(before), dtype=cv2.CV_16S)
    across, down = cv2.Sobel(change, cv2.CV_16S, 1, 0), cv2.Sobel(change, cv2.CV_16S, 0, 1)
    strongest = cv2.max(np.abs(across), np.abs(down))
    return np.asarray(strongest > 4 * least_step, dtype=np.uint8)


def _only_light(now: np.ndarray, before: np.ndarray, lit: tuple[float, float], tint_step: int) -> np.ndarray:
    """Where the light is within those shares of what it was and the tint is the same: 1, else 0."""
    now, before = cv2.cvtColor(now, cv2.COLOR_BGR2YCrCb), cv2.cvtColor(before, cv2.COLOR_BGR2YCrCb)
    light, light_before = now[..., 0].astype(np.float32), before[..., 0].astype(np.float32)
    tint = cv2.absdiff(now, before)
    tint = cv2.max(np.ascontiguousarray(tint[..., 1]), np.ascontiguousarray(tint[..., 2]))
    same = (light > lit[0] * light_before) & (light < lit[1] * light_before) & (tint < tint_step)
    return np.asarray(same, dtype=np.uint8)


def _grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def _filled(solid: np.ndarray) -> np.ndarray:
    """Close small gaps, fill what is enclosed, drop specks."""
    mask = cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return cv2.drawContours(mask, outlines, -1, 1, cv2.FILLED)


def _vehicles(mask: np.ndarray, given: tuple[int, ...]) -> list[Detection]:
    """Return what is large and solid enough, in pixels of the given picture (height, width, channels)."""
    scale_x, scale_y = given[1] / mask.shape[1], given[0] / mask.shape[0]
    _, _, blobs, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for x, y, width, height, filled in blobs[1:].tolist():
        if filled < LEAST_SHARE * mask.size or filled < LEAST_FILLED * width * height:
            continue
        box = (x * scale_x, y * scale_y, (x + width) * scale_x, (y + height) * scale_y)
        found.append(Detection(box, "vehicle", CONFIDENCE))
    return found
