"""Passes on rendered scenes against their truth, and ultralytics' ByteTrack on the same detections."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from detection.boxes import overlap
from detection.calibration import Calibration
from detection.detectors import Detector
from detection.passes import PassWatcher
from detection.vocabulary import Box, Detection, VehiclePass
from geo.ground_plane import PICKED, GroundPoint, ground_plane
from ingest.calibration import calibration_of
from ingest.synthetic.calibration import calibration_of as true_calibration
from ingest.synthetic.truth import TrueVehicle
from tests.benchmarks.rendered import RenderedScene, TruePicture, is_judged, pictures, scene_url
from tests.benchmarks.tracking_metrics import Figures, Moment, figures

ON_IT = 0.3
"""Overlap from which a track's box in one picture speaks for a vehicle."""

LONG_ENOUGH_S = 1.5
"""A vehicle that is judged for less needs no pass."""

ALSO_CALLED = {"silver": {"grey", "white"}}


@dataclass(frozen=True, slots=True)
class Followed:
    """One picture of one run: its time, its truth, and the boxes by number, ours and ByteTrack's."""

    t_s: float
    vehicles: list[TrueVehicle]
    ours: dict[int, Box]
    byte_track: dict[int, Box]


@dataclass(slots=True)
class Verdict:
    """What the passes of one run are worth. speeds: (measured, its error, true) in km/h."""

    vehicles: int = 0
    passes: int = 0
    missed: int = 0
    twice: int = 0
    ghosts: int = 0
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)
    speeds: list[tuple[float, float, float]] = field(default_factory=list)

    def add(self, other: "Verdict") -> None:
        """Add what another run's passes are worth."""
        for name in ("vehicles", "passes", "missed", "twice", "ghosts"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.right += other.right
        self.wrong += other.wrong
        self.silent += other.silent
        self.speeds += other.speeds


class Shown:
    """Says for the picture at hand what a detector found in it, so that two trackers get the same."""

    name, model_hash, wants_every_frame = "shown", "", True

    def __init__(self) -> None:
        self.found: list[Detection] = []

    def for_one_camera(self) -> "Shown":
        return self

    def detect(self, image: np.ndarray, t_s: float) -> list[Detection]:
        return self.found


def followed(
    url: str, detector: Detector, fps: float, seconds: float
) -> tuple[list[Followed], list[VehiclePass]]:
    """Run a scene through a detector, and its detections through our tracker and ByteTrack."""
    detector, shown, other = detector.for_one_camera(), Shown(), ByteTrack()
    watcher = PassWatcher(shown, None)
    watcher.calibration = picked_calibration(url)
    pictures_followed, ended = [], []
    for picture in pictures(url, fps, seconds):
        shown.found = detector.detect(picture.frame.image, picture.frame.t_s)
        ended += watcher.see(picture.frame).ended
        pictures_followed.append(_followed(picture, watcher, other.follow(shown.found, picture.frame.size)))
    return pictures_followed, [*ended, *watcher.finish().ended]


def _followed(picture: TruePicture, watcher: PassWatcher, others: dict[int, Box]) -> Followed:
    t_s = picture.frame.t_s
    ours = {track.number: track.box for track in watcher._tracker.tracks if track.last_seen_s == t_s}
    return Followed(t_s, picture.vehicles, ours, others)


def picked_calibration(url: str) -> Calibration:
    """Return the scene's calibration as a hand would have picked it: its points off by a pixel or three."""
    said, noise = true_calibration(url), np.random.default_rng(5)
    points = [
        GroundPoint(p["x"] + off_x, p["y"] + off_y, p["right_m"], p["ahead_m"])
        for p, (off_x, off_y) in zip(
            said["ground"], noise.normal(0, PICKED, (len(said["ground"]), 2)), strict=True
        )
    ]
    return calibration_of(ground_plane(points), said)


class ByteTrack:
    """ultralytics' ByteTrack with its own settings."""

    def __init__(self) -> None:
        from ultralytics.trackers.byte_tracker import BYTETracker

        self._tracker = BYTETracker(
            SimpleNamespace(
                track_high_thresh=0.25,
                track_low_thresh=0.1,
                new_track_thresh=0.25,
                track_buffer=30,
                match_thresh=0.8,
                fuse_score=True,
            )
        )

    def follow(self, found: Sequence[Detection], size: tuple[int, int]) -> dict[int, Box]:
        """Return the boxes it follows into this picture, by its numbers."""
        from ultralytics.engine.results import Boxes

        rows = np.array([[*d.box, d.confidence, 0.0] for d in found], dtype=np.float32).reshape(-1, 6)
        tracks = self._tracker.update(Boxes(rows, (size[1], size[0])))
        return {int(n): (float(x1), float(y1), float(x2), float(y2)) for x1, y1, x2, y2, n, *_ in tracks}


def tracking(run: Sequence[Followed], whose: str) -> Figures:
    """Return the tracking figures of `ours` or `byte_track`."""
    return figures(
        [
            Moment(
                {v.track: v.box for v in picture.vehicles if is_judged(v)},
                getattr(picture, whose),
                [v.box for v in picture.vehicles if not is_judged(v)],
            )
            for picture in run
        ]
    )


def verdict(run: Sequence[Followed], passes: Sequence[VehiclePass]) -> Verdict:
    """Compare the passes with the vehicles that drove by."""
    judged: Counter[int] = Counter(v.track for p in run for v in p.vehicles if is_judged(v))
    step_s = run[1].t_s - run[0].t_s
    asked = {track for track, count in judged.items() if count * step_s >= LONG_ENOUGH_S}
    owners = _owners(run)
    of = [owners.get(vehicle.track) for vehicle in passes]
    real = [owner for owner in of if owner in judged]
    said = Verdict(
        len(asked), len(passes), len(asked - set(real)), len(real) - len(set(real)), len(of) - len(real)
    )
    for vehicle, owner in zip(passes, of, strict=True):
        if owner in judged:
            _judge(said, vehicle, [(p.t_s, v) for p in run for v in p.vehicles if v.track == owner])
    return said


def _owners(run: Sequence[Followed]) -> dict[int, int]:
    """Return whose each of our tracks is: the vehicle it lay on most often."""
    votes: dict[int, Counter[int]] = {}
    for picture in run:
        for number, box in picture.ours.items():
            best = max(picture.vehicles, key=lambda v: overlap(v.box, box), default=None)
            if best is not None and overlap(best.box, box) > ON_IT:
                votes.setdefault(number, Counter())[best.track] += 1
    return {number: count.most_common(1)[0][0] for number, count in votes.items()}


def _judge(said: Verdict, seen: VehiclePass, truth: list[tuple[float, TrueVehicle]]) -> None:
    true = truth[0][1]
    colours = ALSO_CALLED.get(true.colour, {true.colour})
    kind = None if seen.vehicle_class == "vehicle" else seen.vehicle_class
    for what, value, right in (
        ("class", kind, {true.vehicle_class}),
        ("colour", seen.colour, colours),
        ("direction", seen.direction, {true.direction}),
        ("lane", seen.lane, {true.lane}),
    ):
        (said.silent if value is None else said.right if value in right else said.wrong)[what] += 1
    if seen.speed_kmh is not None and seen.speed_error_kmh is not None:
        times, ahead = [t_s for t_s, _ in truth], [vehicle.ahead_m for _, vehicle in truth]
        spans = np.array(seen.speed_spans_s)
        metres = np.abs(np.diff(np.interp(spans, times, ahead), axis=1)).sum()
        said.speeds.append(
            (seen.speed_kmh, seen.speed_error_kmh, float(3.6 * metres / np.diff(spans, axis=1).sum()))
        )


def on_rendered(
    scenes: Sequence[RenderedScene], detector: Detector, fps: float, seconds: float
) -> dict[str, object]:
    """Return every scene's row, and what all their passes together are worth, for one detector."""
    rows, everything = [], Verdict()
    with tempfile.TemporaryDirectory(prefix="wg-rendered-") as folder:
        for scene in scenes:
            run, passes = followed(scene_url(scene, Path(folder)), detector, fps, seconds)
            said = verdict(run, passes)
            everything.add(said)
            rows.append(
                {
                    "scene": scene.name,
                    "vehicles": said.vehicles,
                    "passes": said.passes,
                    "missed": said.missed,
                    "twice": said.twice,
                    "ghosts": said.ghosts,
                    "ours": _rounded(tracking(run, "ours")),
                    "byte_track": _rounded(tracking(run, "byte_track")),
                }
            )
    return {"detector": detector.name, "scenes": rows, "said_of_passes": _shares(everything)}


def _rounded(found: Figures) -> dict[str, float]:
    return {name: round(value, 3) for name, value in asdict(found).items()}


def _shares(said: Verdict) -> dict[str, object]:
    """Return right, wrong and not said, and how honest the speeds' errors are."""
    told: dict[str, object] = {
        what: {"right": said.right[what], "wrong": said.wrong[what], "not_said": said.silent[what]}
        for what in ("class", "colour", "direction", "lane")
    }
    if said.speeds:
        measured, error, true = np.array(said.speeds).T
        off = np.abs(measured - true)
        told["speed"] = {
            "said": len(off),
            "median_off_kmh": round(float(np.median(off)), 2),
            "median_error_said_kmh": round(float(np.median(error)), 2),
            "within_1_sd": round(float((off < error).mean()), 3),
            "within_2_sd": round(float((off < 2 * error).mean()), 3),
            "beyond_3_sd": int((off > 3 * error).sum()),
        }
    return told
