"""What a road's words mean: class, direction, speed, and whether a patrol car may drive there.

OpenStreetMap's tags, and the words of county surveys in English and Chinese. Reads no files.
"""

import re
from collections.abc import Mapping

# Classes as in geo/roads.py: 0 national, 1 provincial, 2 main street or county road, 3 street, 4 lane.
OSM_CLASS = {
    "motorway": 0, "motorway_link": 0, "trunk": 0, "trunk_link": 0,
    "primary": 1, "primary_link": 1,
    "secondary": 2, "secondary_link": 2, "tertiary": 2, "tertiary_link": 2,
    "unclassified": 3, "residential": 3, "road": 3,
    "living_street": 4, "service": 4,
}  # fmt: skip
CLASS_WORDS = OSM_CLASS | {
    "0": 0, "national": 0, "高速": 0, "高速公路": 0, "快速路": 0, "国道": 0,
    "1": 1, "provincial": 1, "省道": 1,
    "2": 2, "county": 2, "main": 2, "县道": 2, "主干道": 2, "主干路": 2, "次干道": 2, "次干路": 2,
    "3": 3, "street": 3, "township": 3, "乡道": 3, "支路": 3, "街道": 3, "城市道路": 3,
    "4": 4, "lane": 4, "village": 4, "村道": 4, "巷": 4, "里弄": 4, "小路": 4,
}  # fmt: skip
BOTH, AHEAD, BACK = (True, True), (True, False), (False, True)
DIRECTION_WORDS = {
    "": BOTH, "no": BOTH, "0": BOTH, "false": BOTH, "both": BOTH, "双向": BOTH, "否": BOTH,
    "yes": AHEAD, "1": AHEAD, "true": AHEAD, "单向": AHEAD, "是": AHEAD,
    "-1": BACK, "reverse": BACK, "逆向": BACK,
    "reversible": BOTH, "alternating": BOTH,
}  # fmt: skip
SHUT = {"no", "private", "agricultural", "forestry", "delivery", "military", "customers"}
TOO_SMALL = {"parking_aisle", "drive-through", "driveway", "emergency_access"}
KMH_OF_MPH = 1.609344
FASTEST_KMH = 130.0

Direction = tuple[bool, bool]


def class_of(word: str) -> int | None:
    """Return the class that a word of a survey names, None for one nobody here knows."""
    return CLASS_WORDS.get(word.strip().lower())


def direction_of(word: str) -> Direction | None:
    """Return (ahead, back) along the line as drawn, None for an unknown word."""
    return DIRECTION_WORDS.get(word.strip().lower())


def speed_kmh(word: str) -> float | None:
    """Return the speed a sign or survey gives in km/h; None where it is no number (none, walk, CN:urban)."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|公里/小时)?", word.strip().lower())
    if not found or not float(found[1]):
        return None
    return min(float(found[1]) * (KMH_OF_MPH if found[2] == "mph" else 1.0), FASTEST_KMH)


def osm_direction(tags: Mapping[str, str]) -> Direction:
    """Return (ahead, back) of an OSM way: its sign, else what motorways and roundabouts imply."""
    said = direction_of(tags["oneway"]) if "oneway" in tags else None
    if said is not None:
        return said
    round_about = tags.get("junction") in ("roundabout", "circular")
    return AHEAD if round_about or tags.get("highway") in ("motorway", "motorway_link") else BOTH


def left_out(tags: Mapping[str, str]) -> str | None:
    """Return why an OSM way is not for patrol cars, None if it is; the narrowest word on access counts."""
    if tags.get("route") == "ferry":
        return "ferry"
    if tags.get("highway") not in OSM_CLASS:
        return "not_for_cars"
    if tags.get("area") == "yes" or tags.get("service") in TOO_SMALL:
        return "yards"
    if tags.get("emergency") in ("yes", "designated"):
        return None
    said = next(
        (tags[key] for key in ("motorcar", "motor_vehicle", "vehicle", "access") if key in tags), "yes"
    )
    return "closed_to_cars" if said in SHUT else None
