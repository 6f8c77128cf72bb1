"""The container: an uncompressed ZIP in exactly one form, so that every altered byte of it can be told.

Any ZIP program opens it. It knows names and bytes, and nothing of manifests and keys.
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)?\.[a-z]{2,8}")
"""The names that an entry may have: one folder at most, no dots that lead upwards."""
LARGEST = 2**32 - 2**20
"""Bytes of a whole container; a larger one would need another form of ZIP."""
MOST_ENTRIES = 2_000
AT_ONCE = 1 << 20

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION = 20
_MADE_ON_UNIX = 3 << 8 | _VERSION
_NO_TIME, _FIRST_DAY = 0, 33  # 1980-01-01: when a file was made stands in the manifest
_PLAIN_FILE = 0o100644 << 16


class TooLarge(Exception):
    """More than a container holds."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a container: its name, size in bytes, CRC-32, SHA-256 and where its header begins."""

    name: str
    size: int
    crc: int
    sha256: str
    offset: int

    def header(self) -> bytes:
        """Return what stands before its content."""
        numbers = _VERSION, 0, 0, _NO_TIME, _FIRST_DAY, self.crc, self.size, self.size
        return _LOCAL.pack(b"PK\x03\x04", *numbers, len(self.name), 0) + self.name.encode("ascii")

    def listed(self) -> bytes:
        """Return its line in the list at the end."""
        numbers = _MADE_ON_UNIX, _VERSION, 0, 0, _NO_TIME, _FIRST_DAY, self.crc, self.size, self.size
        lengths = len(self.name), 0, 0, 0, 0, _PLAIN_FILE, self.offset
        return _CENTRAL.pack(b"PK\x01\x02", *numbers, *lengths) + self.name.encode("ascii")


class Writer:
    """Writes a container into a binary file, entry by entry, and the list at the end."""

    def __init__(self, target: BinaryIO) -> None:
        self.entries: list[Entry] = []
        self._target = target
        self._at = 0

    def add(self, name: str, content: bytes) -> Entry:
        """Append a file. Raises TooLarge, and ValueError for a name that is not fit or there already."""
        if not NAME.fullmatch(name) or any(entry.name == name for entry in self.entries):
            raise ValueError(f"no name for an entry: {name}")
        digest = hashlib.sha256(content).hexdigest()
        entry = Entry(name, len(content), zlib.crc32(content), digest, self._at)
        if self._at + len(content) > LARGEST or len(self.entries) == MOST_ENTRIES:
            raise TooLarge(f"{name} would make it larger than a container may be")
        header = entry.header()
        self._target.write(header)
        self._target.write(content)
        self._at += len(header) + len(content)
        self.entries.append(entry)
        return entry

    def close(self) -> None:
        """Write the list of what is in it."""
        self._target.write(ending(self.entries, self._at))


def ending(entries: Sequence[Entry], at: int) -> bytes:
    """Return the list at the end of a container, which begins at byte `at`."""
    listed = b"".join(entry.listed() for entry in entries)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(listed), at, 0)
    return listed + end


def walk(source: BinaryIO) -> Iterator[Entry]:
    """Yield the entries of a container in order, each hashed; ends at the first byte that is no entry."""
    at = 0
    while True:
        source.seek(at)
        fixed = source.read(_LOCAL.size)
        if len(fixed) < _LOCAL.size or not fixed.startswith(b"PK\x03\x04"):
            return
        *_, crc, size, _, name_length, _ = _LOCAL.unpack(fixed)
        name = source.read(name_length).decode("ascii", "replace")
        found = _content(source, size)
        if found is None:
            return
        yield Entry(name, size, crc, found, at)
        at += _LOCAL.size + name_length + size


def is_exact(source: BinaryIO, entries: Sequence[Entry]) -> bool:
    """Return whether the file is byte for byte the container of these entries, as `walk` found them."""
    at = 0
    for entry in entries:
        try:
            header = entry.header()
        except (UnicodeEncodeError, struct.error):
            return False
        source.seek(at)
        if entry.offset != at or source.read(len(header)) != header:
            return False
        at += len(header) + entry.size
    source.seek(at)
    expected = ending(entries, at)
    return source.read(len(expected) + 1) == expected


def _content(source: BinaryIO, size: int) -> str | None:
    """Return the SHA-256 of the next bytes; None where the file ends before."""
    digest, left = hashlib.sha256(), size
    while left:
        part = source.read(min(left, AT_ONCE))
        if not part:
            return None
        digest.update(part)
        left -= len(part)
    return digest.hexdigest()
