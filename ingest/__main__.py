"""`python -m ingest`: one worker that watches its share of the cameras. Start as many as you like."""

import logging
import os
import signal
import sys
import threading

import cv2
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.logging import set_up_logging
from config.scaling import CannotScale, refuse_unscalable
from config.settings import Settings, load_settings
from detection.detectors import load_detectors
from detection.looks import ReadPlates
from ingest.camera import Workshop
from ingest.source_vocabulary import utc_now
from ingest.worker import ReadCameras, Watch, worker_name
from operations.cameras import WatchedCamera, active_cameras
from operations.store import engine_from_url, reading

log = logging.getLogger("ingest")


def main() -> int:
    """Watch until a signal; return the exit code."""
    settings = load_settings()
    set_up_logging("ingest", settings.log_level)
    cv2.setNumThreads(1)  # cameras are the parallel work; threads within a picture only get in their way
    try:
        refuse_unscalable(settings)
        detector_for = load_detectors(settings.detector, settings.detector_weights, settings.data_dir)
    except (CannotScale, FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    watch = Watch(_redis(settings), worker_name(), settings.data_dir / "spool", _camera_reader(settings))
    workshop = Workshop(
        detector_for=detector_for,
        read_plates=_plate_reader() if settings.read_plates else None,
        publish=watch.publication.publish,
        watched=watch.watched,
        media_dir=settings.media,
        analysed_fps=settings.analysed_fps,
        now=utc_now,
    )
    log.info("worker %s watches", watch.name)
    if not watch.run(workshop, stop):
        logging.shutdown()
        os._exit(0)  # a thread still hangs in a read that cannot be broken off
    return 0


def _redis(settings: Settings) -> redis.Redis:
    """Return a client that gives up soon: cameras must not wait for Redis."""
    retry = Retry(NoBackoff(), 1)  # once: a connection that went stale in the pool
    return redis.Redis.from_url(settings.redis, socket_timeout=2.0, socket_connect_timeout=2.0, retry=retry)


def _camera_reader(settings: Settings) -> ReadCameras:
    engine = engine_from_url(settings.database)

    def read() -> list[WatchedCamera]:
        with reading(engine) as session:
            return active_cameras(session)

    return read


def _plate_reader() -> ReadPlates:
    from detection.plates import load_plate_reader  # loads networks: only where plates are read

    return load_plate_reader(threads=1).read_vehicle


if __name__ == "__main__":
    sys.exit(main())
