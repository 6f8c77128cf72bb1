"""The shapes of vehicles in metres: closed outlines seen from the side, with a width at every corner.

Geometry only; paint is bodywork.py's, projection vehicles.py's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Corner:
    """A corner of the outline: metres behind the front, above ground, half the width; the face it starts."""

    back_m: float
    up_m: float
    half_m: float
    face: str = "body"


@dataclass(frozen=True, slots=True)
class Shape:
    """A vehicle: hulls from front to rear, windows, wheels, mirrors (back, up, half), where plates sit."""

    length_m: float
    half_m: float
    hulls: tuple[tuple[Corner, ...], ...]
    windows: tuple[tuple[tuple[float, float, float], ...], ...]
    wheels: tuple[tuple[float, float], ...]
    front_plate_up_m: float
    rear_plate_up_m: float
    mirror_m: tuple[float, float, float]


def _sedan() -> Shape:
    hull = (
        Corner(0.10, 0.22, 0.84, "front"),
        Corner(0.0, 0.80, 0.88, "bonnet"),
        Corner(1.05, 1.0, 0.86, "windscreen"),
        Corner(1.9, 1.44, 0.62, "roof"),
        Corner(3.0, 1.44, 0.62, "rear_window"),
        Corner(3.85, 1.08, 0.82, "boot"),
        Corner(4.6, 1.02, 0.86, "rear"),
        Corner(4.5, 0.26, 0.84, "under"),
    )
    windows = (
        ((1.25, 1.0, 0.86), (1.95, 1.38, 0.65), (2.4, 1.39, 0.65), (2.4, 1.0, 0.86)),
        ((2.5, 1.0, 0.86), (2.5, 1.39, 0.65), (3.0, 1.38, 0.65), (3.7, 1.06, 0.84)),
    )
    return Shape(4.6, 0.88, (hull,), windows, ((0.85, 0.33), (3.6, 0.33)), 0.46, 0.70, (1.25, 1.0, 0.86))


def _suv() -> Shape:
    hull = (
        Corner(0.08, 0.28, 0.88, "front"),
        Corner(0.0, 0.98, 0.92, "bonnet"),
        Corner(1.1, 1.14, 0.9, "windscreen"),
        Corner(1.75, 1.68, 0.7, "roof"),
        Corner(4.1, 1.68, 0.7, "rear_window"),
        Corner(4.5, 1.14, 0.88, "rear"),
        Corner(4.5, 0.3, 0.88, "under"),
    )
    windows = (
        ((1.3, 1.13, 0.9), (1.8, 1.6, 0.73), (2.5, 1.61, 0.73), (2.5, 1.13, 0.9)),
        ((2.6, 1.13, 0.9), (2.6, 1.61, 0.73), (4.0, 1.6, 0.73), (4.25, 1.15, 0.89)),
    )
    return Shape(4.5, 0.92, (hull,), windows, ((0.85, 0.37), (3.6, 0.37)), 0.54, 0.76, (1.35, 1.16, 0.9))


def _van() -> Shape:
    hull = (
        Corner(0.06, 0.25, 0.84, "front"),
        Corner(0.0, 0.98, 0.87, "windscreen"),
        Corner(0.55, 1.72, 0.74, "roof"),
        Corner(4.4, 1.88, 0.74, "rear_window"),
        Corner(4.5, 1.1, 0.87, "rear"),
        Corner(4.5, 0.28, 0.85, "under"),
    )
    windows = (
        ((0.35, 1.02, 0.87), (0.7, 1.64, 0.76), (1.3, 1.66, 0.76), (1.3, 1.02, 0.87)),
        ((1.45, 1.05, 0.87), (1.45, 1.66, 0.76), (4.2, 1.75, 0.76), (4.2, 1.05, 0.87)),
    )
    return Shape(4.5, 0.87, (hull,), windows, ((0.7, 0.32), (3.5, 0.32)), 0.46, 0.68, (0.35, 1.1, 0.86))


def _truck() -> Shape:
    cargo = (
        Corner(1.7, 0.85, 1.05, "bulkhead"),
        Corner(1.7, 2.4, 1.05, "cargo_roof"),
        Corner(6.0, 2.4, 1.05, "cargo_doors"),
        Corner(6.0, 0.85, 1.05, "bar"),
        Corner(5.9, 0.4, 0.98, "under"),
    )
    cab = (
        Corner(0.0, 0.35, 0.96, "front"),
        Corner(0.0, 1.2, 0.98, "windscreen"),
        Corner(0.25, 1.98, 0.9, "roof"),
        Corner(1.6, 2.02, 0.9, "bulkhead"),
        Corner(1.6, 0.4, 0.96, "under"),
    )
    window = ((0.3, 1.25, 0.98), (0.42, 1.88, 0.92), (1.2, 1.88, 0.92), (1.2, 1.25, 0.98))
    return Shape(6.0, 1.05, (cab, cargo), (window,), ((0.8, 0.4), (4.7, 0.4)), 0.56, 0.62, (0.1, 1.5, 0.95))


def _bus() -> Shape:
    hull = (
        Corner(0.05, 0.3, 1.08, "front"),
        Corner(0.0, 1.15, 1.1, "windscreen"),
        Corner(0.2, 2.42, 1.04, "roof"),
        Corner(7.4, 2.45, 1.04, "rear_window"),
        Corner(7.5, 1.5, 1.1, "rear"),
        Corner(7.5, 0.32, 1.08, "under"),
    )
    windows = tuple(
        ((at, 1.2, 1.1), (at, 2.15, 1.06), (at + 1.1, 2.15, 1.06), (at + 1.1, 1.2, 1.1))
        for at in (0.5, 1.75, 3.0, 4.25, 5.5)
    )
    return Shape(7.5, 1.1, (hull,), windows, ((1.6, 0.45), (5.8, 0.45)), 0.56, 0.72, (0.05, 1.9, 1.06))


def _tricycle() -> Shape:
    hull = (
        Corner(0.05, 0.25, 0.5, "front"),
        Corner(0.0, 0.92, 0.54, "windscreen"),
        Corner(0.35, 1.6, 0.47, "roof"),
        Corner(2.5, 1.66, 0.5, "rear_window"),
        Corner(2.6, 1.0, 0.56, "rear"),
        Corner(2.6, 0.3, 0.55, "under"),
    )
    window = ((0.4, 0.98, 0.54), (0.55, 1.52, 0.48), (2.3, 1.55, 0.5), (2.4, 1.0, 0.55))
    return Shape(2.6, 0.56, (hull,), (window,), ((0.4, 0.25), (2.1, 0.25)), 0.46, 0.62, (0.2, 1.05, 0.53))


SHAPES = {
    "car": _sedan(),
    "suv": _suv(),
    "van": _van(),
    "truck": _truck(),
    "bus": _bus(),
    "motorcycle": _tricycle(),
}
