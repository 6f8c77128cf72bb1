"""What is remembered of one vehicle while it goes by: path, votes, best picture, plate reads. No tracking."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from detection.boxes import at_border, bottom_centre, is_cut, moved_sizes, shift, size
from detection.calibration import Calibration, Foot, ground_direction, lane_of, speed_of
from detection.colour import colour_shares, is_night
from detection.tracker import Track
from detection.vocabulary import Box, Detection, Frame, PathPoint, PlateRead, VehiclePass

PATH_EVERY_S = 0.2
"""A published path has a point at least so often."""

COLOURED_EVERY_S = 0.5
"""A vehicle's colour is judged so often: it costs as much as following it."""

RESTING = 0.04
"""Vehicle sizes by which the foot of a box must move to count as moved: detections tremble."""

ROUGH = 2.0
"""How much farther off the foot of a blob is than that of a vehicle whose kind was recognised."""

MOST_FEET = 400
"""More say no more about a speed."""

SHARPER = 0.6
"""Share of the size in the best picture from which a picture of the main stream shows more than that."""

TURNED = 1.5
"""Vehicle sizes there, and back again, that make two vehicles of one: nobody turns round so fast."""


@dataclass(slots=True)
class Sight:
    """One vehicle before one camera."""

    number: int
    first_box: Box
    last_box: Box
    first_seen_s: float
    last_seen_s: float
    best_frame: Frame
    best_box: Box
    best_score: float = 0.0
    travelled: float = 0.0
    travelled_once: float = 0.0
    far_box: Box | None = None
    """Where it was farthest from its beginning, at far_s."""
    far_s: float = 0.0
    largest: float = 0.0
    hits: int = 0
    inside_another: int = 0
    confidence: float = 0.0
    path: list[PathPoint] = field(default_factory=list)
    feet: list[Foot] = field(default_factory=list)
    """Where it stood on the road, from boxes of its own that the frame did not cut."""
    classes: Counter[str] = field(default_factory=Counter)
    colours: Counter[str] = field(default_factory=Counter)
    coloured_s: float = float("-inf")
    reads: list[PlateRead] = field(default_factory=list)
    looks: int = 0
    looked_s: float = float("-inf")
    looked_size: float = 0.0
    """Size at the last look, or the least size since: growth is counted from there."""
    plate: PlateRead | None = None
    plate_crop: np.ndarray | None = None
    detail: tuple[Frame, Box] | None = None
    """The main stream's picture and its box there, where the camera has one, taken when its size was this:"""
    detail_size: float = 0.0
    settled: bool = False


def first_sight(track: Track, frame: Frame) -> Sight:
    """Begin to remember a vehicle."""
    return Sight(track.number, track.box, track.box, frame.t_s, frame.t_s, frame, track.box)


def remember(sight: Sight, track: Track, frame: Frame) -> None:
    """Add what one picture shows of the vehicle."""
    shape = frame.size
    box, detection = track.box, track.detection
    sight.hits += 1
    sight.last_box = box
    sight.largest = max(sight.largest, size(box))
    sight.looked_size = min(sight.looked_size, size(box))
    sight.last_seen_s = frame.t_s
    sight.confidence = max(sight.confidence, detection.confidence)
    sight.classes[detection.vehicle_class] += detection.confidence * size(box)  # type: ignore[assignment]
    travelled = moved_sizes(sight.first_box, box, shape)
    if travelled > sight.travelled_once:  # one stray box is no journey: twice as far counts
        travelled, sight.travelled_once = sight.travelled_once, travelled
        sight.far_box, sight.far_s = box, frame.t_s
    sight.travelled = max(sight.travelled, travelled)
    _extend(sight, frame.t_s, box)
    if track.alone_s == frame.t_s:
        _tread(sight, detection, frame)
    score = size(box) * (0.5 + detection.confidence / 2) * (0.4 if at_border(box, shape) else 1.0)
    if score > 1.1 * sight.best_score:
        sight.best_score, sight.best_frame, sight.best_box = score, frame, clipped(box, shape)
    if frame.t_s - sight.coloured_s >= COLOURED_EVERY_S:
        sight.coloured_s = frame.t_s
        if is_night(frame.image):
            return
        sight.colours.update({k: v * size(box) for k, v in colour_shares(cut(frame.image, box)).items()})


def as_pass(sight: Sight, calibration: Calibration | None = None) -> VehiclePass:
    """Return the pass as known by now."""
    speed = speed_of(calibration, sight.feet) if calibration else None
    sharp = sight.detail if sight.detail_size > SHARPER * size(sight.best_box) else None
    best_frame, best_box = sharp or (sight.best_frame, sight.best_box)
    return VehiclePass(
        track=sight.number,
        vehicle_class=sight.classes.most_common(1)[0][0],
        confidence=sight.confidence,
        first_seen_s=sight.first_seen_s,
        last_seen_s=sight.last_seen_s,
        path=filled_path(sight.path, sight.last_seen_s),
        plate=sight.plate,
        colour=sight.colours.most_common(1)[0][0] if sight.colours else None,
        direction=(calibration and ground_direction(calibration, sight.feet))
        or direction_of(sight.first_box, sight.last_box, sight.best_frame.size),
        best_frame=best_frame,
        best_box=best_box,
        plate_crop=sight.plate_crop,
        plate_looks=tuple(read.text for read in sight.reads),
        lane=lane_of(calibration, sight.feet) if calibration else None,
        speed_kmh=speed.kmh if speed else None,
        speed_error_kmh=speed.error_kmh if speed else None,
        speed_spans_s=speed.spans_s if speed else (),
    )


def turned_back(sight: Sight, frame: tuple[int, int]) -> bool:
    """Whether the vehicle now drives back where it came from: then it is another one, met on the way."""
    if sight.far_box is None or sight.travelled_once < TURNED or sight.last_seen_s == sight.far_s:
        return False
    if moved_sizes(sight.far_box, sight.last_box, frame) < TURNED:
        return False
    there, back = shift(sight.first_box, sight.far_box, frame), shift(sight.far_box, sight.last_box, frame)
    opposite = np.dot(there, back) < -0.5 * np.hypot(*there) * np.hypot(*back)
    along_the_view = all(abs(down) >= 0.5 * abs(right) for right, down in (there, back))
    return bool(opposite or (along_the_view and there[1] * back[1] < 0))


def split_off(sight: Sight, track: Track, frame: Frame) -> Sight:
    """Leave the way there to the vehicle that went there, and return a sight of the one that came back."""
    back = first_sight(track, frame)
    back.path = [point for point in sight.path if point[0] > sight.far_s]
    sight.path = [point for point in sight.path if point[0] <= sight.far_s] or sight.path[:1]
    back.feet = [foot for foot in sight.feet if foot.t_s > sight.far_s]
    sight.feet = [foot for foot in sight.feet if foot.t_s <= sight.far_s]
    back.first_seen_s = back.path[0][0] if back.path else frame.t_s
    sight.last_seen_s = sight.far_s
    sight.last_box = back.first_box = sight.far_box or track.box
    return back


def filled_path(path: list[PathPoint], until_s: float) -> list[PathPoint]:
    """Return the path with points at least every 0.2 s up to until_s, straight between what was seen."""
    points = [*path, (until_s, *path[-1][1:])] if until_s > path[-1][0] else path
    filled = [points[0]]
    for before, after in pairwise(points):
        steps = int(np.ceil((after[0] - before[0]) / PATH_EVERY_S - 1e-6))
        for step in range(1, max(1, steps)):
            share = step / steps
            t_s, x, y = (float(a + share * (b - a)) for a, b in zip(before, after, strict=True))
            filled.append((t_s, x, y))
        filled.append(after)
    return filled


def direction_of(first: Box, last: Box, frame: tuple[int, int]) -> str | None:
    """Return towards, away, left or right, seen from the camera; None where the vehicle did not get anywhere.

    What drives along the view moves little on the picture, so half as much down as across counts as along.
    """
    right, down = shift(first, last, frame)
    if np.hypot(right, down) < 0.3 * size(first):
        return None
    if abs(down) >= 0.5 * abs(right):
        return "towards" if down > 0 else "away"
    return "right" if right > 0 else "left"


def cut(image: np.ndarray, box: Box, margin: float = 0.0) -> np.ndarray:
    """Return the picture in the box, enlarged by margin times its size on every side; a view, no copy."""
    grow = margin * size(box)
    x1, y1, x2, y2 = clipped(
        (box[0] - grow, box[1] - grow, box[2] + grow, box[3] + grow), (image.shape[1], image.shape[0])
    )
    return image[int(y1) : int(np.ceil(y2)), int(x1) : int(np.ceil(x2))]


def clipped(box: Box, frame: tuple[int, int]) -> Box:
    """Return the part of the box inside the frame (width, height)."""
    width, height = frame
    return (
        float(np.clip(box[0], 0, width)),
        float(np.clip(box[1], 0, height)),
        float(np.clip(box[2], 0, width)),
        float(np.clip(box[3], 0, height)),
    )


def _tread(sight: Sight, detection: Detection, frame: Frame) -> None:
    """Remember where the vehicle stands, if it moved."""
    box = detection.box
    width, height = frame.size
    if is_cut(box[3], height) or is_cut(box[0], width) or is_cut(box[2], width):
        return
    x, y = bottom_centre(box)
    if sight.feet:
        last = sight.feet[-1]
        if np.hypot(x - last.x * width, y - last.y * height) < RESTING * size(box):
            return
    rough = ROUGH * size(box) if detection.vehicle_class == "vehicle" else size(box)
    sight.feet.append(Foot(frame.t_s, x / width, y / height, (rough / width, rough / height)))
    if len(sight.feet) > MOST_FEET:
        sight.feet = sight.feet[::2]


def _extend(sight: Sight, t_s: float, box: Box) -> None:
    x, y = bottom_centre(box)
    if sight.path:
        resting = RESTING * size(box)
        _, last_x, last_y = sight.path[-1]
        if np.hypot(x - last_x, y - last_y) < resting:
            if len(sight.path) > 1 and sight.path[-2][1:] == (last_x, last_y):
                sight.path[-1] = (t_s, last_x, last_y)
            else:
                sight.path.append((t_s, last_x, last_y))
            return
    sight.path.append((t_s, x, y))
