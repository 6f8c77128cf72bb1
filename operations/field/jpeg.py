"""JPEG: whether bytes are one, and the same picture without what a camera wrote about itself. No decoding.

EXIF says where and with which telephone a picture was taken; a check-in says where, and that is enough.
"""

import struct
from collections.abc import Iterator

START, END, SCAN = 0xD8, 0xD9, 0xDA
KEPT_ABOUT = (0xE0, 0xEE)  # APP0 (JFIF) and APP14 (how its colours are meant): pictures need them
ABOUT = range(0xE0, 0xF0)
COMMENT = 0xFE
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
BARE = frozenset((0x01, *range(0xD0, 0xD8)))  # markers without a length
MOST_PIXELS_A_SIDE = 8_192

Segment = tuple[int, bytes]


class NotAJpeg(ValueError):
    """The bytes are no whole JPEG; the message says what is wrong."""


def cleaned(content: bytes) -> bytes:
    """Return the picture with its tables and pixels alone: no EXIF, XMP, comments, nor what follows its end.

    Raises NotAJpeg.
    """
    if content[:3] != b"\xff\xd8\xff":
        raise NotAJpeg("it does not begin as a JPEG does")
    kept = bytearray(b"\xff\xd8")
    frames = scans = 0
    for marker, data in _segments(content):
        if (marker in ABOUT and marker not in KEPT_ABOUT) or marker == COMMENT:
            continue
        if marker in FRAMES:
            _check_size(data)
            frames += 1
        scans += marker == SCAN
        kept += data
    if frames != 1 or not scans:
        raise NotAJpeg("it holds no picture")
    return bytes(kept + b"\xff\xd9")


def _segments(content: bytes) -> Iterator[Segment]:
    """Yield (marker, its bytes with marker and length) up to the end; a scan comes with its pixels."""
    at = 2
    while True:
        if at + 2 > len(content):
            raise NotAJpeg("it is cut off")
        if content[at] != 0xFF:
            raise NotAJpeg("its parts are out of step")
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == END:
            return
        end = at + 2 if marker in BARE else _end_of(content, at)
        if marker == SCAN:
            end = _end_of_pixels(content, end)
        yield marker, content[at:end]
        at = end


def _end_of(content: bytes, at: int) -> int:
    if at + 4 > len(content):
        raise NotAJpeg("it is cut off")
    (length,) = struct.unpack_from(">H", content, at + 2)
    if length < 2 or at + 2 + length > len(content):
        raise NotAJpeg("it is cut off")
    return at + 2 + int(length)


def _end_of_pixels(content: bytes, at: int) -> int:
    """Return where the next marker stands: FF 00 is a pixel's byte, FF D0-D7 belong to the scan."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise NotAJpeg("it is cut off")
        if content[at + 1] != 0x00 and content[at + 1] not in BARE:
            return at
        at += 2


def _check_size(frame: bytes) -> None:
    if len(frame) < 9:
        raise NotAJpeg("it holds no picture")
    height, width = struct.unpack_from(">HH", frame, 5)
    if not (0 < width <= MOST_PIXELS_A_SIDE and 0 < height <= MOST_PIXELS_A_SIDE):
        raise NotAJpeg(f"it may have {MOST_PIXELS_A_SIDE} pixels a side at most")
