"""Pictures in answers: a stored or live JPEG as a response. Who may see it was decided before."""

from pathlib import Path

from fastapi import Response
from fastapi.responses import FileResponse

from operations import media

JPEG = "image/jpeg"
# A browser may keep what it has shown, but only for this user and shortly: a look again is a look.
KEPT = "private, max-age=60"
JPEG_ANSWER: dict[int | str, dict[str, object]] = {
    200: {"content": {JPEG: {"schema": {"type": "string", "format": "binary"}}}, "description": "A JPEG"}
}


def stored_picture(media_dir: Path, key: str) -> Response:
    """Answer a stored picture. Raises UnknownMedia."""
    return FileResponse(media.path(media_dir, key), media_type=JPEG, headers={"Cache-Control": KEPT})


def live_picture(media_dir: Path, camera_code: str) -> Response:
    """Answer the latest live picture of a camera. Raises UnknownMedia when there is none yet."""
    try:
        content = media.live_path(media_dir, camera_code).read_bytes()
    except FileNotFoundError:
        raise media.UnknownMedia(f"no live picture of {camera_code}") from None
    return Response(content, media_type=JPEG)
