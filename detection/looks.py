"""When to read the plate of a vehicle, and when the looks agree. Reads nothing: the reader is handed in."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from detection.boxes import is_cut, size
from detection.details import Cutting, cut_vehicle, detail_scale, kept
from detection.fusion import fuse
from detection.grammar import PROVINCES, UNREADABLE
from detection.sights import Sight, cut
from detection.tracker import Track
from detection.vocabulary import Box, Character, Frame, PlateRead

ReadPlates = Callable[[np.ndarray], list[PlateRead]]
"""Takes a vehicle crop (h x w x 3 uint8, BGR), returns the plates in it, boxes in its pixels."""


READABLE = 0.5
SURE_OF_PROVINCE = 0.8
"""Least confidence of a province that only one look saw; below, it is unreadable."""
MOST_UNREADABLE = 2
"""Positions less certain than READABLE, in what is still called a plate."""


SMALLER = 0.6
"""Share of the width of the largest plate read under which a read no longer counts."""


@dataclass(frozen=True, slots=True)
class LookSettings:
    """How much reading a pass is worth."""

    most: int = 8
    gap_s: float = 0.15
    per_frame: int = 1
    per_second: float = 6.0
    """Over all vehicles of one camera."""
    least_width_px: float = 140.0
    """A plate is a quarter of a car wide, and cannot be read below some 35 pixels."""
    growth: float = 1.25
    """A vehicle without a readable plate is looked at again once it is so much larger."""
    hopeful: float = 0.4
    """After a first read this good the next look need not wait for the vehicle to grow."""
    patience_s: float = 0.6
    """A vehicle that comes no nearer is looked at so often, and each time half as soon again."""
    agreeing: int = 2
    majority: float = 0.6
    """Share of all confidence that the agreeing looks must hold."""
    sure: float = 0.8
    """Confidence at which agreeing looks settle a plate."""


def worth_a_look(sight: Sight, track: Track, frame: Frame, settings: LookSettings) -> bool:
    """Whether another look at the vehicle may tell more than the looks so far."""
    if sight.settled or sight.looks >= settings.most or frame.t_s - sight.looked_s < settings.gap_s:
        return False
    box = track.detection.box
    if (box[2] - box[0]) * detail_scale(frame) < settings.least_width_px or is_cut(box[3], frame.size[1]):
        return False  # too small, or the plate is below the picture
    if sight.looks == 0 or size(box) >= settings.growth * sight.looked_size:
        return True
    if len(sight.reads) == 1 and sight.reads[0].confidence >= settings.hopeful:
        return True
    return frame.t_s - sight.looked_s >= settings.patience_s * 1.5 ** max(0, sight.looks - 2)


def no_better_look_comes(sight: Sight) -> bool:
    """Whether the plate was read and has now left the picture, or has become too small to count."""
    gone = is_cut(sight.last_box[3], sight.best_frame.size[1])
    return bool(sight.reads) and (gone or size(sight.last_box) < SMALLER * sight.largest)


def look(sight: Sight, track: Track, others: list[Track], frame: Frame, read: ReadPlates) -> None:
    """Read the plate of one vehicle in one picture and remember it."""
    box = track.detection.box
    cutting = cut_vehicle(frame, box, margin=0.03)
    sight.looks += 1
    sight.looked_s = frame.t_s
    sight.looked_size = size(box)
    if size(box) > 1.1 * sight.detail_size and (picture := kept(cutting, frame)):
        sight.detail, sight.detail_size = picture, size(box)
    plates = [plate for plate in read(cutting.image) if _is_own(plate, cutting, box, others)]
    if not plates:
        return
    best = max(plates, key=lambda plate: plate.confidence)
    if best.box is not None and all(best.confidence > earlier.confidence for earlier in sight.reads):
        sight.plate_crop = cut(cutting.image, best.box, margin=0.15).copy()
    sight.reads.append(best)


def agreed(reads: list[PlateRead], settings: LookSettings) -> PlateRead | None:
    """Return the fused plate once the looks agree on every character, else None."""
    if len(reads) < settings.agreeing:
        return None
    reads = _clearest(reads)
    fused = fuse(reads)
    same = [read.confidence for read in reads if read.text == fused.text]
    outvoted = sum(same) < settings.majority * sum(read.confidence for read in reads)
    if len(same) < settings.agreeing or fused.confidence < settings.sure or outvoted:
        return None
    return fused


def concluded(reads: list[PlateRead]) -> PlateRead | None:
    """Return what all looks together say at the end, or None where that is not enough to be a plate.

    Two positions may be unreadable if two looks say the same of the others. Text that is no plate by any
    grammar needs two looks as well: lettering on a bus is seldom misread twice alike.
    """
    if not reads:
        return None
    reads = _clearest(reads)
    fused = fuse(reads)
    unsure = sum(character.confidence < READABLE for character in fused.characters)
    alike = sum(_is_told(fused.text, read.text) for read in reads)
    if unsure > MOST_UNREADABLE or (alike < 2 and (unsure or fused.kind == "other")):
        return None
    return _without_a_doubtful_province(fused, reads)


def _is_told(fused: str, text: str) -> bool:
    """Say whether a look says what the fused text says, wherever that says anything."""
    return len(fused) == len(text) and all(a in (UNREADABLE, b) for a, b in zip(fused, text, strict=True))


def _without_a_doubtful_province(fused: PlateRead, reads: list[PlateRead]) -> PlateRead:
    """Take back a province that one look saw and was not sure of: far away they are misread first."""
    province = fused.characters[0]
    seen = sum(read.text[0] == province.char for read in reads)
    if province.char not in PROVINCES or seen >= 2 or province.confidence >= SURE_OF_PROVINCE:
        return fused
    characters = (Character(UNREADABLE, province.confidence), *fused.characters[1:])
    return replace(fused, text=UNREADABLE + fused.text[1:], characters=characters)


def _clearest(reads: list[PlateRead]) -> list[PlateRead]:
    """Keep the reads of plates about as large as the largest: small ones are misread alike."""
    widths = [read.box[2] - read.box[0] if read.box else 0.0 for read in reads]
    return [read for read, width in zip(reads, widths, strict=True) if width >= SMALLER * max(widths)]


def _is_own(plate: PlateRead, cutting: Cutting, box: Box, others: list[Track]) -> bool:
    """Whether the plate belongs to the vehicle: not to one nearer to the camera that covers it."""
    if plate.box is None:
        return True
    x = cutting.corner[0] + (plate.box[0] + plate.box[2]) / 2 / cutting.scale[0]
    y = cutting.corner[1] + (plate.box[1] + plate.box[3]) / 2 / cutting.scale[1]
    return not any(
        other[0] < x < other[2] and other[1] < y < other[3] and other[3] > box[3]
        for other in (track.detection.box for track in others)
    )
