"""The camera's own text in the picture's top left corner: code, name, local time.

Black-edged white letters, as cameras burn them in."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache

import cv2
import numpy as np

SITE_ZONE = timezone(timedelta(hours=8))
AT = (22, 12)
SIZE_PX = 24


def burn_in(canvas: np.ndarray, camera: str, now: datetime) -> None:
    """Write the camera's title and the time into a frame in place."""
    text = f"{now.astimezone(SITE_ZONE):%Y-%m-%d %H:%M:%S}  {camera}"
    letters, edge = _text(text)
    left, top = AT
    place = canvas[top : top + letters.shape[0], left : left + letters.shape[1]]
    cv2.subtract(place, edge[:, : place.shape[1]], place)
    cv2.add(place, letters[:, : place.shape[1]], place)


@lru_cache(maxsize=16)
def _text(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return what to add (the letters) and what to take away first (their edge)."""
    mask = np.zeros((SIZE_PX + 14, SIZE_PX * len(text)), np.uint8)
    cv2.putText(mask, text, (4, SIZE_PX + 3), (255,), cv2.FontFace("uni"), SIZE_PX)
    mask = mask[:, : int(np.flatnonzero(mask.any(axis=0))[-1]) + 6]
    edge = cv2.GaussianBlur(cv2.dilate(mask, np.ones((5, 5), np.uint8)), (0, 0), 0.8)
    return tuple(np.repeat(part[:, :, None], 3, axis=2) for part in (mask, edge))  # type: ignore[return-value]
