"""The archive of one export: pictures, readings, report, manifest and signature, written as they come."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from operations import media
from operations.evidence import manifest, signing
from operations.evidence.container import Writer
from operations.evidence.manifest import MANIFEST, SIGNATURE
from operations.evidence.readings import Reading, as_csv, reading_json
from operations.evidence.report import Pictures, one_page


class Archive:
    """One evidence file while it is written; a picture is in memory alone, and only once."""

    def __init__(self, target: BinaryIO, media_dir: Path) -> None:
        self._writer = Writer(target)
        self._media_dir = media_dir
        self._names: dict[str, str | None] = {}
        self._lacking: list[dict[str, str]] = []
        self._shown = Pictures()
        self._facts: Mapping[str, Any] = {}

    def write(self, facts: Mapping[str, Any], readings: Sequence[Reading], zone: tzinfo) -> None:
        """Write pictures, readings and the report, whose times are shown in `zone`."""
        found = [reading_json(n, self._with_pictures(n, reading)) for n, reading in enumerate(readings, 1)]
        self._facts = {**facts, "pictures_lacking": self._lacking}
        self._writer.add("readings.json", manifest.as_json(found))
        self._writer.add("readings.csv", as_csv(found))
        self._writer.add("report.pdf", one_page(self._facts, found, self._shown, zone))

    def sign(self, key: Ed25519PrivateKey) -> None:
        """Write the manifest of everything written, and its signature."""
        said = manifest.written(self._facts, self._writer.entries)
        self._writer.add(MANIFEST, said)
        self._writer.add(SIGNATURE, signing.sign(key, said).to_json())
        self._writer.close()

    def _with_pictures(self, number: int, reading: Reading) -> Reading:
        row = reading.row
        snapshot, plate_crop = self._picture(row.snapshot), self._picture(row.plate_crop)
        if snapshot and self._shown.snapshot is None:
            crop = self._read(row.plate_crop) if row.plate_crop and plate_crop else None
            self._shown = Pictures(number, self._read(row.snapshot or ""), crop)
        return replace(reading, snapshot=snapshot, plate_crop=plate_crop)

    def _picture(self, key: str | None) -> str | None:
        """Write a stored picture, unless it is there already; return its name, None where it is lacking."""
        if key is None:
            return None
        if key not in self._names:
            content = self._read(key)
            fits = content is not None and hashlib.sha256(content).hexdigest() == key.removesuffix(".jpg")
            self._names[key] = f"images/{key}" if fits else None
            if content is not None and fits:
                self._writer.add(f"images/{key}", content)
            else:
                why = "not kept any more" if content is None else "altered since it was stored"
                self._lacking.append({"picture": key, "why": why})
        return self._names[key]

    def _read(self, key: str) -> bytes | None:
        try:
            return media.path(self._media_dir, key).read_bytes()
        except (media.UnknownMedia, FileNotFoundError):
            return None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
