"""Verify: whether an evidence file is as it was signed, and by whom; says every alteration it can name.

It trusts nothing in the file: names, sizes and compression are checked before anything is read.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from operations.evidence import container
from operations.evidence.container import LARGEST, MOST_ENTRIES, NAME
from operations.evidence.manifest import FORMAT, MANIFEST, SIGNATURE, read
from operations.evidence.signing import signature_from

LARGEST_MANIFEST = 8 << 20
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(RuntimeError, NotImplementedError, ValueError, OverflowError),
)
"""What reading a damaged, encrypted or oddly packed archive raises: it leads to places that are not there."""


@dataclass(slots=True)
class Verdict:
    """What was found: alterations in sentences, the signer's public key, the manifest if it holds."""

    alterations: list[str] = field(default_factory=list)
    signed_by: bytes | None = None
    manifest: dict[str, Any] | None = None

    @property
    def whole(self) -> bool:
        return not self.alterations


@dataclass(frozen=True, slots=True)
class Part:
    """A file as it lies in the archive; sha256 None: it cannot be read."""

    name: str
    size: int
    sha256: str | None


def verify(path: Path) -> Verdict:
    """Check an evidence file. Raises OSError when it cannot be opened."""
    verdict = Verdict()
    with path.open("rb") as source:
        try:
            with zipfile.ZipFile(source) as archive:
                verdict.alterations += _unsafe(archive.infolist())
                if verdict.whole:
                    _check(archive, verdict)
        except UNREADABLE:
            verdict.alterations.append("The file is cut off, or it is no evidence file at all.")
        if verdict.whole and not _is_exact(source):
            verdict.alterations.append(
                "The file was packed anew, or something was hidden between its entries: each entry is "
                "as signed, but this is not the file that Watchgrid wrote."
            )
    return verdict


def _unsafe(infos: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    """Yield why this archive is not even to be read."""
    names = [info.orig_filename for info in infos]
    if len(names) > MOST_ENTRIES or sum(info.file_size for info in infos) > LARGEST:
        yield "The file holds more than an evidence file can: nothing in it was read."
        return
    for name in sorted({name for name in names if names.count(name) > 1})[:10]:
        yield f"There are two entries named {name!a}."
    for name in [name for name in names if not NAME.fullmatch(name)][:10]:
        yield f"An entry has the name {name!a}, which no evidence file has."


def _check(archive: zipfile.ZipFile, verdict: Verdict) -> None:
    names = [info.filename for info in archive.infolist()]
    missing = [name for name in (MANIFEST, SIGNATURE) if name not in names]
    if missing:
        verdict.alterations += [f"{name} is missing." for name in missing]
        return
    manifest = _small(archive, MANIFEST)
    signature = signature_from(_small(archive, SIGNATURE))
    if signature is None:
        verdict.alterations.append(f"{SIGNATURE} was changed.")
        return
    if not signature.fits(manifest):
        verdict.alterations.append(f"{MANIFEST} was changed: the signature does not fit it.")
        return
    verdict.signed_by = signature.public_key
    verdict.manifest = read(manifest)
    if verdict.manifest is None:
        verdict.alterations.append(f"{MANIFEST} has another form than {FORMAT}.")
    else:
        verdict.alterations += _compare(verdict.manifest["files"], archive)


def _compare(listed: Sequence[Mapping[str, Any]], archive: zipfile.ZipFile) -> Iterator[str]:
    """Yield what differs between the files that the manifest lists and those that are there."""
    expected = {file["name"]: file for file in listed}
    there = {
        info.filename: _part(archive, info, expected)
        for info in archive.infolist()
        if info.filename not in (MANIFEST, SIGNATURE)
    }
    missing = [name for name in expected if name not in there]
    added = [name for name in there if name not in expected]
    for name in missing:
        sha256 = expected[name]["sha256"]
        renamed = next((other for other in added if there[other].sha256 == sha256), None)
        if renamed:
            added.remove(renamed)
            yield f"{name} was renamed to {renamed}."
        else:
            yield f"{name} is missing."
    yield from (f"{name} was added: the manifest does not list it." for name in added)
    for name, part in there.items():
        if name in expected and part != Part(name, expected[name]["size"], expected[name]["sha256"]):
            yield f"{name} was changed."
    order = [*expected, MANIFEST, SIGNATURE]
    found = [info.filename for info in archive.infolist()]
    if sorted(found) == sorted(order) and found != order:
        yield "The entries stand in another order than the manifest lists them in."


def _part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, expected: Mapping[str, Any]) -> Part:
    """Hash one entry, reading no more than it may have: what is listed, or what it says of itself."""
    most = int(expected.get(info.filename, {"size": info.file_size})["size"])
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(info) as content:
            while size <= most and (part := content.read(min(container.AT_ONCE, most + 1 - size))):
                digest.update(part)
                size += len(part)
    except UNREADABLE:
        return Part(info.filename, size, None)
    return Part(info.filename, size, digest.hexdigest())


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    """Read an entry that is never large; of one that is, only so much that it cannot be right."""
    try:
        with archive.open(name) as content:
            return content.read(LARGEST_MANIFEST)
    except UNREADABLE:
        return b""


def _is_exact(source: BinaryIO) -> bool:
    return container.is_exact(source, list(container.walk(source)))
