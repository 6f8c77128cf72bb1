"""Looks at one possible plate as often as it is worth, each look framed differently, and pools what they say.

Owns which looks are taken and where the province is looked for again. Finding and letting out are elsewhere.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from detection.decoding import Evidence, decode, pool, with_province
from detection.grammar import FORMS, PROVINCES
from detection.ocr import TextLook, TextNetworks, recognise
from detection.plate_crops import Framing, sheared, straightened, widened
from detection.plate_lines import Rows

FIRST = Framing(0.2, 0.2, 0.0, 0.0, width_px=192)
SECOND = Framing(0.2, 0.2, -0.08, -0.08, width_px=256)
THIRD = Framing(0.4, 0.2, 0.08, 0.08, width_px=224)
_TOP_ROW = Framing(0.3, 0.3, 0.0, 0.0, width_px=104)
_BOTTOM_ROW = Framing(0.2, 0.2, 0.0, 0.0, width_px=160)

_CENTRES_MM = {7: (38, 95, 174, 231, 288, 345, 402), 8: (38, 91, 183, 235, 287, 339, 391, 443)}
"""Middles of the characters from the left edge of a plate of 7 (440 mm) and 8 (480 mm), as GA 36 draws
them."""
_HEAD_MM, _PROVINCE_MM = (2, 130), (2, 68)
_BEGINS_WITH_PROVINCE = np.array([form.positions[0] == PROVINCES for form in FORMS])
_SHEARS = np.linspace(-0.6, 0.6, 13)


def first_looks(
    networks: TextNetworks, image: np.ndarray, lines: Sequence[Rows]
) -> list[tuple[TextLook, Evidence]]:
    """Look once at every line; the lines of one row go through the network together."""
    singles = [rows for rows in lines if len(rows) == 1]
    looks = iter(recognise(networks, [straightened(image, rows[0], FIRST) for rows in singles]))
    taken = [next(looks) if len(rows) == 1 else _two_rows(networks, image, rows) for rows in lines]
    return [(look, decode(look.steps)) for look in taken]


def _two_rows(networks: TextNetworks, image: np.ndarray, rows: Rows) -> TextLook:
    """Read the rows of one plate one after the other, as if they were one line."""
    framings = (_TOP_ROW, _BOTTOM_ROW)
    top, bottom = (
        recognise(networks, [straightened(image, quad, framing)])[0]
        for quad, framing in zip(rows, framings, strict=True)
    )
    return TextLook(
        np.concatenate([top.steps, bottom.steps]),
        top.text + bottom.text,
        top.confidences + bottom.confidences,
        top.log_free + bottom.log_free,
    )


def look_again(
    networks: TextNetworks, image: np.ndarray, quad: np.ndarray, first: Evidence, framings: Sequence[Framing]
) -> Evidence:
    """Take further looks at a plate of one row, and two closer ones at its province, and pool them with the
    first."""
    looks = [recognise(networks, [straightened(image, quad, framing)])[0] for framing in framings]
    pooled = pool([first, *[decode(look.steps) for look in looks]])
    return with_province(pooled, _closer_looks(networks, image, quad, first))


def _closer_looks(
    networks: TextNetworks, image: np.ndarray, quad: np.ndarray, first: Evidence
) -> list[np.ndarray]:
    """Enlarge the province and the letter beside it, then the province alone, found from where the others
    stand."""
    scores = np.where(_BEGINS_WITH_PROVINCE, first.log_likelihoods, -np.inf)
    form = int(scores.argmax())
    length = len(FORMS[form].positions)
    centres = np.array(_CENTRES_MM[length][1:])
    share_per_mm, share_at_edge = np.polyfit(centres, first.places[form, 1:length], 1)
    framed = widened(quad, FIRST)
    cuts = []
    for (start, end), width_px in ((_HEAD_MM, 80), (_PROVINCE_MM, 48)):
        left, right = share_at_edge + share_per_mm * start, share_at_edge + share_per_mm * end
        part = _part(framed, left, right)
        cuts.append(straightened(image, part, Framing(0.0, 0.0, 0.0, 0.0, width_px=width_px)))
    head, province = cuts
    padded = cv2.copyMakeBorder(province, 0, 0, 24, 24, cv2.BORDER_REPLICATE)
    return [recognise(networks, [cut])[0].steps for cut in (head, padded)]


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
