"""One camera's thread: opens its source, watches for vehicles, judges the picture, tries again.

Whatever happens here stays here. Which cameras run, and who is told, is the worker's business.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Container
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from datetime import datetime
from pathlib import Path

from detection.audits import GateFigures
from detection.detectors import Detector
from detection.looks import ReadPlates
from detection.passes import PassWatcher
from detection.vocabulary import Frame, VehiclePass
from ingest.backoff import Backoff
from ingest.calibration import Trust, calibration_from
from ingest.camera_clock import AskedClock
from ingest.health import HealthJudge
from ingest.health_vocabulary import Health
from ingest.live import LivePicture
from ingest.main_stream import MainStream
from ingest.pace import Pace
from ingest.publication import Take, sighting_of
from ingest.sources import (
    NoFrames,
    Playing,
    Source,
    SourceEnded,
    SourceSilent,
    SourceWillNotOpen,
    is_live,
    masked,
    open_source,
)
from ingest.turns import Turns
from operations.cameras import WatchedCamera
from operations.sightings import Sighting

OFFLINE_CODES = {
    SourceWillNotOpen: "will_not_open",
    SourceSilent: "sends_nothing",
    SourceEnded: "broken_off",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What all cameras of a worker share."""

    detector_for: Callable[[str], Detector]
    """Gives the detector for a camera's source."""
    read_plates: ReadPlates | None
    publish: Callable[[Sighting], None]
    watched: Container[str]
    media_dir: Path
    analysed_fps: float
    now: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    turns: Turns = field(default_factory=Turns)


@dataclass(slots=True)
class Status:
    """How a camera is. Written by its thread alone, read by the worker's loop."""

    health: Health | None = None
    last_frame_at: datetime | None = None
    last_frame_s: float = 0.0
    clock_offset_s: float | None = None
    model: str = ""
    passes: int = 0
    attempts: int = 0
    given: int = 0
    decoded: int = 0
    dropped: int = 0
    corrupt: int = 0
    gate: GateFigures = field(default_factory=GateFigures)


class CameraThread:
    """A camera being watched until `stop`."""

    def __init__(self, camera: WatchedCamera, workshop: Workshop, wait_s: float = 0.0) -> None:
        """wait_s: how long to hold back at first, so that many files are not opened at once."""
        self.camera = camera
        self.status = Status()
        self._workshop = workshop
        self._stop = threading.Event()
        self._wait_s = wait_s
        self._judge = HealthJudge()
        self._asked = AskedClock(camera.source, workshop.pace, self._stop, workshop.now)
        self._trust = Trust(calibration_from(camera.calibration, camera.code))
        self._judged_s = self._judge_base_s = 0.0
        self._last_start_ms = 0
        self._main = _main_stream(camera, self._stop, workshop)
        self._live = LivePicture(workshop.media_dir, camera.code, workshop.watched)
        self._thread = threading.Thread(target=self._run, name=f"camera {camera.code}", daemon=True)

    @property
    def fps_wanted(self) -> float:
        """How many pictures a second are to be looked at."""
        return self._workshop.analysed_fps

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Publish nothing from now on and end soon; a read that hangs ends with its timeout."""
        self._stop.set()

    def ended_within(self, wait_s: float) -> bool:
        """Wait for the thread; return whether it has ended."""
        with suppress(RuntimeError):  # never started
            self._thread.join(wait_s)
        return not self._thread.is_alive() and (self._main is None or self._main.ended_within(wait_s))

    def _run(self) -> None:
        backoff = Backoff()
        self._stop.wait(self._wait_s)
        if self._main is not None and not self._stop.is_set():
            self._main.start()
        while not self._stop.is_set():
            given, started_s = self.status.given, time.monotonic()
            if not is_live(self.camera.source) or self._workshop.pace.wait(self._stop):
                self._attempt()
            worked_s = time.monotonic() - started_s if self.status.given > given else 0.0
            self._stop.wait(backoff.wait_s(worked_s))

    def _attempt(self) -> None:
        """Watch the source until it fails, ends or is stopped; afterwards the status says why."""
        self.status.attempts += 1
        source = self.camera.sub_source or self.camera.source
        # A clip behind http:// ends; a file on disk is a camera for trying out, and goes round.
        playing = Playing(
            True,
            not is_live(source),
            self._workshop.analysed_fps,
            stop=self._stop,
            detail_of=self._main.detail_of if self._main else None,
        )
        try:
            with open_source(source, playing, self._workshop.now) as frames:
                self._watch(frames)
            why, code = f"{masked(source)} has come to its end.", "ended"
        except NoFrames as error:
            why, code = str(error), OFFLINE_CODES.get(type(error), "no_pictures")
        except Exception:  # the loop's edge: one camera's fault must touch no other
            log.exception("camera %s failed inside Watchgrid", self.camera.code)
            why, code = "Watchgrid itself failed on this camera; the ingest log says where.", "failed_inside"
        if not self._stop.is_set():
            told = self.status.health
            again = told is not None and told.state == "offline"
            log.log(
                logging.DEBUG if again else logging.WARNING, "camera %s is offline: %s", self.camera.code, why
            )
            self.status.health = Health("offline", why, {"code": code})

    def _watch(self, source: Source) -> None:
        counts, status = source.counts, self.status
        before = (status.decoded, status.dropped, status.corrupt)
        run: _Run | None = None
        try:
            for frame in source:
                if run is None or frame.size != run.size:
                    self._finish(run)  # another resolution: nothing learned from the old pictures holds
                    run = self._new_run(frame)
                state = status.health.state if status.health else None
                run.watcher.calibration = self._trust.calibration(state, self._judged_s)
                with self._workshop.turns.taken():
                    settled = run.watcher.see(frame).settled
                # Judged well only after it was watched: a fault in watching must not look well in between.
                self._publish(run, settled)
                self._look(frame, counts.clock_offset_s)
                status.given += 1
                status.gate = run.gate_now()
                status.decoded, status.dropped, status.corrupt = (
                    old + new
                    for old, new in zip(before, (counts.decoded, counts.dropped, counts.corrupt), strict=True)
                )
        except NoFrames:
            self._finish(run)
            raise
        self._finish(run)

    def _look(self, frame: Frame, clock_offset_s: float | None) -> None:
        if frame.sequence == 0:
            self._judge_base_s = self._judged_s + 1.0
        self._judged_s = self._judge_base_s + frame.t_s
        status = self.status
        if clock_offset_s is None:  # the stream does not tell the camera's time
            self._asked.ask_if_due(self._judged_s)
            clock_offset_s = self._asked.offset_s
        picture = frame.image if frame.luma is None else frame.luma
        health = self._judge.see(picture, self._judged_s, clock_offset_s)
        if self._main is not None and self._main.failure and health == Health("online"):
            why = f"Plates are read in the small picture: {self._main.failure}"
            health = Health("online", why, {"code": "main_stream_away"})
        status.health = health
        status.last_frame_at, status.last_frame_s = frame.captured_at, time.monotonic()
        status.clock_offset_s = clock_offset_s
        self._live.see(frame.image, status.last_frame_s)

    def _new_run(self, frame: Frame) -> "_Run":
        workshop = self._workshop
        started_ms = max(int(workshop.now().timestamp() * 1000), self._last_start_ms + 1)
        self._last_start_ms = started_ms
        simulated = self.camera.source.startswith("synthetic://")
        detector = workshop.detector_for(self.camera.source)
        self.status.model = f"{detector.name}:{detector.model_hash[:16]}"
        take = Take(self.camera.code, started_ms, self.status.model, simulated)
        # Of its own: cameras that audit in step would all miss the same moments.
        watcher = PassWatcher(detector, workshop.read_plates, rng=random.Random(self.camera.code))
        return _Run(watcher, take, frame.size, self.status.gate)

    def _finish(self, run: "_Run | None") -> None:
        if run:
            self._publish(run, run.watcher.finish().settled)

    def _publish(self, run: "_Run", settled: list[VehiclePass]) -> None:
        workshop = self._workshop
        for vehicle in settled:
            if self._stop.is_set():
                return  # the lease may be another's by now
            offset_s = self.status.clock_offset_s
            workshop.publish(sighting_of(vehicle, run.take, workshop.media_dir, workshop.now(), offset_s))
            self.status.passes += 1


def _main_stream(camera: WatchedCamera, stop: threading.Event, workshop: Workshop) -> MainStream | None:
    """Return the larger stream of a camera that has two: it is read beside the one that is watched."""
    if camera.sub_source is None:
        return None
    playing = Playing(True, analysed_fps=None, stop=stop)
    return MainStream(camera.source, playing, workshop.now, workshop.pace)


@dataclass(frozen=True, slots=True)
class _Run:
    """An unbroken run of pictures of one size, and who watches it."""

    watcher: PassWatcher
    take: Take
    size: tuple[int, int]
    gate_before: GateFigures

    def gate_now(self) -> GateFigures:
        """Return the gate's figures with those of all runs before."""
        pairs = zip(astuple(self.gate_before), astuple(self.watcher.gate), strict=True)
        return GateFigures(*(old + new for old, new in pairs))
