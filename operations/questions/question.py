"""The question: what is asked about vehicle data, checked per kind, and as it is stored. It answers nothing.

Every kind starts from a plate, but one: `area`, which is never asked without another person's approval.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shapely import Polygon

from geo.coordinates import LocalMetres, LonLat
from operations.areas import polygon_of
from operations.facts import BadInput
from operations.times import from_text, to_text
from operations.watchlist import normalise_pattern

LONGEST = timedelta(days=732)
MOST_KM2 = 400.0

KINDS = ("path", "search", "clone", "companions", "next", "area", "compare")
FROM_A_NAMED_PLATE = ("clone", "companions", "next", "compare")
"""Kinds that analyse one vehicle: its plate must be whole, and named in the case before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, from `since` until before `until` (aware times).

    plate: `?` one character, `*` any run. fuzzy: likely misreads of it too. area: GeoJSON Polygon, WGS-84.
    """

    case_number: str
    reason: str
    since: datetime
    until: datetime
    kind: str = "path"
    plate: str | None = None
    other_plate: str | None = None
    fuzzy: bool = True
    vehicle_class: str | None = None
    colour: str | None = None
    area: Mapping[str, Any] | None = None


def checked(question: Question) -> Question:
    """Return the question with its plates normalised. Raises BadInput naming the field and the fix."""
    if len(question.reason.strip()) < 2:
        raise BadInput("reason", "say why you ask")
    if question.kind not in KINDS:
        raise BadInput("kind", f"choose one of {', '.join(KINDS)}")
    if question.until <= question.since:
        raise BadInput("to", "must be after from")
    if question.until - question.since > LONGEST:
        raise BadInput("from", f"a query may span {LONGEST.days} days at most")
    _check_fields(question)
    return replace(
        question,
        reason=question.reason.strip(),
        plate=_plate("plate", question) if question.plate is not None else None,
        other_plate=_plate("other_plate", question) if question.other_plate is not None else None,
    )


def stored(question: Question) -> dict[str, Any]:
    """Return what the database and the trail keep of a question beside its case, reason and kind."""
    kept = {
        "plate": question.plate,
        "other_plate": question.other_plate,
        "from": to_text(question.since),
        "to": to_text(question.until),
        "fuzzy": question.fuzzy,
        "vehicle_class": question.vehicle_class,
        "colour": question.colour,
        "area": question.area,
    }
    return {name: value for name, value in kept.items() if value is not None}


def from_stored(kept: Mapping[str, Any], kind: str, case_number: str, reason: str) -> Question:
    """Return the question that `stored` kept; one of before there was `fuzzy` was asked exactly."""
    return Question(
        case_number=case_number,
        reason=reason,
        kind=kind,
        plate=kept.get("plate"),
        other_plate=kept.get("other_plate"),
        since=from_text(kept["from"]),
        until=from_text(kept["to"]),
        fuzzy=kept.get("fuzzy", False),
        vehicle_class=kept.get("vehicle_class"),
        colour=kept.get("colour"),
        area=kept.get("area"),
    )


def is_whole(plate: str) -> bool:
    """Return whether this names one plate, with no character left open."""
    return not re.search(r"[?*-]", plate)


def fixed_characters(pattern: str) -> int:
    """Return how many characters of a pattern are said."""
    return len(re.sub(r"[?*]", "", pattern))


def area_km2(area: Mapping[str, Any]) -> float:
    """Return how large an area is, in square kilometres."""
    outline = list(polygon_of(area).exterior.coords)
    metres = LocalMetres(LonLat(outline[0][0], outline[0][1]))
    x_m, y_m = metres.from_lonlat([p[0] for p in outline], [p[1] for p in outline])
    return float(Polygon(list(zip(x_m, y_m, strict=True))).area) / 1e6


def _check_fields(question: Question) -> None:
    """Check that a kind has the fields it needs, and none that mean nothing to it."""
    if question.kind == "area":
        if question.area is None:
            raise BadInput("area", "draw the area that you ask about")
        if area_km2(question.area) > MOST_KM2:
            raise BadInput("area", f"may have {MOST_KM2:.0f} km² at most: draw it smaller")
    elif question.area is not None:
        raise BadInput("area", "goes with the kind area only")
    looks = {"vehicle_class": question.vehicle_class, "colour": question.colour}
    for field, value in looks.items():
        if value is not None and question.kind in FROM_A_NAMED_PLATE:
            raise BadInput(field, "goes with path, search and area only: an analysis takes all sightings")
    if question.plate is None and question.kind != "area":
        raise BadInput("plate", "name the plate that you start from")
    if question.other_plate is None and question.kind == "compare":
        raise BadInput("other_plate", "name the plate to compare with")
    if question.other_plate is not None and question.kind != "compare":
        raise BadInput("other_plate", "goes with the kind compare only")


def _plate(field: str, question: Question) -> str:
    """Return a plate or pattern of the question, normalised. Raises BadInput naming the field."""
    try:
        pattern = normalise_pattern(getattr(question, field))
    except BadInput as error:
        raise BadInput(field, error.why) from None
    if pattern.count("*") > 1:
        raise BadInput(field, "may have one * at most")
    if question.kind in FROM_A_NAMED_PLATE and not is_whole(pattern):
        raise BadInput(field, f"{question.kind} needs one whole plate: find it by a search first")
    return pattern
