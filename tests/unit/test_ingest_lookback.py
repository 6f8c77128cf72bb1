"""Pictures of the past on demand: the right one, for no more decoding than needed, in bounded memory."""

from pathlib import Path

import av
import numpy as np
import pytest

from ingest.lookback import Lookback
from ingest.source_vocabulary import Moment
from tests.clips import FPS, picture, write_clip


def filled(clip: Path, lookback: Lookback, camera_ahead_s: float | None = None) -> Lookback:
    """Add a clip as if its pictures came at their times, from 0; the camera's clock may be given."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        lookback.restart(stream.codec_context.name, stream.codec_context.extradata)
        for packet in container.demux(stream):
            if packet.size:
                t_s = float(packet.pts * packet.time_base)
                camera_s = None if camera_ahead_s is None else t_s + camera_ahead_s
                lookback.add(packet, Moment(camera_s, t_s))
    return lookback


def at(t_s: float) -> Moment:
    return Moment(None, t_s)


def is_of(image: np.ndarray | None, t_s: float) -> bool:
    return image is not None and float(np.abs(image.astype(int) - picture(t_s)).mean()) < 4


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", 5)


def test_the_picture_nearest_to_the_moment_is_given(clip: Path) -> None:
    lookback = filled(clip, Lookback())
    for number in (70, 61, 74):  # backwards too: decoding starts again at the keyframe
        assert is_of(lookback.picture_at(at(number / FPS + 0.02)), number / FPS)
    assert lookback.picture_at(at(5.5)) is None


def test_the_next_look_costs_only_the_pictures_between(clip: Path) -> None:
    lookback = filled(clip, Lookback())
    decoded = []
    for number in (65, 67, 67, 70):  # the keyframe is 60
        lookback.picture_at(at(number / FPS))
        decoded.append(lookback.decoded)
    assert decoded == [6, 8, 8, 11]


def test_the_cameras_own_clock_decides_where_it_is_told(clip: Path) -> None:
    lookback = filled(clip, Lookback(), camera_ahead_s=100.0)
    assert is_of(lookback.picture_at(Moment(100 + 64 / FPS, 74 / FPS)), 64 / FPS)
    assert is_of(lookback.picture_at(Moment(5000.0, 72 / FPS)), 72 / FPS), "another clock says nothing"
    assert lookback.picture_at(Moment(106.0, 72 / FPS)) is None, "not there yet: no other moment instead"


def test_pictures_coded_out_of_order_are_found(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 4, options={"preset": "veryfast", "bf": "2"})
    lookback = filled(clip, Lookback())
    for number in (47, 49, 50, 52, 55):
        assert is_of(lookback.picture_at(at(number / FPS)), number / FPS)


def test_memory_is_bounded_by_throwing_the_oldest_away(clip: Path) -> None:
    everything = filled(clip, Lookback())
    assert everything.picture_at(at(0.5)) is None, "over for more than a few seconds"
    a_group = everything.bytes // 3
    little = filled(clip, Lookback(most_bytes=2 * a_group))
    assert little.bytes <= 2 * a_group
    assert is_of(little.picture_at(at(70 / FPS)), 70 / FPS)
    nothing = filled(clip, Lookback(most_bytes=1000))
    assert (nothing.bytes, nothing.picture_at(at(70 / FPS))) == (0, None)
