"""Scenes for the health benchmark: roads that are well, what light and weather do to them, and real faults.

A scene gives two pictures a second, H x W uint8 luma as a decoder gives it (16 to 235). Everything here is a
pure function of its seed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np

from ingest.synthetic import open_synthetic

STEP_S = 0.5
SIZE = (640, 360)
CLIPS = ("cn-road-camera.mp4", "residential-street.mp4", "car-park-top-down.mp4", "motorway-close.avi")
ROADS = {
    "day": "scenery=urban&seed=3",
    "rain": "scenery=mountain&weather=rain&seed=4",
    "glare": "scenery=coast&glare=1&seed=5",
    "night": "scenery=urban&light=night&seed=3",
}
DRAWN_S = 60.0

Picture = np.ndarray
Change = Callable[[Picture, float], Picture]
"""What becomes of a picture (which it may not write into) so many seconds after it began."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A road that is well: its pictures, played round and round."""

    name: str
    pictures: list[Picture]

    def at(self, t_s: float) -> Picture:
        return self.pictures[round(t_s / STEP_S) % len(self.pictures)]


def scenes(footage: Path) -> list[Scene]:
    """Return the rendered roads, a night road of a thrifty encoder, and the clips that are there."""
    drawn = [Scene(f"rendered {name}", _drawn(f"synthetic://road?{url}")) for name, url in ROADS.items()]
    thrifty = Scene("rendered night, thrifty codec", coded(drawn[-1].pictures))
    return [
        *drawn,
        thrifty,
        *(Scene(name, _decoded(footage / name)) for name in CLIPS if (footage / name).exists()),
    ]


def _drawn(url: str) -> list[Picture]:
    start = datetime(2026, 11, 23, 8, tzinfo=UTC)
    camera = open_synthetic(url, lambda: start)
    at = (start + timedelta(seconds=n * STEP_S) for n in range(int(DRAWN_S / STEP_S)))
    return [luma(cv2.resize(camera.frame_at(moment), SIZE, interpolation=cv2.INTER_AREA)) for moment in at]


def _decoded(path: Path) -> list[Picture]:
    pictures, due_s = [], 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) + 1e-6 >= due_s:
                pictures.append(luma(frame.to_ndarray(format="bgr24")))
                due_s += STEP_S
    return pictures


def luma(image: np.ndarray) -> Picture:
    """Return the luma plane of a BGR picture."""
    return np.ascontiguousarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420)[: image.shape[0]])


def coded(pictures: list[Picture], whole_every: int = 120, crf: int = 36) -> list[Picture]:
    """Return what a thrifty camera sends: few bits, a whole picture a minute, still parts skipped."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = *SIZE, "yuv420p"
    encoder.framerate = 2
    encoder.options = {
        "crf": str(crf),
        "preset": "veryfast",
        "tune": "zerolatency",
        "g": str(whole_every),
    }
    decoder = av.CodecContext.create("h264", "r")
    found: list[Picture] = []
    for picture in [*pictures, None]:
        frame = None if picture is None else _grey_frame(picture)
        for packet in encoder.encode(frame):
            found += [shown.to_ndarray()[: shown.height] for shown in decoder.decode(packet)]
    return found + [shown.to_ndarray()[: shown.height] for shown in decoder.decode(None)]


def _grey_frame(picture: Picture) -> av.VideoFrame:
    chroma = np.full((picture.shape[0] // 2, picture.shape[1]), 128, np.uint8)
    return av.VideoFrame.from_ndarray(np.vstack([picture, chroma]), format="yuv420p")


def clock(picture: Picture, t_s: float) -> Picture:
    """Draw the running clock that most cameras draw."""
    text = (datetime(2026, 11, 23, 8, tzinfo=UTC) + timedelta(seconds=t_s)).strftime("%Y-%m-%d %H:%M:%S")
    picture = picture.copy()
    for width, colour in ((4, 16), (1, 235)):
        cv2.putText(picture, text, (12, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (colour,), width, cv2.LINE_AA)
    return picture


def gain(picture: Picture, by: float, add: float = 0.0) -> Picture:
    return np.clip(cv2.convertScaleAbs(picture, alpha=by, beta=add), 16, 235)


def shifted(picture: Picture, right: float, down: float = 0.0, degrees: float = 0.0) -> Picture:
    """Return what the camera shows turned aside (fractions of the picture), new parts mirrored in."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turn[:, 2] += (right * width, down * height)
    return cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REFLECT)


def blurred(picture: Picture, sigma: float) -> Picture:
    return picture if sigma < 0.2 else cv2.GaussianBlur(picture, (0, 0), sigma * picture.shape[1] / 640)


NOISE = np.random.default_rng(9).normal(0, 1, 2_000_000).astype(np.float32)


def noisy(picture: Picture, levels: float, t_s: float) -> Picture:
    """Add a sensor's noise; it does not care what the lens does."""
    height, width = picture.shape[:2]
    start = int(t_s * 1000) * 7919 % (len(NOISE) - height * width)
    noise = (NOISE[start : start + height * width] * levels).reshape(height, width)
    return np.clip(picture + noise, 16, 235).astype(np.uint8)


@cache
def _cloth(seed: int, size: tuple[int, int], level: int, depth: float) -> Picture:
    """Return something near the lens: out of focus, unevenly lit, with a little texture."""
    draw = np.random.default_rng(seed)
    width, height = size
    rough = cv2.resize(draw.normal(0, 1, (6, 8)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    fine = cv2.GaussianBlur(draw.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 6) * 8
    light = np.linspace(0.7, 1.2, width)[None, :] * np.linspace(1.1, 0.8, height)[:, None]
    return np.clip(light * level + (rough + fine) * depth, 16, 235).astype(np.uint8)


def covered(seed: int, level: int, depth: float, see_through: float = 0.0) -> Change:
    """Return a cover over the whole lens; see_through: how much of the road shines through, blurred."""

    def change(picture: Picture, t_s: float) -> Picture:
        near = _cloth(seed, (picture.shape[1], picture.shape[0]), level, depth)
        through = cv2.addWeighted(blurred(picture, 9), see_through, near, 1 - see_through, 0)
        return noisy(through, 1.5, t_s)

    return change


def half_covered(picture: Picture, t_s: float) -> Picture:
    """A sheet hangs over the left of the picture."""
    near = _cloth(3, (picture.shape[1], picture.shape[0]), 75, 6)
    edge = np.clip((0.55 - np.linspace(0, 1, picture.shape[1])) * 12, 0, 1)[None, :]
    return (near * edge + picture * (1 - edge)).astype(np.uint8)


def web(picture: Picture, t_s: float) -> Picture:
    """A spider's web, lit by the lamp and out of focus, trembling in the wind."""
    height, width = picture.shape[:2]
    sheet = np.zeros((height, width), np.uint8)
    centre = (int(width * 0.42 + 2 * np.sin(3 * t_s)), int(height * 0.4))
    for spoke in range(14):
        end = (
            int(centre[0] + width * np.cos(spoke * 0.449)),
            int(centre[1] + width * np.sin(spoke * 0.449)),
        )
        cv2.line(sheet, centre, end, 255, 5)
    for ring in range(40, width, 45):
        cv2.ellipse(sheet, centre, (ring, int(ring * 0.8)), 10, 0, 360, 230, 5)
    glow = cv2.GaussianBlur(sheet, (0, 0), 5).astype(np.float32) * 1.6
    veil = cv2.addWeighted(picture, 0.75, picture, 0, 40)
    return np.clip(veil + glow, 16, 235).astype(np.uint8)


def infrared(picture: Picture, t_s: float) -> Picture:
    """The camera's own lamp by night: grey, bright in the middle, dark far away, more noise."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    lit = np.exp(-(x * x + (y - 0.2) ** 2) * 1.3)
    return noisy(picture * (lit * 0.8).astype(np.float32) + 12, 3.0, t_s)


def filled(picture: Picture, t_s: float, stays_s: float) -> Picture:
    """A bus drives before the camera and fills four fifths of it, waits, drives on."""
    height, width = picture.shape[:2]
    into = np.clip(t_s / 3.0, 0, 1) if t_s < 3 + stays_s else np.clip((6 + stays_s - t_s) / 3.0, 0, 1)
    picture = picture.copy()
    right = int(width * 0.82 * into)
    if right > 4:
        picture[height // 10 :, :right] = 150
        for window in range(0, 10):
            left = right - int(width * 0.82) + int(window * width * 0.08)
            cv2.rectangle(picture, (left, height // 4), (left + int(width * 0.06), height // 2), (40,), -1)
    return noisy(picture, 1.5, t_s)


def ramp(t_s: float, over_s: float) -> float:
    return float(np.clip(t_s / over_s, 0.0, 1.0))


WELL: dict[str, Change] = {
    "as it is": lambda p, t: p,
    "sensor noise": lambda p, t: noisy(p, 4.0, t),
    "flashes": lambda p, t: gain(p, 1.6, 60) if t % 7 < STEP_S else p,
    "bus fills the picture, 8 s": lambda p, t: filled(p, t % 60, 8.0),
    "bus waits before it, 60 s": lambda p, t: filled(p, t % 120, 60.0),
    "fog comes": lambda p, t: gain(p, 1 - 0.55 * ramp(t, 100), 90 * ramp(t, 100)),
    "sunrise": lambda p, t: gain(p, 0.3 + 0.9 * ramp(t, 100), 15 * ramp(t, 100)),
    "dusk": lambda p, t: gain(p, 1.0 - 0.75 * ramp(t, 100)),
    "clouds": lambda p, t: gain(p, 1.0 + 0.3 * float(np.sin(t / 9))),
    "colour to infrared": lambda p, t: p if t < 30 else infrared(p, t),
    "mast in the wind": lambda p, t: (
        p
        if t < 30
        else shifted(
            p, 0.008 * float(np.sin(t * 4.1)), 0.005 * float(np.sin(t * 5.3)), 0.3 * float(np.sin(t * 3))
        )
    ),
}
"""What is no fault: nothing may be said, whatever the light does."""

FAULTS: dict[str, tuple[frozenset[str], Change]] = {
    "black": (frozenset({"black"}), lambda p, t: noisy(np.full_like(p, 16), 2.0, t)),
    "white": (frozenset({"black"}), lambda p, t: gain(p, 0.05, 226)),
    "hand": (frozenset({"black"}), covered(1, 105, 9)),
    "paint": (frozenset({"black"}), covered(2, 52, 5)),
    "bag": (frozenset({"black", "blurred"}), covered(4, 180, 5, 0.12)),
    "sheet over half": (frozenset({"black", "moved"}), half_covered),
    "spider's web": (frozenset({"black", "moved", "blurred"}), web),
    "defocused": (frozenset({"blurred"}), lambda p, t: noisy(blurred(p, 4.0), 1.5, t)),
    "defocused slightly": (frozenset({"blurred"}), lambda p, t: noisy(blurred(p, 2.0), 1.5, t)),
    "defocused in 3 min": (frozenset({"blurred"}), lambda p, t: blurred(p, 5.0 * ramp(t, 180))),
    "turned 5 %": (frozenset({"moved"}), lambda p, t: shifted(p, 0.05)),
    "turned 10 %": (frozenset({"moved"}), lambda p, t: shifted(p, 0.10, 0.03)),
    "turned 20 %": (frozenset({"moved"}), lambda p, t: shifted(p, -0.20)),
    "tilted 8 degrees": (frozenset({"moved"}), lambda p, t: shifted(p, 0.0, 0.0, 8.0)),
    "another view": (frozenset({"moved"}), lambda p, t: p[::-1, ::-1]),
}
"""What must be told, as which states, and what it does to a picture; the frozen ones are in health.py."""
