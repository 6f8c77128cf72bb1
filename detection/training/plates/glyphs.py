"""Characters as masks, from fonts of the system's packages, brought to a plate's cell and stroke.

Owns which fonts are used and where they come from. The fonts are for training only and are never shipped.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from detection.training.plates.strokes import drawn_character

BUILT_IN = "uni"
"""The one face that OpenCV carries itself: stands in where no package of fonts may be asked for (tests)."""
DRAWN = "drawn"
"""The face of strokes.py; its index is the variant."""
_VARIANTS = 24
_ROOT = Path("/usr/share/fonts")
_RASTER_PX = 160
_DENSE = 0.46
"""A glyph with more ink than this is not made bolder: its strokes would run together."""
_SC = 2
"""Simplified Chinese within the Noto CJK collections."""


class FontsMissing(RuntimeError):
    """A font of the renderer is not installed."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font: its file (or BUILT_IN), its index in a collection, the Debian package that holds it."""

    path: str
    package: str
    index: int = 0


def _faces(package: str, folder: str, *names: str, index: int = 0) -> list[Face]:
    return [Face(str(_ROOT / folder / name), package, index) for name in names]


LATIN = (
    *(Face(DRAWN, "", variant) for variant in range(_VARIANTS)),
    *_faces("fonts-opendin", "truetype/opendin", "OSP-DIN.ttf") * 3,
    *_faces("fonts-bebas-neue", "opentype/bebas-neue", "BebasNeue-Bold.otf", "BebasNeue-Book.otf") * 2,
    *_faces("fonts-roboto-unhinted", "truetype/roboto/unhinted", "RobotoCondensed-Bold.ttf"),
    *_faces("fonts-roboto-unhinted", "truetype/roboto/unhinted", "RobotoCondensed-Regular.ttf"),
    *_faces("fonts-roboto-unhinted", "truetype/roboto/unhinted/RobotoTTF", "Roboto-Medium.ttf"),
    *_faces("fonts-routed-gothic", "truetype/routed-gothic", "routed-gothic-narrow.ttf", "routed-gothic.ttf"),
    *_faces("fonts-liberation", "truetype/liberation", "LiberationSansNarrow-Bold.ttf"),
    *_faces("fonts-liberation", "truetype/liberation", "LiberationSans-Bold.ttf"),
    *_faces("fonts-liberation", "truetype/liberation", "LiberationSansNarrow-Regular.ttf"),
    *_faces("fonts-dejavu-extra", "truetype/dejavu", "DejaVuSansCondensed-Bold.ttf"),
    *_faces("fonts-dejavu-extra", "truetype/dejavu", "DejaVuSansCondensed.ttf"),
    *_faces("fonts-open-sans", "truetype/open-sans", "OpenSans-CondBold.ttf", "OpenSans-Semibold.ttf"),
    *_faces("fonts-b612", "opentype/b612", "B612-Bold.otf", "B612-Regular.otf"),
    *_faces("fonts-clear-sans", "truetype/clear-sans", "ClearSans-Medium.ttf"),
    *_faces("fonts-inter", "opentype/inter", "Inter-SemiBold.otf", "InterDisplay-Bold.otf"),
    *_faces("fonts-play", "truetype/play", "Play-Bold.ttf"),
    *_faces("fonts-lato", "truetype/lato", "Lato-Semibold.ttf"),
    *_faces("fonts-freefont-ttf", "truetype/freefont", "FreeSansBold.ttf"),
    *_faces("fonts-noto-cjk", "opentype/noto", "NotoSansCJK-Bold.ttc", index=_SC),
    *_faces("fonts-wqy-zenhei", "truetype/wqy", "wqy-zenhei.ttc"),
)
"""Fonts of letters and digits, those most like a plate's several times."""
CHINESE = (
    *_faces("fonts-noto-cjk", "opentype/noto", "NotoSansCJK-Bold.ttc", index=_SC) * 2,
    *_faces("fonts-noto-cjk", "opentype/noto", "NotoSansCJK-Regular.ttc", index=_SC) * 2,
    *_faces("fonts-noto-cjk", "opentype/noto", "NotoSerifCJK-Bold.ttc", index=_SC) * 2,
    *_faces("fonts-noto-cjk-extra", "opentype/noto", "NotoSansCJK-Medium.ttc", index=_SC),
    *_faces("fonts-noto-cjk-extra", "opentype/noto", "NotoSansCJK-Black.ttc", index=_SC),
    *_faces("fonts-noto-cjk-extra", "opentype/noto", "NotoSerifCJK-Black.ttc", index=_SC),
    *_faces("fonts-wqy-zenhei", "truetype/wqy", "wqy-zenhei.ttc") * 2,
    *_faces("fonts-wqy-microhei", "truetype/wqy", "wqy-microhei.ttc") * 2,
    *_faces("fonts-arphic-ukai", "truetype/arphic", "ukai.ttc"),
    *_faces("fonts-arphic-uming", "truetype/arphic", "uming.ttc"),
    *_faces("fonts-arphic-gkai00mp", "truetype/arphic-gkai00mp", "gkai00mp.ttf"),
    *_faces("fonts-lxgw-wenkai", "truetype/lxgw-wenkai", "LXGWWenKai-Bold.ttf"),
)
"""Fonts of Chinese characters: gothic mostly, some song and kai."""


def require_fonts() -> None:
    """Raise FontsMissing, naming the packages, unless every font is there."""
    missing = {
        face.package for face in (*LATIN, *CHINESE) if face.path != DRAWN and not Path(face.path).is_file()
    }
    if missing:
        raise FontsMissing(
            "Fonts for drawing plates are missing: apt-get install --no-install-recommends "
            + " ".join(sorted(missing))
        )


@lru_cache(maxsize=4096)
def glyph(face: Face, char: str) -> np.ndarray:
    """Draw a character as a tight mask (h x w uint8), about 160 px high."""
    if face.path == DRAWN:
        mask = drawn_character(char, face.index)
    else:
        mask = _built_in(char) if face.path == BUILT_IN else _from_file(face, char)
    x, y, w, h = cv2.boundingRect(mask)
    if not (w and h):
        raise FontsMissing(f"{face.path} has no {char}: another version of {face.package} is needed.")
    return np.ascontiguousarray(mask[y : y + h, x : x + w])


def _from_file(face: Face, char: str) -> np.ndarray:
    font = _loaded(face)
    image = Image.new("L", (2 * _RASTER_PX, 2 * _RASTER_PX))
    ImageDraw.Draw(image).text((_RASTER_PX // 2, _RASTER_PX // 4), char, fill=255, font=font)
    return np.asarray(image)


@lru_cache(maxsize=64)
def _loaded(face: Face) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.path, _RASTER_PX, index=face.index)


def _built_in(char: str) -> np.ndarray:
    canvas = np.zeros((2 * _RASTER_PX, 2 * _RASTER_PX), np.uint8)
    place = (_RASTER_PX // 2, int(_RASTER_PX * 1.4))
    cv2.putText(canvas, char, place, (255,), cv2.FontFace(BUILT_IN), _RASTER_PX)
    return canvas


@lru_cache(maxsize=20000)
def fitted(face: Face, char: str, width_px: int, height_px: int, stroke_px: float) -> np.ndarray:
    """Bring a character to a cell and a stroke: h x w uint8.

    A narrow character (1, I, J) keeps its own width; the stroke is approached by growing or eroding.
    """
    mask = glyph(face, char)
    natural = mask.shape[1] * height_px / mask.shape[0] * 1.15
    if char in "1I" or (char.isascii() and natural < 0.75 * width_px):
        width_px = max(4, round(min(natural, 0.6 * width_px)))
    mask = cv2.resize(mask, (width_px, height_px), interpolation=cv2.INTER_AREA)
    growth = round(stroke_px - _stroke(mask))
    if growth > 0 and mask.mean() > _DENSE * 255:
        growth = 0
    if growth > 0:
        inner = cv2.resize(
            mask, (max(2, width_px - growth), height_px - growth), interpolation=cv2.INTER_AREA
        )
        rim = (growth // 2, growth - growth // 2) * 2
        framed = cv2.copyMakeBorder(inner, *rim, cv2.BORDER_CONSTANT, value=0)
        return cv2.dilate(framed, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (growth + 1, growth + 1)))
    if growth < -1:
        return cv2.erode(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (-growth, -growth)))
    return mask


def _stroke(mask: np.ndarray) -> float:
    """Estimate the mean stroke of a mask in pixels: twice its area over its outline."""
    ink = (mask > 127).astype(np.uint8)
    outlines = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)[0]
    around = sum(cv2.arcLength(outline, True) for outline in outlines)
    return 2 * float(ink.sum()) / max(around, 1.0)
