"""Publication: a settled vehicle pass becomes a Sighting with its pictures, and leaves this host.

While Redis is away, or our lease is not certain, sightings wait in the spool. Decides nothing about vehicles.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import redis

from detection.vocabulary import VehiclePass
from ingest.leases import Leases
from ingest.spool import Spool
from operations import media, stream
from operations.sightings import LONGEST_PLATE, MOST_LOOKS, Sighting, to_json

SNAPSHOT_WIDTH_PX = 1280
JPEG_QUALITY = 80
SAME_PASS_MS = 20_000
"""The same plate, told by two watchers of one camera within this time, is one pass; as within one watcher."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Take:
    """One unbroken run of one camera's pictures; tracks are numbered anew in each."""

    camera: str
    started_ms: int
    model: str
    simulated: bool


def sighting_of(
    vehicle: VehiclePass, take: Take, media_dir: Path, received_at: datetime, clock_offset_s: float | None
) -> Sighting:
    """Return the message about a pass, its pictures stored; a full disk costs the pictures only."""
    best, plate = vehicle.best_frame, vehicle.plate
    width, height = best.size
    x1, y1, x2, y2 = vehicle.best_box

    def at(t_s: float) -> datetime:
        return best.captured_at + timedelta(seconds=t_s - best.t_s)

    return Sighting(
        id=f"{take.camera}:{take.started_ms}:{vehicle.track}",
        camera=take.camera,
        seen_at=best.captured_at,
        first_seen_at=at(vehicle.first_seen_s),
        last_seen_at=at(vehicle.last_seen_s),
        received_at=received_at,
        vehicle_class=vehicle.vehicle_class,
        confidence=_share(vehicle.confidence),
        clock_offset_s=round(clock_offset_s, 3) if clock_offset_s is not None else None,
        plate=plate.text if plate else None,
        plate_kind=plate.kind if plate else None,
        plate_confidence=_share(plate.confidence) if plate else None,
        plate_characters=[{"char": c.char, "confidence": _share(c.confidence)} for c in plate.characters]
        if plate
        else None,
        plate_looks=_looks(vehicle) if plate else None,
        colour=vehicle.colour,
        direction=vehicle.direction,
        lane=vehicle.lane,
        speed_kmh=_tenths(vehicle.speed_kmh),
        speed_error_kmh=_tenths(vehicle.speed_error_kmh),
        snapshot=_stored(media_dir, best.image),
        plate_crop=_stored(media_dir, vehicle.plate_crop),
        box=[_share(x1 / width), _share(y1 / height), _share(x2 / width), _share(y2 / height)],
        model=take.model[:80],
        simulated=take.simulated,
    )


def jpeg(image: np.ndarray, width_px: int = SNAPSHOT_WIDTH_PX) -> bytes:
    """Return a picture (H x W x 3 uint8 BGR) as a JPEG at most `width_px` wide."""
    height, width = image.shape[:2]
    if width > width_px:
        image = cv2.resize(image, (width_px, round(height * width_px / width)), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


class Publication:
    """One worker's way out. Cameras publish from their threads; the worker's loop replays what waits."""

    def __init__(self, client: redis.Redis, leases: Leases, spool: Spool) -> None:
        self.published = 0
        self._redis = client
        self._leases = leases
        self._spool = spool

    @property
    def waiting(self) -> int:
        return len(self._spool)

    @property
    def dropped(self) -> int:
        return self._spool.dropped

    def publish(self, sighting: Sighting) -> None:
        """Send a sighting now, or keep it until it can be sent; raises nothing a camera could help."""
        sure, text = self._leases.sure(sighting.camera), to_json(sighting)
        if sure and not self.waiting:
            try:
                if not self._told_by_another(sighting):
                    self._send(text)
                    self._note_told(sighting)
                return
            except (redis.RedisError, stream.StreamFull) as error:
                log.warning("sightings wait on this host's disk: %s", error)
        try:
            self._spool.keep(json.dumps({"camera": sighting.camera, "sure": sure, "text": text}))
        except OSError as error:
            self._spool.dropped += 1
            log.error("a sighting is lost, DATA_DIR cannot be written: %s", error)

    def _told_by_another(self, sighting: Sighting) -> bool:
        """Return whether the camera's watcher before us told this plate a moment ago: it is the same pass.

        It died, or the stream broke off, with the vehicle still in the picture.
        """
        if sighting.plate is None:
            return False
        before: Any = self._redis.get(_told_key(sighting))
        before = before.decode() if isinstance(before, bytes) else before
        return before is not None and before != _take_of(sighting)

    def _note_told(self, sighting: Sighting) -> None:
        if sighting.plate is not None:
            self._redis.set(_told_key(sighting), _take_of(sighting), px=SAME_PASS_MS)

    def replay(self) -> None:
        """Send what waits, oldest first. Raises RedisError or StreamFull, and the rest goes on waiting."""
        sent = self._spool.replay(self._settle)
        if sent:
            log.info("%d sightings that waited are on their way", sent)

    def adopt(self, spool: Spool) -> None:
        """Send everything that a worker left behind when it died."""
        spool.replay(self._send_entry)

    def _settle(self, line: str) -> bool:
        """Return whether an entry is done with."""
        entry = json.loads(line)
        if entry["sure"] or self._leases.sure(entry["camera"]):
            return self._send_entry(line)
        # Not certain when seen: if another worker has the camera now, it saw the vehicle too.
        return entry["camera"] not in self._leases.held

    def _send_entry(self, line: str) -> bool:
        self._send(json.loads(line)["text"])
        return True

    def _send(self, text: str) -> None:
        stream.publish(self._redis, stream.SIGHTINGS, text)
        self.published += 1


def _looks(vehicle: VehiclePass) -> list[str] | None:
    """Return what the looks read, where there were several: from one alone nothing can be learned."""
    texts = list(vehicle.plate_looks[:MOST_LOOKS])
    return texts if len(texts) > 1 and all(0 < len(text) <= LONGEST_PLATE for text in texts) else None


def _told_key(sighting: Sighting) -> str:
    return f"told:{sighting.camera}:{sighting.plate}"


def _take_of(sighting: Sighting) -> str:
    return sighting.id.rsplit(":", 1)[0]


def _stored(media_dir: Path, image: np.ndarray | None) -> str | None:
    if image is None or image.size == 0:
        return None
    try:
        return media.put(media_dir, jpeg(image))
    except OSError as error:
        log.error("a picture could not be stored in %s: %s", media_dir, error.strerror)
        return None


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, float(value))), 4)
