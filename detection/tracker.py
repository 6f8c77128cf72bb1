"""Follows vehicles from picture to picture of one camera (ByteTrack). Time is passed in; knows no plates."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from detection.boxes import area, covered, is_cut, moved_sizes, overlap, overlaps, shared_box, size
from detection.vocabulary import Box, Detection


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """Distances are in vehicle sizes, times in seconds: they hold at any resolution and rate."""

    strong: float = 0.3
    """Detections at least this confident start tracks and are matched first."""
    least_overlap: float = 0.15
    """Least overlap, both boxes enlarged, of a detection with the predicted place."""
    margin: float = 0.15
    least_weak_overlap: float = 0.5
    """The same for a weak detection, neither box enlarged: what is weakly seen beside it is another."""
    reach: float = 1.5
    """How far a new or lost vehicle may ever be from where it is expected."""
    lost_s: float = 1.5
    """A vehicle unseen for so long has gone."""
    left_s: float = 0.4
    """The same where it was last seen driving out of the picture."""
    parked_s: float = 45.0
    """The same where it stood still: a detector of motion forgets what stands."""
    still_after_s: float = 1.0
    still_within: float = 0.15
    """A vehicle that stays within so many sizes for so long stands still."""


@dataclass(slots=True)
class Track:
    """One vehicle. box: filtered, in pixels. velocity: of its four edges, pixels per second.

    variance: 3 x 4: variance of position, covariance, variance of velocity of each edge, in vehicle sizes.
    """

    number: int
    box: Box
    detection: Detection
    first_seen_s: float
    last_seen_s: float
    predicted_s: float
    velocity: np.ndarray
    variance: np.ndarray
    still_box: Box
    still_since_s: float
    alone_s: float
    """When it last had a detection of its own."""
    hits: int = 1


@dataclass(frozen=True, slots=True)
class Followed:
    """What one update did: the tracks seen in this picture, and those that are over."""

    seen: list[Track]
    over: list[Track]


Score = Callable[[list[Track], list[Detection]], np.ndarray]


class Tracker:
    """ByteTrack for one camera: strong detections first, then weak ones, then lost vehicles in reach.

    A weak detection keeps a vehicle that was seen in the picture before; it finds no lost one again.
    """

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self._frame = (0, 0)
        self._settings = settings or TrackerSettings()
        self._next_number = 1
        self.tracks: list[Track] = []

    def update(self, detections: list[Detection], t_s: float, frame: tuple[int, int]) -> Followed:
        """Follow every vehicle into the picture (width, height) taken at t_s; detections in its pixels."""
        self._frame = frame
        lost = [t for t in self.tracks if t.last_seen_s < t.predicted_s]
        for track in self.tracks:
            _predict(track, t_s)
        asleep = [t for t in self.tracks if t_s - t.last_seen_s > self._settings.lost_s]
        side_by_side, detections = self._untangle(_without(self.tracks, asleep), detections, t_s)
        awake = _without(self.tracks, asleep + side_by_side)
        strong = [d for d in detections if d.confidence >= self._settings.strong]
        weak = [d for d in detections if d.confidence < self._settings.strong]
        first, strong = self._match(awake, strong, t_s, self._near)
        second, weak = self._match(_without(awake, first + lost), weak, t_s, self._upon)
        third, strong = self._match(_without(awake, first + second), strong, t_s, self._within_reach)
        fourth, strong = self._match(asleep, strong, t_s, self._near)
        started = [self._start(detection, t_s) for detection in strong]
        seen = side_by_side + first + second + third + fourth + started
        return Followed(seen, self._end(t_s))

    def hold(self, t_s: float) -> None:
        """Note that nothing moved until t_s: whatever stood still is still there."""
        for track in self.tracks:
            track.last_seen_s = track.predicted_s = t_s
            track.velocity[:] = 0.0

    def renumber(self, track: Track) -> None:
        """Give the track a number of its own from now on: it turned out to be another vehicle."""
        track.number = self._next_number
        self._next_number += 1

    def is_still(self, track: Track, t_s: float) -> bool:
        """Whether the vehicle stands still."""
        return t_s - track.still_since_s >= self._settings.still_after_s

    def finish(self) -> list[Track]:
        """Give up all tracks and return them."""
        over, self.tracks = self.tracks, []
        return over

    def _untangle(
        self, tracks: list[Track], detections: list[Detection], t_s: float
    ) -> tuple[list[Track], list[Detection]]:
        """Let vehicles that melted into one detection go on as predicted, each within it, for a while.

        Returns those vehicles, and the detections that are left.
        """
        known = [t for t in tracks if t.hits >= KNOWN_HITS and t_s - t.alone_s <= 2 * self._settings.lost_s]
        left, together = [], []
        for detection in detections:
            inside = [t for t in known if _melted(t.box, detection.box) and t not in together]
            others = [d for d in detections if d is not detection]
            if len(inside) < 2 or any(overlap(t.box, d.box) > 0.3 for t in inside for d in others):
                left.append(detection)
                continue
            for track in inside:
                alone_s = track.alone_s
                self._observe(track, replace(detection, box=shared_box(track.box, detection.box)), t_s)
                track.alone_s = alone_s
            together += inside
        return together, left

    def _match(
        self, tracks: list[Track], detections: list[Detection], t_s: float, score: Score
    ) -> tuple[list[Track], list[Detection]]:
        if not tracks or not detections:
            return [], detections
        scores = score(tracks, detections)
        rows, columns = linear_sum_assignment(-scores)
        pairs = {int(j): tracks[int(i)] for i, j in zip(rows, columns, strict=True) if scores[i, j] > 0}
        for j, track in pairs.items():
            self._observe(track, detections[j], t_s)
        return list(pairs.values()), [d for j, d in enumerate(detections) if j not in pairs]

    def _near(self, tracks: list[Track], detections: list[Detection]) -> np.ndarray:
        found = overlaps(_boxes(tracks), _boxes(detections), self._settings.margin)
        return _scores(found, self._settings.least_overlap, detections)

    def _upon(self, tracks: list[Track], detections: list[Detection]) -> np.ndarray:
        found = overlaps(_boxes(tracks), _boxes(detections), 0.0)
        return _scores(found, self._settings.least_weak_overlap, detections)

    def _within_reach(self, tracks: list[Track], detections: list[Detection]) -> np.ndarray:
        """Score by distance between centres in vehicle sizes, within what the filter thinks possible."""
        a, b = _boxes(tracks), _boxes(detections)
        centres = ((a[:, None, :2] + a[:, None, 2:]) - (b[None, :, :2] + b[None, :, 2:])) / 2
        sizes_a, sizes_b = (
            np.array([size(t.box) for t in tracks]),
            np.array([size(d.box) for d in detections]),
        )
        ratio = sizes_a[:, None] / sizes_b[None, :]
        distance = np.linalg.norm(centres, axis=2) / np.sqrt(sizes_a[:, None] * sizes_b[None, :])
        spread = np.sqrt(np.array([t.variance[0].mean() for t in tracks]))
        limit = np.minimum(self._settings.reach, 0.3 + 2 * spread)[:, None]
        possible = (distance < limit) & (ratio > 0.5) & (ratio < 2.0)
        return np.asarray(np.where(possible, 1 - distance / (self._settings.reach + 1), 0.0))

    def _start(self, detection: Detection, t_s: float) -> Track:
        variance = np.array([[SPREAD_OF_A_BOX**2], [0.0], [SPREAD_OF_A_NEW_VELOCITY**2]]) * np.ones((1, 4))
        track = Track(
            number=self._next_number,
            box=detection.box,
            detection=detection,
            first_seen_s=t_s,
            last_seen_s=t_s,
            predicted_s=t_s,
            velocity=np.zeros(4),
            variance=variance,
            still_box=detection.box,
            still_since_s=t_s,
            alone_s=t_s,
        )
        self._next_number += 1
        self.tracks.append(track)
        return track

    def _observe(self, track: Track, detection: Detection, t_s: float) -> None:
        _correct(track, detection.box)
        track.detection = detection
        track.last_seen_s = track.alone_s = t_s
        track.hits += 1
        if moved_sizes(track.still_box, track.box, self._frame) > self._settings.still_within:
            track.still_box, track.still_since_s = track.box, t_s

    def _end(self, t_s: float) -> list[Track]:
        over = [track for track in self.tracks if t_s - track.last_seen_s > self._patience_s(track)]
        self.tracks = _without(self.tracks, over)
        return over

    def _patience_s(self, track: Track) -> float:
        if track.hits > 2 and self.is_still(track, track.last_seen_s):
            return self._settings.parked_s
        if _drives_out(track, self._frame):
            return self._settings.left_s
        return self._settings.lost_s


KNOWN_HITS = 5
"""A vehicle seen so often is known well enough to be followed through a crowd."""

SPREAD_OF_A_BOX = 0.05
"""How far the edges of a detection stray, in vehicle sizes."""

SPREAD_OF_A_NEW_VELOCITY = 4.0
"""Vehicle sizes per second: an unknown vehicle may be fast."""

SPREAD_OF_ACCELERATION = 1.5
"""Vehicle sizes per second, after one second."""


def _predict(track: Track, t_s: float) -> None:
    elapsed_s = t_s - track.predicted_s
    if track.last_seen_s < track.predicted_s:  # lost: move as a whole, do not deform
        track.velocity[[0, 2]] = track.velocity[[0, 2]].mean()
        track.velocity[[1, 3]] = track.velocity[[1, 3]].mean()
    x1, y1, x2, y2 = np.array(track.box) + track.velocity * elapsed_s
    track.box = (float(x1), float(y1), float(max(x2, x1 + 1)), float(max(y2, y1 + 1)))
    position, shared, velocity = track.variance
    shift = elapsed_s * (2 * shared + elapsed_s * velocity)
    track.variance = np.stack([position + shift, shared + elapsed_s * velocity, velocity])
    noise = SPREAD_OF_ACCELERATION**2 * elapsed_s
    track.variance += noise * np.array([[elapsed_s**2 / 3], [elapsed_s / 2], [1.0]])
    track.predicted_s = t_s


def _correct(track: Track, seen: Box) -> None:
    position, shared, velocity = track.variance
    gain = position / (position + SPREAD_OF_A_BOX**2)
    velocity_gain = shared / (position + SPREAD_OF_A_BOX**2)
    surprise = np.array(seen) - np.array(track.box)
    x1, y1, x2, y2 = np.array(track.box) + gain * surprise
    track.box = (float(x1), float(y1), float(x2), float(y2))
    track.velocity = track.velocity + velocity_gain * surprise
    track.variance = np.stack([position * (1 - gain), shared * (1 - gain), velocity - velocity_gain * shared])


def _drives_out(track: Track, frame: tuple[int, int]) -> bool:
    """Whether the frame cut the vehicle where it was last seen, and its other end follows."""
    box, (width, height) = track.detection.box, frame
    left, top, right, bottom = track.velocity
    return (
        (is_cut(box[0], width) and right < 0)
        or (is_cut(box[1], height) and bottom < 0)
        or (is_cut(box[2], width) and left > 0)
        or (is_cut(box[3], height) and top > 0)
    )


def _melted(box: Box, detection: Box) -> bool:
    """Whether the detection holds the vehicle and clearly more."""
    return covered(box, detection) > 0.6 and 0.15 < area(box) / area(detection) < 0.75


def _scores(found: np.ndarray, least: float, detections: list[Detection]) -> np.ndarray:
    """Score overlaps from the least on; of two alike the surer detection is worth more."""
    sure = np.array([0.5 + d.confidence / 2 for d in detections])
    return np.asarray(np.where(found >= least, found * sure, 0.0))


def _boxes(items: list[Track] | list[Detection]) -> np.ndarray:
    return np.array([item.box for item in items], dtype=float).reshape(-1, 4)


def _without(tracks: list[Track], taken: list[Track]) -> list[Track]:
    numbers = {track.number for track in taken}
    return [track for track in tracks if track.number not in numbers]
