"""Photos from the field: of places, beside the cameras' pictures, in a folder and with days of their own."""

from pathlib import Path

from operations import media
from operations.facts import BadInput
from operations.field.jpeg import NotAJpeg, cleaned

MOST_BYTES = 2 * 1024**2
FOLDER = "patrol"


def folder(media_dir: Path) -> Path:
    """Return where photos lie: the sweep of the cameras' pictures does not look there."""
    return media_dir / FOLDER


def keep_photo(media_dir: Path, content: bytes) -> str:
    """Store a JPEG without what its camera wrote about itself; return its key. Raises BadInput."""
    if len(content) > MOST_BYTES:
        raise BadInput("photo", f"may have {MOST_BYTES} bytes at most")
    try:
        return media.put(folder(media_dir), cleaned(content))
    except NotAJpeg as why:
        raise BadInput("photo", f"is no JPEG: {why}") from None


def check_kept(media_dir: Path, key: str | None) -> None:
    """Raise BadInput unless the photo was sent before; None is no photo."""
    if key is None:
        return
    try:
        media.path(folder(media_dir), key)
    except media.UnknownMedia:
        raise BadInput("photo", "was not sent: send it to /patrol/photos first") from None
