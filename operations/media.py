"""Media: pictures on disk under the SHA-256 of their content. Who may look at them is decided elsewhere."""

import hashlib
import os
import re
from pathlib import Path

KEY = re.compile(r"[0-9a-f]{64}\.jpg")


class UnknownMedia(Exception):
    """No picture is stored under this key."""


def put(media_dir: Path, jpeg: bytes) -> str:
    """Store a JPEG and return its key; the same picture stored twice is one file."""
    key = f"{hashlib.sha256(jpeg).hexdigest()}.jpg"
    target = media_dir / key[:2] / key
    if target.exists():
        os.utime(target)  # retention goes by the time it was stored last
    else:
        write_whole(target, jpeg)
    return key


def path(media_dir: Path, key: str) -> Path:
    """Return the file of a stored picture, or raise UnknownMedia."""
    target = media_dir / key[:2] / key
    if not KEY.fullmatch(key) or not target.exists():
        raise UnknownMedia(f"no picture {key}")
    return target


def live_path(media_dir: Path, camera_code: str) -> Path:
    """Return where the latest live picture of a camera is kept; the file may not be there yet."""
    return media_dir / "live" / f"{re.sub('[^A-Za-z0-9_-]', '_', camera_code)}.jpg"


def write_whole(target: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{os.getpid()}.part")
    partial.write_bytes(content)
    partial.replace(target)
