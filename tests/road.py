"""A straight road for tests of tracks: twelve sites 2 km apart, one camera each, times learned."""

from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np

from geo.coordinates import LonLat
from geo.roads import Edges, from_edges
from operations.tracks.readings import Reading
from operations.tracks.sites import Sites, sites_of
from operations.tracks.travel import HOURS, Traffic, TravelTimes

PLATE = "浙JA1234"
SITES = 12
DRIVE_S = 180.0
START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
_numbers = count()


def road() -> TravelTimes:
    """Return the travel times of the road: 180 s between neighbours, give or take 8 %."""
    lon = 121.2 + np.arange(SITES) * 0.0205
    lat = np.full(SITES, 29.1)
    ends = np.arange(SITES - 1)
    source, target = np.concatenate([ends, ends + 1]), np.concatenate([ends + 1, ends])
    network = from_edges(lon, lat, Edges(source, target, np.full(len(source), 2, dtype=np.int8)))
    pairs = len(source)
    traffic = Traffic(
        start=source + 1,
        end=target + 1,
        count=np.full((pairs, HOURS), 50.0),
        log_usual=np.full((pairs, HOURS), np.log(DRIVE_S)),
        spread_low=np.full(pairs, 0.08),
        spread_up=np.full(pairs, 0.12),
        hour_factor=np.ones(HOURS),
        edge_factor=np.full(len(network.target), DRIVE_S / float(network.seconds.mean())),
    )
    return TravelTimes(_sites(network, lon, lat), traffic)


def _sites(network: object, lon: object, lat: object) -> Sites:
    places = [LonLat(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]  # type: ignore[call-overload]
    cameras = [(i + 1, f"C{i + 1:04d}", i + 1, place, f"路口 {i + 1}") for i, place in enumerate(places)]
    return sites_of(network, cameras)  # type: ignore[arg-type]


def reading(site: int, day: float, second: float, **said: object) -> Reading:
    """Return a reading at a site, so many seconds after 00:00 UTC of a day."""
    values: dict[str, object] = {
        "sighting": f"s{next(_numbers)}",
        "plate": PLATE,
        "at": START + timedelta(days=day, seconds=second),
        "site": site,
        "camera_id": site,
        "camera": f"C{site:04d}",
        "vehicle_class": "car",
        "colour": "white",
        "confidence": 0.97,
        "clock_offset_s": 0.0,
    }
    return Reading(**(values | said))  # type: ignore[arg-type]


def drive(sites: range, day: float, second: float, **said: object) -> list[Reading]:
    """Return the readings of one drive past sites, in their order."""
    return [reading(site, day, second + i * DRIVE_S, **said) for i, site in enumerate(sites)]
