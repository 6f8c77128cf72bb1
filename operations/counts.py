"""Counts: how many vehicles each camera saw in the last seconds, for the map to pulse. Never a plate."""

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from redis import Redis

from operations import events
from operations.times import to_text


class SightingCounts:
    """New sightings by camera id since they were last told; added and told by different threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[int] = Counter()

    def add(self, counted: Mapping[int, int]) -> None:
        """Count new sightings."""
        with self._lock:
            self._counts.update(counted)

    def tell(self, client: Redis, now: datetime) -> None:
        """Publish what was counted as `sightings.counted`, and begin again."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if counts:
            cameras = {str(camera_id): count for camera_id, count in counts.items()}
            events.publish(client, [(events.SIGHTINGS_COUNTED, {"at": to_text(now), "cameras": cameras})])
