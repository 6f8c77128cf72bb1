"""What a calibrated picture tells of a vehicle: place, lane, speed, each no surer than it is.

Values in, values out; the calibration is fitted and refused elsewhere (geo/ground_plane.py, operations).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

PICKED = 0.0015
"""How far any place in a picture is off at least, as a share of its width or height."""

FOOT = 0.03
"""How far the foot of a box is off from one picture to the next, in vehicle sizes."""

FOOT_LASTING = 0.05
"""And how far it is off for a while: shadow below the bumper, wheels not found."""

FARTHEST_OFF_M = 3.0
"""Feet less certain than this say nothing about speed."""

LASTING_S = 2.0
"""How long such a fault lasts."""

BREAK_S = 1.5
"""A vehicle without a foot for so long stood, or was hidden."""

PIECE_S = 1.0
MOST_PIECES = 12
"""Speeds change: a drive is a chain of so many straight pieces at most, each about so long."""

LEAST_FEET = 4
LEAST_WAY_M = 4.0
LEAST_TIME_S = 1.0
DRIVES_MPS = 0.5
"""Slower is standing, and not a speed."""

MOST_ERROR = 0.25
"""Share of the speed at which its error says that it is not known."""

MOST_EXCESS = 6.0
"""Variance of the feet about the chain, against what is expected, that no one vehicle makes."""

LEAST_STRAIGHT = 0.8
"""Share of the driven way that lies between its ends: a bend round a corner has 0.9."""

MOST_GAIN = 7.0
"""Metres per second gained or lost in a second: more is a skid, or two vehicles taken for one."""

HUBER = 1.5
"""Standard deviations from where a foot that is off counts less."""


@dataclass(frozen=True, slots=True)
class Foot:
    """Where a vehicle stood: t_s, x and y in fractions of the picture.

    size: of its box, as the same two; twice as large where the box is a rough one.
    """

    t_s: float
    x: float
    y: float
    size: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane by its number; outline: n x 2 fractions of the picture."""

    number: int
    outline: np.ndarray


@dataclass(frozen=True, slots=True)
class Calibration:
    """matrix: 3 x 3, from (x, y, 1) in fractions to (right_m, ahead_m, 1) times a weight positive below the
    horizon. covariance: 9 x 9, of the matrix row by row.
    """

    matrix: np.ndarray
    covariance: np.ndarray
    lanes: tuple[Lane, ...] = ()


@dataclass(frozen=True, slots=True)
class Speed:
    """The mean speed while driving, km/h, and its error (1 standard deviation).

    spans_s: the drives that were measured, each from one moment to another.
    """

    kmh: float
    error_kmh: float
    spans_s: tuple[tuple[float, float], ...]


def ground_point(calibration: Calibration, x: float, y: float) -> tuple[float, float, np.ndarray] | None:
    """Return (right_m, ahead_m, 2 x 2 covariance) of a place in the picture, None at or above the horizon."""
    point = np.array([(x, y)])
    if _weights(calibration.matrix, point)[0] <= 0:
        return None
    right_m, ahead_m = _places(calibration.matrix, point)[0].tolist()
    by_entry, by_place = _by_entry(calibration.matrix, point)[0], _by_place(calibration.matrix, point)[0]
    spread = by_entry @ calibration.covariance @ by_entry.T + PICKED**2 * by_place @ by_place.T
    return right_m, ahead_m, spread


def lane_of(calibration: Calibration, feet: Sequence[Foot]) -> int | None:
    """Return the lane most feet stood in, None where most stood in none.

    Feet farther or nearer than any lane was drawn say nothing. On the line between two lanes a vehicle
    stays in the lane it was in until it is two feet in the other.
    """
    if not calibration.lanes:
        return None
    drawn = np.concatenate([lane.outline[:, 1] for lane in calibration.lanes])
    feet = [foot for foot in feet if drawn.min() <= foot.y <= drawn.max()]
    if not feet:
        return None
    points = np.array([(foot.x, foot.y) for foot in feet])
    inside = [(lane.number, _inside(points, lane.outline)) for lane in calibration.lanes]
    votes: Counter[int | None] = Counter()
    now = waiting = None
    for index in range(len(feet)):
        here = next((number for number, held in inside if held[index]), None)
        if here == waiting or now is None:
            now = here
        waiting = here
        votes[now] += 1
    number, count = votes.most_common(1)[0]
    return number if 2 * count > len(feet) else None


def ground_direction(calibration: Calibration, feet: Sequence[Foot]) -> str | None:
    """Return towards, away, left or right by the way on the ground; None where it is too short to tell."""
    below = [foot for foot in feet if _weights(calibration.matrix, np.array([(foot.x, foot.y)]))[0] > 0]
    if len(below) < 2:
        return None
    points, _ = _arrays([below[0], below[-1]])
    first, last = _places(calibration.matrix, points)
    right_m, ahead_m = (last - first).tolist()
    if np.hypot(right_m, ahead_m) < LEAST_WAY_M:
        return None
    if abs(ahead_m) >= abs(right_m):
        return "away" if ahead_m > 0 else "towards"
    return "right" if right_m > 0 else "left"


def speed_of(calibration: Calibration, feet: Sequence[Foot]) -> Speed | None:
    """Return how fast the vehicle drove on average, standing left out; None where that is not known well.

    Chains of straight pieces are fitted to the places on the ground. The error is made of how far the places
    stray from them, of how far the boxes' feet may be off for longer than a picture, and of the
    calibration's own.
    """
    drives = [_drive(calibration, run) for run in _runs(_certain(calibration, feet))]
    ways = [drive for drive in drives if drive is not None]
    metres, seconds = sum(way.metres for way in ways), sum(way.seconds for way in ways)
    if metres < LEAST_WAY_M:
        return None
    by_entry = sum((way.by_entry for way in ways), np.zeros(9))
    variance = sum(way.variance for way in ways) + float(by_entry @ calibration.covariance @ by_entry)
    kmh, error_kmh = 3.6 * metres / seconds, 3.6 * variance**0.5 / seconds
    if error_kmh > MOST_ERROR * kmh:
        return None
    return Speed(kmh, error_kmh, tuple((way.from_s, way.until_s) for way in ways))


@dataclass(frozen=True, slots=True)
class _Way:
    """One drive without a break. variance: of its metres, by the feet. by_entry: of its metres by the
    calibration's matrix, 9 numbers."""

    metres: float
    seconds: float
    variance: float
    by_entry: np.ndarray
    from_s: float
    until_s: float


def _certain(calibration: Calibration, feet: Sequence[Foot]) -> list[Foot]:
    """Leave out feet beyond the horizon and those so far off that a pixel is metres."""
    if not feet:
        return []
    points, sizes = _arrays(feet)
    by_place = _by_place(calibration.matrix, points)
    off = np.abs(by_place[:, :, 1]).max(axis=1) * np.maximum(PICKED, FOOT_LASTING * sizes[:, 1])
    below = _weights(calibration.matrix, points) > 0
    return [foot for foot, sure in zip(feet, below & (off < FARTHEST_OFF_M), strict=True) if sure]


def _runs(feet: Sequence[Foot]) -> list[list[Foot]]:
    """Cut the feet where the vehicle stood or was not seen."""
    runs: list[list[Foot]] = []
    for foot in feet:
        if not runs or foot.t_s - runs[-1][-1].t_s > BREAK_S:
            runs.append([])
        runs[-1].append(foot)
    return [run for run in runs if len(run) >= LEAST_FEET and run[-1].t_s - run[0].t_s >= LEAST_TIME_S]


def _drive(calibration: Calibration, run: Sequence[Foot]) -> _Way | None:
    """Measure one drive; None where the vehicle stood all the time."""
    points, sizes = _arrays(run)
    times = np.array([foot.t_s for foot in run])
    knots, hats = _hats(times)
    by_place = _by_place(calibration.matrix, points)
    places = _places(calibration.matrix, points)
    chain, gain, excess = _fitted(hats, places, by_place * np.maximum(PICKED, FOOT * sizes)[:, None, :])
    steps, spans = np.diff(chain, axis=0), np.diff(knots)
    lengths = np.linalg.norm(steps, axis=1)
    drives = lengths > DRIVES_MPS * spans
    if not drives.any() or excess > MOST_EXCESS or _is_no_drive(chain, lengths / spans, spans):
        return None
    by_knot = np.zeros_like(chain)
    ahead = np.where(drives[:, None], steps / np.maximum(lengths, 1e-9)[:, None], 0.0)
    by_knot[1:] += ahead
    by_knot[:-1] -= ahead
    # How the length answers to each foot, on the ground and then in the picture.
    by_foot = (by_knot.ravel() @ gain).reshape(-1, 2)
    by_pixel = np.einsum("ni,nij->nj", by_foot, by_place)
    jitter = float(((by_pixel * np.maximum(PICKED, FOOT * sizes)) ** 2).sum()) * excess
    lasting = by_pixel * np.maximum(PICKED, FOOT_LASTING * sizes) * excess**0.5
    alike = np.exp(-np.abs(times[:, None] - times[None, :]) / LASTING_S)
    return _Way(
        metres=float(lengths[drives].sum()),
        seconds=float(spans[drives].sum()),
        variance=jitter + float(np.einsum("ni,nm,mi->", lasting, alike, lasting)),
        by_entry=np.einsum("ni,nie->e", by_foot, _by_entry(calibration.matrix, points)),
        from_s=float(times[0]),
        until_s=float(times[-1]),
    )


def _is_no_drive(chain: np.ndarray, mps: np.ndarray, spans: np.ndarray) -> bool:
    """Whether no vehicle drives so: one that turns round within one drive, or gains speed as none can."""
    straight_m, driven_m = np.linalg.norm(chain[-1] - chain[0]), float((mps * spans).sum())
    gains = np.abs(np.diff(mps)) > MOST_GAIN * spans[1:]
    return bool(straight_m < LEAST_STRAIGHT * driven_m or gains.any())


def _hats(times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return knots and how much each foot (row) hangs on each knot (column) of a chain of straight pieces."""
    whole_s = float(times[-1] - times[0])
    pieces = int(np.clip(min(round(whole_s / PIECE_S), len(times) // 3), 1, MOST_PIECES))
    knots = np.linspace(times[0], times[-1], pieces + 1)
    spacing = whole_s / pieces
    return knots, np.clip(1 - np.abs(times[:, None] - knots[None, :]) / spacing, 0, 1)


def _fitted(hats: np.ndarray, places: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the chain (k x 2), how it answers to the places (2k x 2n), and by what factor these stray more
    than spread (n x 2 x 2, one standard deviation in the picture as metres) says, as a variance."""
    design = np.kron(hats, np.eye(2))
    certainty = np.linalg.inv(spread @ spread.transpose(0, 2, 1))
    trust = np.ones(len(places))
    for _ in range(6):
        weights = certainty * trust[:, None, None]
        weighed = np.einsum("nia,nij->naj", design.reshape(len(places), 2, -1), weights)
        normal = np.einsum("naj,njb->ab", weighed, design.reshape(len(places), 2, -1))
        gain = np.linalg.pinv(normal, hermitian=True) @ weighed.transpose(1, 0, 2).reshape(len(normal), -1)
        chain = (gain @ places.ravel()).reshape(-1, 2)
        off = places - hats @ chain
        strays = np.sqrt(np.einsum("ni,nij,nj->n", off, certainty, off) / 2)
        trust = np.minimum(1.0, HUBER / np.maximum(strays, 1e-9))
    surplus = max(1, len(places) - hats.shape[1])
    return chain, gain, max(1.0, float((np.minimum(strays, 2 * HUBER) ** 2).sum()) / surplus)


def _arrays(feet: Sequence[Foot]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([(f.x, f.y) for f in feet]), np.array([f.size for f in feet])


def _whole(points: np.ndarray) -> np.ndarray:
    return np.hstack([points, np.ones((len(points), 1))])


def _weights(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.asarray(_whole(points) @ matrix[2])


def _places(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    moved = _whole(points) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def _by_whole(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the derivatives of places by (right, ahead, weight): n x 2 x 3."""
    weights, places = _weights(matrix, points), _places(matrix, points)
    derived = np.zeros((len(points), 2, 3))
    derived[:, 0, 0] = derived[:, 1, 1] = 1 / weights
    derived[:, :, 2] = -places / weights[:, None]
    return derived


def _by_place(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return np.asarray(_by_whole(matrix, points) @ matrix[:, :2])


def _by_entry(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    derived = np.einsum("nik,nj->nikj", _by_whole(matrix, points), _whole(points))
    return np.asarray(derived.reshape(len(points), 2, 9))


def _inside(points: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """Return which points (n x 2) lie within the outline: a ray to the right crosses it an odd number of
    times."""
    within = np.zeros(len(points), dtype=bool)
    for (x1, y1), (x2, y2) in pairwise([*outline, outline[0]]):
        if y1 == y2:
            continue
        between = (y1 > points[:, 1]) != (y2 > points[:, 1])
        within ^= between & (points[:, 0] < x1 + (points[:, 1] - y1) * (x2 - x1) / (y2 - y1))
    return within
