"""A clip behind a web server that serves no ranges: fetched whole, because its index may be at its end.

Streams without an end, and servers with ranges, are none of its business.
"""

import tempfile
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ingest.source_vocabulary import Playing

INDEXED = (".mp4", ".mov", ".m4v")
MOST_BYTES = 4 << 30
CHUNK_BYTES = 1 << 20


@contextmanager
def as_file(url: str, playing: Playing) -> Generator[str]:
    """Yield `url`, or the path of a copy that lives as long as the block if the server cannot seek in it."""
    if not _must_be_fetched(url, playing):
        yield url
        return
    with tempfile.NamedTemporaryFile(prefix="watchgrid-", suffix=Path(url).suffix) as copy:
        try:
            with urllib.request.urlopen(url, timeout=playing.read_timeout_s) as answer:
                while (chunk := answer.read(CHUNK_BYTES)) and not playing.stop.is_set():
                    copy.write(chunk)
            copy.flush()
        except OSError:  # it broke off: the player tells how far the clip can be read
            copy.flush()
        yield copy.name


def _must_be_fetched(url: str, playing: Playing) -> bool:
    if not url.split("?")[0].lower().endswith(INDEXED):
        return False
    try:
        question = urllib.request.Request(url, method="HEAD")
        with urllib.request.urlopen(question, timeout=playing.open_timeout_s) as answer:
            length = int(answer.headers.get("Content-Length") or 0)
            return "bytes" not in answer.headers.get("Accept-Ranges", "") and 0 < length <= MOST_BYTES
    except (urllib.error.URLError, OSError, ValueError):
        return False  # the player says what is wrong
