"""Turns the pictures of one camera into vehicle passes: one vehicle going by, one pass. Publishes nothing."""

import random
from dataclasses import dataclass, field, replace

import cv2

from detection.attention import Attention, Look
from detection.audits import GateFigures
from detection.boxes import covered, size
from detection.calibration import Calibration
from detection.detectors import Detector
from detection.looks import (
    LookSettings,
    ReadPlates,
    agreed,
    concluded,
    look,
    no_better_look_comes,
    worth_a_look,
)
from detection.sights import Sight, as_pass, first_sight, remember, split_off, turned_back
from detection.tracker import Track, Tracker, TrackerSettings
from detection.vocabulary import Box, Detection, Frame, Seen, VehiclePass


@dataclass(frozen=True, slots=True)
class PassSettings:
    """What makes a pass. Distances in vehicle sizes."""

    tracker: TrackerSettings = field(default_factory=TrackerSettings)
    looks: LookSettings = field(default_factory=LookSettings)
    sparing: bool = True
    """Show the detector no more of a moving scene than it takes; else every such picture, whole."""
    least_travel: float = 0.7
    """A vehicle that moved less was parked or waiting."""
    least_travel_with_plate: float = 0.35
    """The same once its plate is known."""
    least_hits: int = 3
    least_size: float = 0.025
    """Of the picture's width: what never came nearer has not passed here."""
    settle_after_s: float = 60.0
    """A vehicle that drove in and stays is published by then, plate or not."""
    settle_unseen_s: float = 3.0
    """So is one that stood still when it was last seen, and may be there yet."""
    same_plate_s: float = 20.0
    """The same plate again within this time is the same pass, whatever the tracker thinks."""
    part_of_another: float = 0.85
    """A box that lies so far within a longer-known one is a part of that vehicle."""


class PassWatcher:
    """One camera. Feed it every picture to be analysed, in order."""

    def __init__(
        self,
        detector: Detector,
        read_plates: ReadPlates | None,
        settings: PassSettings | None = None,
        rng: random.Random | None = None,
    ) -> None:
        """read_plates: reads a vehicle crop; None to leave plates alone. rng: chooses the gate's audits."""
        self._detector = detector.for_one_camera()
        self._read_plates = read_plates
        self._settings = settings or PassSettings()
        self._attention = Attention(
            self._detector.wants_every_frame, self._settings.sparing, rng or random.Random(2)
        )
        self._tracker = Tracker(self._settings.tracker)
        self._sights: dict[int, Sight] = {}
        self._published: dict[str, float] = {}
        self._look_again_s = float("-inf")
        self.calibration: Calibration | None = None
        """Where the ground is; None where nobody said, or where the camera has moved since."""

    @property
    def gate(self) -> GateFigures:
        """How many pictures were looked at and left out so far, and what the audits say about that."""
        return self._attention.audits.figures

    def see(self, frame: Frame) -> Seen:
        """Look at one picture; return the passes it settled (publish each once) and those it ended."""
        look_at = self._look_at(frame)
        if look_at is None:
            if self._attention.quiet and not self._detector.wants_every_frame:
                self._tracker.hold(frame.t_s)
            return Seen([], [])
        detections = self._detected(frame, look_at)
        followed = self._tracker.update(detections, frame.t_s, frame.size)
        self._attention.looked(look_at, frame, self._tracker.tracks)
        turned = self._remember(followed.seen, frame)
        self._count_parts(followed.seen)
        self._look(followed.seen, frame)
        ended = self._end([*turned, *(self._sights.pop(track.number) for track in followed.over)])
        settled = [
            self._settle(sight) for sight in self._sights.values() if self._may_settle(sight, frame.t_s)
        ]
        return Seen([*ended.settled, *(vehicle for vehicle in settled if vehicle)], ended.ended)

    def finish(self) -> Seen:
        """End all passes: the stream is over."""
        return self._end([self._sights.pop(track.number) for track in self._tracker.finish()])

    def _look_at(self, frame: Frame) -> Look | None:
        tracks = self._tracker.tracks
        wanted = []
        if self._read_plates is not None and frame.t_s >= self._look_again_s:
            wanted = [t for t in tracks if self._wants_a_look(t, frame)]
        restless = any(not self._tracker.is_still(track, frame.t_s) for track in tracks)
        return self._attention.look_at(frame, tracks, wanted, restless)

    def _wants_a_look(self, track: Track, frame: Frame) -> bool:
        sight = self._sights.get(track.number)
        return sight is not None and worth_a_look(sight, track, frame, self._settings.looks)

    def _detected(self, frame: Frame, look_at: Look) -> list[Detection]:
        """Show the detector the picture as large as it must be; boxes in the frame's own pixels."""
        width, height = frame.size
        if self._detector.wants_every_frame or width <= look_at.width_px:
            return self._detector.detect(frame.image, frame.t_s)
        scale = look_at.width_px / width
        shown = cv2.resize(frame.image, (look_at.width_px, max(1, round(height * scale))))
        found = self._detector.detect(shown, frame.t_s)
        return [replace(one, box=_larger(one.box, 1 / scale)) for one in found]

    def _remember(self, seen: list[Track], frame: Frame) -> list[Sight]:
        """Add the picture to each vehicle's sight; return the sights that end because another came back."""
        turned = []
        for track in seen:
            sight = self._sights.setdefault(track.number, first_sight(track, frame))
            remember(sight, track, frame)
            if turned_back(sight, frame.size):
                turned.append(self._sights.pop(track.number))
                self._tracker.renumber(track)
                self._sights[track.number] = split_off(sight, track, frame)
        return turned

    def _count_parts(self, seen: list[Track]) -> None:
        for track in seen:
            box = track.detection.box
            for other in seen:
                whole = other.detection.box
                older = other.number < track.number
                if older and box[3] <= whole[3] + 0.02 * (whole[3] - whole[1]):
                    self._sights[track.number].inside_another += (
                        covered(box, whole) > self._settings.part_of_another
                    )

    def _look(self, seen: list[Track], frame: Frame) -> None:
        if self._read_plates is None or frame.t_s < self._look_again_s:
            return
        looks = self._settings.looks
        worthy = [t for t in seen if worth_a_look(self._sights[t.number], t, frame, looks)]
        worthy.sort(key=lambda track: (self._sights[track.number].looks, -size(track.detection.box)))
        for track in worthy[: looks.per_frame]:
            look(
                self._sights[track.number],
                track,
                [t for t in seen if t is not track],
                frame,
                self._read_plates,
            )
            self._look_again_s = frame.t_s + 1.0 / looks.per_second

    def _may_settle(self, sight: Sight, t_s: float) -> bool:
        if sight.settled:
            return False
        sight.plate = agreed(sight.reads, self._settings.looks)
        settings = self._settings
        late = (
            t_s - sight.first_seen_s > settings.settle_after_s
            or t_s - sight.last_seen_s > settings.settle_unseen_s
            or no_better_look_comes(sight)
        )
        return self._is_pass(sight) and (sight.plate is not None or late)

    def _settle(self, sight: Sight) -> VehiclePass | None:
        """Publish the pass unless its plate was published a moment ago."""
        sight.settled = True
        sight.plate = sight.plate or concluded(sight.reads)
        if sight.plate is not None:
            before_s = self._published.get(sight.plate.text, float("-inf"))
            self._published = {
                text: t_s
                for text, t_s in self._published.items()
                if sight.last_seen_s - t_s < self._settings.same_plate_s
            } | {sight.plate.text: sight.last_seen_s}
            if sight.last_seen_s - before_s < self._settings.same_plate_s:
                return None
        return as_pass(sight, self.calibration)

    def _end(self, over: list[Sight]) -> Seen:
        settled, ended = [], []
        for sight in over:
            if not self._is_pass(sight):
                continue
            self._attention.widths.learn(sight.largest / sight.best_frame.size[0])
            published = None if sight.settled else self._settle(sight)
            settled += [published] if published else []
            ended.append(as_pass(sight, self.calibration))
        return Seen(settled, ended)

    def _is_pass(self, sight: Sight) -> bool:
        needed = self._settings.least_travel_with_plate if sight.plate else self._settings.least_travel
        return (
            sight.hits >= self._settings.least_hits
            and sight.largest >= self._settings.least_size * sight.best_frame.size[0]
            and sight.travelled >= needed
            and sight.inside_another < sight.hits / 2
        )


def _larger(box: Box, factor: float) -> Box:
    return box[0] * factor, box[1] * factor, box[2] * factor, box[3] * factor
