"""One ingest worker: takes its share of the cameras, runs each in a thread, reports. Sees no pixel itself."""

import logging
import os
import random
import secrets
import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from ingest.camera import CameraThread, Status, Workshop
from ingest.leases import WORKER_KEY, Leases, Round
from ingest.publication import Publication
from ingest.reports import Reports
from ingest.spool import Spool
from operations.cameras import CamerasUnknown, WatchedCamera
from operations.stream import StreamFull
from operations.times import to_text

ROUND_S = 0.5
READ_CAMERAS_EVERY_S = 3.0
OPEN_WITHIN_S = 0.5
ENDS_WITHIN_S = 2.0

COUNTED = ("given", "decoded", "dropped", "corrupt", "passes", "attempts")
COUNTED_AT_THE_GATE = ("looked", "gated", "audited", "missed")

log = logging.getLogger(__name__)

ReadCameras = Callable[[], list[WatchedCamera]]


def worker_name() -> str:
    """Return a name no other worker has or had."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(2)}"


class Watch:
    """The cameras one worker watches. One thread calls `run`."""

    def __init__(self, client: redis.Redis, name: str, spools: Path, read_cameras: ReadCameras) -> None:
        self.watched: set[str] = set()
        self.name = name
        self._redis = client
        self._read_cameras = read_cameras
        self._leases = Leases(client, name)
        self._spools = spools
        self.publication = Publication(client, self._leases, Spool(spools / name))
        self._reports = Reports(client, name)
        self._cameras: dict[str, CameraThread] = {}
        self._wanted: dict[str, WatchedCamera] = {}
        self._read_at_s = float("-inf")
        self._gone: Counter[str] = Counter()
        self._adopted = False
        self._redis_away = False

    def run(self, workshop: Workshop, stop: threading.Event) -> bool:
        """Watch until `stop` is set, then give everything back; return whether every thread has ended."""
        while not stop.is_set():
            started_s = time.monotonic()
            try:
                self.round(workshop)
            except Exception:  # the worker's loop edge: one bad round must not end the watch
                log.exception("a round failed")
            stop.wait(max(0.0, ROUND_S - (time.monotonic() - started_s)))
        return self._end()

    def round(self, workshop: Workshop) -> None:
        """Do what is due: read the cameras, settle leases, start and stop threads, report, replay."""
        self._read()
        try:
            change = self._leases.round(list(self._wanted))
            workshop.pace.share_with(self._leases.workers)
            self._apply(change, workshop)
            watched = self._reports.watched(self._cameras)
            self.watched &= watched  # in place: the cameras' threads look at this very set
            self.watched |= watched
            self._reports.tell(self._cameras, workshop.now())
            self._reports.tell_figures(self._figures(workshop))
            self._adopt_spools()
            self.publication.replay()
        except (redis.RedisError, StreamFull) as error:
            if not self._redis_away:
                log.error("Redis takes nothing (%s): cameras go on, sightings wait on disk", error)
            self._redis_away = True
            return
        if self._redis_away:
            log.info("Redis answers again")
        self._redis_away = False

    def _read(self) -> None:
        """Read which cameras are wanted; while the database is away those known before stay."""
        if time.monotonic() - self._read_at_s < READ_CAMERAS_EVERY_S:
            return
        self._read_at_s = time.monotonic()
        try:
            self._wanted = {camera.code: camera for camera in self._read_cameras()}
        except CamerasUnknown as error:
            log.warning("%s", error)

    def _apply(self, change: Round, workshop: Workshop) -> None:
        for code in change.lost:
            camera = self._cameras.pop(code, None)
            if camera:
                self._stop(camera)
            if code in self._wanted:
                self._reports.forget(code)
            else:
                self._reports.tell_unwatched(code)
        for code, camera in list(self._cameras.items()):
            if code in self._wanted and camera.camera != self._wanted[code]:
                log.info("camera %s was changed", code)
                self._stop(camera)
                self._start(code, workshop)
        for code in change.taken:
            self._start(code, workshop)

    def _start(self, code: str, workshop: Workshop) -> None:
        camera = CameraThread(self._wanted[code], workshop, random.uniform(0.0, OPEN_WITHIN_S))
        self._cameras[code] = camera
        camera.start()

    def _stop(self, camera: CameraThread) -> None:
        camera.stop()
        self._gone.update(_totals_of(camera.status))

    def _adopt_spools(self) -> None:
        """Send what workers of this host left behind when they died; once is enough, at the start."""
        if self._adopted:
            return
        for folder in sorted(self._spools.glob("*/")):
            if folder.name != self.name and not self._redis.exists(WORKER_KEY + folder.name):
                self.publication.adopt(Spool(folder))
                shutil.rmtree(folder, ignore_errors=True)
        self._adopted = True

    def _figures(self, workshop: Workshop) -> dict[Any, Any]:
        """Return this worker's figures; totals are of all cameras it ever had, so they never fall."""
        totals = self._gone.copy()
        for camera in self._cameras.values():
            totals.update(_totals_of(camera.status))
        return {
            **{name: totals[name] for name in COUNTED},
            **{f"gate_{name}": totals[f"gate_{name}"] for name in COUNTED_AT_THE_GATE},
            **self._reports.rates(self._cameras),
            "cameras": len(self._cameras),
            "fps_wanted": round(sum(camera.fps_wanted for camera in self._cameras.values()), 2),
            "published": self.publication.published,
            "waiting": self.publication.waiting,
            "lost": self.publication.dropped,
            "detector": ", ".join(sorted(self._detectors(workshop))),
            "at": to_text(workshop.now()),
        }

    def _detectors(self, workshop: Workshop) -> set[str]:
        return {workshop.detector_for(camera.camera.source).name for camera in self._cameras.values()}

    def _end(self) -> bool:
        for camera in self._cameras.values():
            camera.stop()
        deadline_s = time.monotonic() + ENDS_WITHIN_S
        ended = [
            camera.ended_within(max(0.0, deadline_s - time.monotonic())) for camera in self._cameras.values()
        ]
        try:
            self._leases.leave()
        except redis.RedisError as error:
            log.warning("Redis is away (%s): the leases run out by themselves", error)
        return all(ended)


def _totals_of(status: Status) -> dict[str, int]:
    """Return everything counted of a camera, by name."""
    gate = {f"gate_{name}": getattr(status.gate, name) for name in COUNTED_AT_THE_GATE}
    return {name: getattr(status, name) for name in COUNTED} | gate
