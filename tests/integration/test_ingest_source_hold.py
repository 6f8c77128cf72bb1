"""Packets that nobody needs are never decoded, and no picture is the worse for it."""

import time
from pathlib import Path

import numpy as np
import pytest

from ingest.sources import Playing, open_source
from tests.clips import FPS, picture, write_clip

STEP_S = 0.05
FIVE_A_SECOND = Playing(realtime=False, analysed_fps=5.0)


def looked_at(clip: Path, playing: Playing = FIVE_A_SECOND) -> tuple[list[float], float, int]:
    """Return when was looked, the worst error against what was drawn, and how many pictures were decoded."""
    with open_source(str(clip), playing) as source:
        times, errors = [], [0.0]
        for frame in source:
            times.append(round(frame.t_s, 2))
            errors.append(np.abs(frame.image.astype(int) - picture(times[-1] / STEP_S / FPS)).mean())
    return times, max(errors), source.counts.decoded


@pytest.mark.parametrize(
    ("codec", "name"), [("libx264", "clip.mp4"), ("libx264", "clip.ts"), ("libx265", "clip.mp4")]
)
def test_pictures_before_a_fresh_start_are_left_out(tmp_path: Path, codec: str, name: str) -> None:
    """Groups of 15 pictures, of which every fourth is looked at: 13, 14 and 29 serve nobody."""
    clip = write_clip(tmp_path / name, 4, codec=codec, stamp=lambda n: 50 * n)
    times, error, decoded = looked_at(clip)
    assert times == [round(0.2 * n, 2) for n in range(15)]
    assert error < 12
    assert decoded <= 57


def test_of_pictures_coded_out_of_order_none_is_the_worse(tmp_path: Path) -> None:
    options = {"preset": "veryfast", "bf": "2"}
    clip = write_clip(tmp_path / "clip.mp4", 4, options=options, stamp=lambda n: 50 * n)
    times, error, _ = looked_at(clip)
    assert len(times) >= 14
    assert error < 12


def test_of_pictures_that_stand_alone_only_those_looked_at_are_decoded(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mkv"
    write_clip(clip, 4, codec="mjpeg", stamp=lambda n: 50 * n, options={"strict": "-1"})
    times, error, count = looked_at(clip)
    assert len(times) == 15
    assert error < 12
    assert count <= 17


def test_who_is_late_goes_on_at_a_fresh_start_without_decoding_what_is_over(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 6)
    with open_source(str(clip), Playing(realtime=True)) as source:
        times = []
        for frame in source:
            times.append(frame.t_s)
            if frame.sequence == 2:
                time.sleep(2.2)  # the host does something else
    assert source.counts.decoded <= 6 * FPS - FPS, "at least a second of the past was left out"
    assert source.counts.dropped >= 1
    assert times[-1] > 5.5
    assert (np.diff(times) > 0.1).all()
