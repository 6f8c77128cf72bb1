"""Map answers: large JSON, compressed once, with an ETag, kept in memory until its version changes."""

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from fastapi import Request, Response

SMALL_BYTES = 200


@dataclass(frozen=True, slots=True)
class Prepared:
    """One answer, plain and compressed."""

    version: str
    etag: str
    plain: bytes
    zipped: bytes


class MapAnswers:
    """The prepared answers by name, at most one version of each."""

    def __init__(self) -> None:
        self._prepared: dict[str, Prepared] = {}
        self._building: defaultdict[str, Lock] = defaultdict(Lock)

    def answer(self, request: Request, name: str, version: str, build: Callable[[], Any]) -> Response:
        """Answer with `build()` as JSON, built once per version: 304 when the client has it already."""
        prepared = self._prepared.get(name)
        if prepared is None or prepared.version != version:
            with self._building[name]:
                prepared = self._prepared.get(name)
                if prepared is None or prepared.version != version:
                    prepared = self._prepared[name] = prepare(version, build())
        return _respond(request, prepared)


def prepare(version: str, content: Any) -> Prepared:
    """Write the content as JSON, compress it and name it by its hash."""
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'W/"{hashlib.sha256(plain).hexdigest()[:24]}"'
    return Prepared(version, etag, plain, gzip.compress(plain, 6, mtime=0))


def _respond(request: Request, prepared: Prepared) -> Response:
    headers = {"ETag": prepared.etag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie"}
    known = request.headers.get("If-None-Match", "")
    if prepared.etag in (tag.strip() for tag in known.split(",")):
        return Response(status_code=304, headers=headers)
    body = prepared.plain
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(body) > SMALL_BYTES:
        body = prepared.zipped
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type="application/json", headers=headers)
