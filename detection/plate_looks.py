"""Looks at possible plates with both networks, each look framed differently, and closer at the province.

Owns which looks are taken. What they are worth together is plate_verdict's; finding and letting out are
elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from detection.decoding import Evidence, decode_all
from detection.grammar import FORMS
from detection.ocr import TextLook, TextNetworks, recognise
from detection.plate_crops import Framing, sheared, straightened, widened
from detection.plate_gaps import CENTRES_MM, with_gap
from detection.plate_lines import Rows
from detection.plate_network import PlateNetwork, read_crops
from detection.plate_verdict import OPENS_WITH_PROVINCE, province_in

FIRST = Framing(0.2, 0.2, 0.0, 0.0, width_px=192)
SECOND = Framing(0.2, 0.2, -0.08, -0.08, width_px=256)
THIRD = Framing(0.4, 0.2, 0.08, 0.08, width_px=224)
_TOP_ROW = Framing(0.3, 0.3, 0.0, 0.0, width_px=104)
_BOTTOM_ROW = Framing(0.2, 0.2, 0.0, 0.0, width_px=160)

_CLOSER = (((2, 130), 80, 0), ((2, 68), 48, 24))
"""Closer looks: from where to where on the plate in mm, how wide in pixels, padded by how much."""
_LEAST_SAID = 4
"""Characters that our own network must say of a line for it to be weighed: it says nothing of most others."""
_SHEARS = np.linspace(-0.6, 0.6, 13)


@dataclass(frozen=True, slots=True)
class Networks:
    """What reads: the text networks, and our own. Either reader may be left out, to measure the other."""

    text: TextNetworks
    own: PlateNetwork | None = None
    hears_text: bool = True


@dataclass(frozen=True, slots=True)
class OwnLook:
    """What our own network makes of a line. evidence: None where it says too little to be a plate.

    grounds: probability of each colour of the ground, empty where it does not say.
    """

    evidence: Evidence | None
    grounds: dict[str, float]


def own_looks(
    network: PlateNetwork, image: np.ndarray, lines: Sequence[Rows], framing: Framing
) -> list[OwnLook]:
    """Look at lines with our own network, those of one row together."""
    singles = [rows for rows in lines if len(rows) == 1]
    looks = iter(read_crops(network, [straightened(image, rows[0], framing) for rows in singles]))
    said = [(next(looks),) if len(rows) == 1 else _rows_read(network, image, rows) for rows in lines]
    steps = [np.concatenate([look.steps for look in parts]) for parts in said]
    told = [at for at, one in enumerate(steps) if _spoken(one) >= _LEAST_SAID]
    heard = dict(zip(told, _decoded([steps[at] for at in told], [lines[at] for at in told]), strict=True))
    return [OwnLook(heard.get(at), parts[-1].grounds) for at, parts in enumerate(said)]


def _rows_read(network: PlateNetwork, image: np.ndarray, rows: Rows) -> tuple:
    """Read the rows of one plate one after the other."""
    framings = (_TOP_ROW, _BOTTOM_ROW)
    return tuple(
        read_crops(network, [straightened(image, quad, framing)])[0]
        for quad, framing in zip(rows, framings, strict=True)
    )


def _spoken(steps: np.ndarray) -> int:
    """Count the characters of the likeliest path."""
    best = steps.argmax(axis=1)
    return int(np.sum((best > 0) & (best != np.concatenate([[0], best[:-1]]))))


def _decoded(steps: Sequence[np.ndarray], lines: Sequence[Rows]) -> list[Evidence]:
    """Decode looks of different lengths, those of one length together; a gap in a single row stays open."""
    lengths = {len(one) for one in steps}
    groups = {length: iter(decode_all(np.stack([one for one in steps if len(one) == length])))
              for length in lengths}  # fmt: skip
    found = [next(groups[len(one)]) for one in steps]
    return [
        with_gap(one, evidence) if len(rows) == 1 else evidence
        for one, evidence, rows in zip(steps, found, lines, strict=True)
    ]


def text_looks(
    networks: TextNetworks, image: np.ndarray, lines: Sequence[Rows], framing: Framing
) -> list[tuple[TextLook, Evidence]]:
    """Look at lines with the text network; the lines of one row go through it together."""
    singles = [rows for rows in lines if len(rows) == 1]
    looks = iter(recognise(networks, [straightened(image, rows[0], framing) for rows in singles]))
    taken = [next(looks) if len(rows) == 1 else _two_rows(networks, image, rows) for rows in lines]
    return list(zip(taken, _decoded([look.steps for look in taken], lines), strict=True))


def _two_rows(networks: TextNetworks, image: np.ndarray, rows: Rows) -> TextLook:
    """Read the rows of one plate one after the other, as if they were one line."""
    top, bottom = (
        recognise(networks, [straightened(image, quad, framing)])[0]
        for quad, framing in zip(rows, (_TOP_ROW, _BOTTOM_ROW), strict=True)
    )
    return TextLook(
        np.concatenate([top.steps, bottom.steps]),
        top.text + bottom.text,
        top.confidences + bottom.confidences,
        top.log_free + bottom.log_free,
    )


def provinces_closer(
    networks: Networks, image: np.ndarray, quad: np.ndarray, found: Evidence
) -> dict[str, list[np.ndarray]]:
    """Enlarge the province and the letter beside it, then the province alone, found from where the others
    stand; give what each network says of it.
    """
    crops = _close_crops(image, quad, found)
    said: dict[str, list[np.ndarray]] = {}
    if networks.own is not None:
        said["own"] = [province_in(read_crops(networks.own, [crop])[0].steps) for crop in crops]
    if networks.hears_text:
        said["text"] = [province_in(recognise(networks.text, [crop])[0].steps) for crop in crops]
    return said


def _close_crops(image: np.ndarray, quad: np.ndarray, found: Evidence) -> list[np.ndarray]:
    scores = np.where(OPENS_WITH_PROVINCE, found.log_likelihoods, -np.inf)
    form = int(scores.argmax())
    length = len(FORMS[form].positions)
    centres = np.array(CENTRES_MM[length][1:])
    share_per_mm, share_at_edge = np.polyfit(centres, found.places[form, 1:length], 1)
    framed = widened(quad, FIRST)
    crops = []
    for (start, end), width_px, pad_px in _CLOSER:
        left, right = share_at_edge + share_per_mm * start, share_at_edge + share_per_mm * end
        part = _part(framed, left, right)
        crop = straightened(image, part, Framing(0.0, 0.0, 0.0, 0.0, width_px=width_px))
        crops.append(cv2.copyMakeBorder(crop, 0, 0, pad_px, pad_px, cv2.BORDER_REPLICATE))
    return crops


def _part(quad: np.ndarray, left: float, right: float) -> np.ndarray:
    """Cut a quad from left to right, shares of its width."""
    top, bottom = quad[1] - quad[0], quad[2] - quad[3]
    return np.array(
        [quad[0] + top * left, quad[0] + top * right, quad[3] + bottom * right, quad[3] + bottom * left],
        np.float32,
    )


def upright(image: np.ndarray, quad: np.ndarray) -> np.ndarray:
    """Lean a quad so that the strokes in it stand upright, judged by how sharply its columns differ."""
    crop = cv2.cvtColor(straightened(image, quad, FIRST), cv2.COLOR_BGR2GRAY)
    edges = np.abs(cv2.Sobel(crop, cv2.CV_32F, 1, 0))[6:-6]
    scores = [float(np.mean(sheared(edges, lean).mean(axis=0) ** 2)) for lean in _SHEARS]
    lean = float(_SHEARS[int(np.argmax(scores))])
    framed = widened(quad, FIRST)
    shift = (framed[1] - framed[0] + framed[2] - framed[3]) / 2 / FIRST.width_px * lean * FIRST.height_px / 2
    return quad + np.array([shift, shift, -shift, -shift], np.float32)
