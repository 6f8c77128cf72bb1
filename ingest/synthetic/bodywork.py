"""The paint of a vehicle's faces: small pictures of fronts, rears, glass and roofs, day or night.

Flat pictures only; vehicles.py folds them onto the shape. The licence plate is not among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

BGR = tuple[float, float, float]
PAINTS: dict[str, BGR] = {
    "white": (226, 226, 224),
    "black": (38, 35, 34),
    "grey": (112, 108, 104),
    "silver": (186, 184, 180),
    "red": (44, 36, 176),
    "blue": (150, 82, 34),
    "yellow": (48, 186, 232),
    "green": (72, 118, 44),
    "brown": (52, 72, 104),
    "orange": (32, 112, 226),
}
RECESSES = {"bus": (0.66, 0.12), "van": (0.51, 0.16), "suv": (0.45, 0.16), "motorcycle": (0.54, 0.17)}
NIGHT_SHADE = np.array([0.36, 0.30, 0.27])
HEADLAMP, HEADLAMP_LIT = (214, 210, 204), (255, 255, 255)
TAIL, TAIL_LIT = (34, 26, 150), (64, 58, 255)


@dataclass(frozen=True, slots=True)
class Finish:
    """What decides a vehicle's paint."""

    vehicle_class: str
    colour: str
    night: bool


class Panel:
    """A face being painted, in fractions of its width and height; lamps stay lit at night."""

    def __init__(self, size: tuple[int, int], top: BGR, bottom: BGR) -> None:
        """Begin with a gradient from top to bottom; size is (width, height) in pixels."""
        self.width, self.height = size
        share = np.linspace(0, 1, self.height)[:, None, None]
        rows = np.array(top, float) * (1 - share) + np.array(bottom, float) * share
        self.image: np.ndarray = np.ascontiguousarray(
            np.broadcast_to(rows, (self.height, self.width, 3)).clip(0, 255).astype(np.uint8)
        )

    def block(self, box: tuple[float, float, float, float], colour: BGR, slant: float = 0.0) -> None:
        """Fill x1, y1, x2, y2; slant moves the top edge inwards by that fraction of the width."""
        x1, y1, x2, y2 = box
        corners = [(x1 + slant, y1), (x2 - slant, y1), (x2, y2), (x1, y2)]
        points = np.array([(x * self.width * 16, y * self.height * 16) for x, y in corners], np.int32)
        cv2.fillConvexPoly(self.image, points, colour, cv2.LINE_AA, 4)

    def both(self, box: tuple[float, float, float, float], colour: BGR) -> None:
        """Fill the box and its mirror image."""
        x1, y1, x2, y2 = box
        self.block(box, colour)
        self.block((1 - x2, y1, 1 - x1, y2), colour)

    def disc(self, at: tuple[float, float], radius: float, colour: BGR) -> None:
        """Fill a circle; the radius is a fraction of the width."""
        centre = (int(at[0] * self.width), int(at[1] * self.height))
        cv2.circle(self.image, centre, max(1, int(radius * self.width)), colour, -1, cv2.LINE_AA)

    def darken(self) -> None:
        """Turn what is painted so far to night."""
        self.image = (self.image * NIGHT_SHADE).astype(np.uint8)


def tint(colour: BGR, factor: float, lift: float = 0.0) -> BGR:
    """Return the colour brighter or darker."""
    blue, green, red = (min(255.0, part * factor + lift) for part in colour)
    return blue, green, red


@lru_cache(maxsize=256)
def face(name: str, finish: Finish) -> np.ndarray:
    """Return the picture of one face (BGR, seen from outside)."""
    paint = PAINTS[finish.colour]
    return _FACES.get(name, _plain)(finish, paint)


@lru_cache(maxsize=512)
def face_levels(name: str, finish: Finish) -> tuple[np.ndarray, ...]:
    """Return the face at full, half, quarter and eighth size."""
    levels = [face(name, finish)]
    for _ in range(3):
        levels.append(cv2.resize(levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return tuple(levels)


def side_colour(finish: Finish) -> BGR:
    """Return the flat colour of the vehicle's sides."""
    colour = tint((205, 210, 212) if finish.vehicle_class == "truck" else PAINTS[finish.colour], 0.68)
    return _at_night(colour) if finish.night else colour


def _at_night(colour: BGR) -> BGR:
    blue, green, red = (part * float(shade) for part, shade in zip(colour, NIGHT_SHADE, strict=True))
    return blue, green, red


def _done(panel: Panel, finish: Finish) -> np.ndarray:
    if finish.night:
        panel.darken()
    return panel.image


def _plain(finish: Finish, paint: BGR) -> np.ndarray:
    return _done(Panel((64, 64), tint(paint, 0.8), tint(paint, 0.7)), finish)


def _roof(finish: Finish, paint: BGR) -> np.ndarray:
    panel = Panel((128, 96), tint(paint, 0.95, 10), tint(paint, 1.02, 16))
    if finish.vehicle_class == "suv":
        panel.both((0.04, 0.05, 0.08, 0.95), tint(paint, 0.4))
        panel.block((0.2, 0.3, 0.8, 0.75), (40, 36, 34))
    if finish.vehicle_class == "bus":
        panel.block((0.2, 0.35, 0.8, 0.55), tint(paint, 0.7))
    return _done(panel, finish)


def _bonnet(finish: Finish, paint: BGR) -> np.ndarray:
    panel = Panel((192, 96), tint(paint, 1.04, 26), tint(paint, 0.9, 8))
    panel.both((0.16, 0.0, 0.175, 1.0), tint(paint, 0.78))
    panel.block((0.3, 0.1, 0.7, 0.9), tint(paint, 1.0, 22), slant=0.06)
    panel.image = cv2.GaussianBlur(panel.image, (0, 0), 3)
    panel.block((0.0, 0.0, 1.0, 0.05), (30, 28, 28))
    return _done(panel, finish)


def _boot(finish: Finish, paint: BGR) -> np.ndarray:
    return _done(Panel((160, 64), tint(paint, 1.0, 18), tint(paint, 1.05, 26)), finish)


def _glass(finish: Finish, paint: BGR, front: bool) -> np.ndarray:
    panel = Panel((256, 160), tint(paint, 0.9), tint(paint, 0.8))
    panel.block((0.03, 0.05, 0.97, 0.97), (44, 38, 34))
    image = panel.image[10:154, 9:247]
    rows = np.linspace(1, 0, image.shape[0])[:, None, None]
    columns = np.linspace(0, 1, image.shape[1])[None, :, None]
    sheen = rows * 70 + 46 * np.exp(-(((columns - 0.28 - rows * 0.18) / 0.1) ** 2))
    image[:] = (image + sheen * np.array([1.08, 1.0, 0.9])).clip(0, 255).astype(np.uint8)
    if front:
        panel.block((0.05, 0.86, 0.95, 0.96), (30, 28, 27))
        panel.block((0.44, 0.1, 0.56, 0.17), (22, 20, 20))
        if finish.vehicle_class == "bus":
            _route_board(panel)
        panel.block((0.1, 0.93, 0.5, 0.955), (12, 12, 12))
        panel.block((0.52, 0.93, 0.92, 0.955), (12, 12, 12))
    else:
        panel.block((0.42, 0.06, 0.58, 0.1), (40, 30, 120))
    return _done(panel, finish)


def _route_board(panel: Panel) -> None:
    panel.block((0.14, 0.05, 0.86, 0.16), (16, 16, 18))
    for dot in range(96):
        column, row = divmod(dot, 4)
        if (column * 5 + row * 3) % 7 < 4:
            x, y = 0.17 + column * 0.028, 0.065 + row * 0.023
            panel.block((x, y, x + 0.017, y + 0.015), (40, 170, 255))


def _windscreen(finish: Finish, paint: BGR) -> np.ndarray:
    return _glass(finish, paint, front=True)


def _rear_window(finish: Finish, paint: BGR) -> np.ndarray:
    return _glass(finish, paint, front=False)


def _front(finish: Finish, paint: BGR) -> np.ndarray:
    tall = finish.vehicle_class in ("truck", "bus", "van", "motorcycle")
    panel = Panel((400, 200 if tall else 150), tint(paint, 1.0, 10), tint(paint, 0.72))
    if tall:
        panel.block((0.16, 0.16, 0.84, 0.3), (34, 32, 32), slant=0.02)
        panel.block((0.18, 0.21, 0.82, 0.235), (150, 148, 146))
        panel.block((0.0, 0.58, 1.0, 0.62), tint(paint, 0.55))
    else:
        panel.block((0.25, 0.1, 0.75, 0.42), (30, 28, 28), slant=-0.03)
        for bar in (0.16, 0.24, 0.32):
            panel.block((0.26, bar, 0.74, bar + 0.025), (126, 124, 122))
        panel.block((0.2, 0.78, 0.8, 0.97), (30, 28, 28), slant=0.05)
        panel.both((0.05, 0.68, 0.15, 0.84), (34, 32, 32))
    panel.disc((0.5, 0.24), 0.026, (196, 194, 190))
    panel.block((0.33, 0.46, 0.67, 0.78), tint(paint, 0.42))
    panel.block((0.0, 0.965, 1.0, 1.0), (22, 21, 21))
    lamp = (0.03, 0.34, 0.17, 0.5) if tall else (0.03, 0.12, 0.22, 0.34)
    panel.both(lamp, (70, 66, 62))
    image = _done(panel, finish)
    _headlamps(panel, lamp, finish.night)
    return image


def _headlamps(panel: Panel, box: tuple[float, float, float, float], lit: bool) -> None:
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    for across in (middle[0], 1 - middle[0]):
        panel.disc((across - 0.03, middle[1]), 0.026, HEADLAMP_LIT if lit else HEADLAMP)
        panel.disc((across + 0.03, middle[1]), 0.022, HEADLAMP_LIT if lit else HEADLAMP)


def _rear(finish: Finish, paint: BGR) -> np.ndarray:
    panel = Panel((400, 190), tint(paint, 1.0, 6), tint(paint, 0.7))
    middle, half = RECESSES.get(finish.vehicle_class, (0.42, 0.17))
    panel.block((0.31, middle - half, 0.69, middle + half), tint(paint, 0.5))
    panel.block((0.25, 0.1, 0.75, 0.135), (168, 166, 164))
    panel.block((0.0, 0.64, 1.0, 0.655), tint(paint, 0.45))
    panel.block((0.14, 0.82, 0.86, 1.0), (34, 33, 33), slant=0.03)
    panel.both((0.04, 0.74, 0.12, 0.79), (30, 26, 130))
    panel.both((0.18, 0.9, 0.25, 0.98), (120, 120, 120))
    lamps = (
        (0.02, 0.2, 0.09, 0.6) if finish.vehicle_class in ("van", "bus", "suv") else (0.02, 0.08, 0.22, 0.34)
    )
    panel.both(lamps, TAIL)
    image = _done(panel, finish)
    _tail_lamps(panel, lamps, finish.night)
    return image


def _tail_lamps(panel: Panel, box: tuple[float, float, float, float], lit: bool) -> None:
    x1, y1, x2, y2 = box
    inset_x, inset_y = (x2 - x1) * 0.16, (y2 - y1) * 0.16
    panel.both((x1 + inset_x, y1 + inset_y, x2 - inset_x, y2 - inset_y), TAIL_LIT if lit else (44, 36, 186))


def _cargo_doors(finish: Finish, paint: BGR) -> np.ndarray:
    panel = Panel((320, 290), (206, 210, 212), (178, 182, 186))
    for across in (0.0, 0.49, 0.985):
        panel.block((across, 0.0, across + 0.02, 1.0), (120, 122, 124))
    panel.both((0.38, 0.05, 0.395, 0.95), (96, 98, 100))
    panel.both((0.2, 0.05, 0.212, 0.95), (150, 152, 154))
    for across in np.linspace(0.02, 0.9, 8):
        panel.block((float(across), 0.955, float(across) + 0.05, 0.985), (40, 40, 205))
    return _done(panel, finish)


def _bar(finish: Finish, paint: BGR) -> np.ndarray:
    panel = Panel((320, 70), (46, 44, 44), (30, 29, 29))
    panel.both((0.03, 0.2, 0.2, 0.7), TAIL)
    image = _done(panel, finish)
    _tail_lamps(panel, (0.03, 0.2, 0.2, 0.7), finish.night)
    return image


def _cargo_roof(finish: Finish, paint: BGR) -> np.ndarray:
    return _done(Panel((64, 64), (214, 216, 218), (222, 224, 226)), finish)


def _bulkhead(finish: Finish, paint: BGR) -> np.ndarray:
    return _done(Panel((64, 64), (196, 198, 200), (150, 152, 154)), finish)


_FACES = {
    "front": _front,
    "rear": _rear,
    "bonnet": _bonnet,
    "boot": _boot,
    "roof": _roof,
    "windscreen": _windscreen,
    "rear_window": _rear_window,
    "cargo_doors": _cargo_doors,
    "cargo_roof": _cargo_roof,
    "bulkhead": _bulkhead,
    "bar": _bar,
}
