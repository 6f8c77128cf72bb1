"""No password of a camera reaches a message or a log."""

import pytest

from ingest.source_vocabulary import masked
from ingest.sources import is_live


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://admin:s3cr3t@10.0.0.7:554/1",
        "rtsp://admin:s3cr3t@x@10.0.0.7/1",
        "rtsp://admin:a/s3cr3t@10.0.0.7/1",
        "http://10.0.0.7/video?user=admin&password=s3cr3t&ch=1",
        "http://10.0.0.7/video?TOKEN=s3cr3t",
    ],
)
def test_passwords_are_masked(url: str) -> None:
    assert "s3cr3t" not in masked(url)
    assert "10.0.0.7" in masked(url)


def test_a_plain_source_stays_readable() -> None:
    assert masked("rtsp://10.0.0.7:554/1?channel=2") == "rtsp://10.0.0.7:554/1?channel=2"


def test_only_streams_are_live() -> None:
    assert is_live("rtsp://10.0.0.7/1")
    assert not is_live("/films/road.mp4")
