"""A clip behind a web server that serves no ranges: fetched whole, because its index may be at its end.

Streams without an end, and servers with ranges, are none of its business.
"""

import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import IO

from ingest.source_opening import where
from ingest.source_vocabulary import NoFrames, Playing, SourceWillNotOpen, masked

INDEXED = (".mp4", ".mov", ".m4v")
MOST_BYTES = 4 << 30
MOST_OF_DISK = 0.5
"""Share of the free disk that one clip may take."""

LEAST_BYTES_S = 8192
"""A server slower than this does not mean to give us a clip."""

CHUNK_BYTES = 1 << 20


def _web() -> urllib.request.OpenerDirector:
    """Return what follows redirects to web servers only: never to ftp:// or file://."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


@contextmanager
def as_file(url: str, playing: Playing) -> Generator[str]:
    """Yield `url`, or the path of a copy that lives as long as the block if the server cannot seek in it.

    Raises SourceWillNotOpen where nothing of it can be fetched.
    """
    length = _length_to_fetch(url, playing)
    if not length:
        yield url
        return
    with tempfile.NamedTemporaryFile(prefix="watchgrid-", suffix=Path(url).suffix) as copy:
        if length > MOST_OF_DISK * shutil.disk_usage(copy.name).free:
            raise SourceWillNotOpen(f"{where(url)} has a clip of {length >> 20} MB: too large for this disk.")
        try:
            fetched = _fetch(url, playing, copy, length)
        except (OSError, HTTPException, ValueError):
            fetched = copy.tell()  # it broke off: the player tells how far the clip can be read
        if not fetched and not playing.stop.is_set():
            raise SourceWillNotOpen(f"{where(url)} gives nothing of the clip: check the address.")
        copy.flush()
        try:
            yield copy.name
        except NoFrames as error:
            raise type(error)(str(error).replace(copy.name, masked(url))) from None


def _fetch(url: str, playing: Playing, copy: IO[bytes], length: int) -> int:
    """Copy what comes, as long as it comes fast enough, and return how much it is."""
    fetched, started_s = 0, time.monotonic()
    with _web().open(url, timeout=playing.read_timeout_s) as answer:
        while fetched < length and not playing.stop.is_set():
            chunk = answer.read1(min(CHUNK_BYTES, length - fetched))
            passed_s = time.monotonic() - started_s
            slow = passed_s > playing.read_timeout_s and fetched < LEAST_BYTES_S * passed_s
            if not chunk or slow:
                break
            copy.write(chunk)
            fetched += len(chunk)
    return fetched


def _length_to_fetch(url: str, playing: Playing) -> int:
    if not url.split("?")[0].lower().endswith(INDEXED):
        return 0
    try:
        question = urllib.request.Request(url, method="HEAD")
        with _web().open(question, timeout=playing.open_timeout_s) as answer:
            length = int(answer.headers.get("Content-Length") or 0)
            in_ranges = "bytes" in answer.headers.get("Accept-Ranges", "")
            return length if 0 < length <= MOST_BYTES and not in_ranges else 0
    except (urllib.error.URLError, OSError, HTTPException, ValueError):
        return 0  # the player says what is wrong
