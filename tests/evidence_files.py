"""Evidence files for tests: a small signed one, and ways to take it apart and put it together again."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from operations import media
from operations.evidence import signing
from operations.evidence.archive import Archive
from operations.evidence.readings import Reading
from operations.tables import Camera, SightingRow

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "id": "6f0c5b0e-2f1b-4a35-8a53-0a2f6f2f8e11",
    "software": "watchgrid test",
    "made_at": "2026-11-23T08:30:00.000Z",
    "made_by": {"login": "investigator", "name": "侦查员", "role": "investigator"},
    "reason": "移送检察院",
    "case": {"number": "2026-YH-0142", "title": "盗窃案", "legal_basis": "立案决定书 2026-142"},
    "of": {
        "kind": "query",
        "id": "3a1e",
        "question": {"plate": "浙JA1234"},
        "reason": "连环盗窃案",
        "asked_by": "investigator",
        "asked_at": "2026-11-23T08:00:00.000Z",
        "approvals": [{"user": "supervisor", "at": "2026-11-23T08:10:00.000Z", "reason": None}],
    },
    "audit_head": {"sequence": 41, "hash": "ab" * 32},
    "sightings": 2,
    "left_out": 0,
}


def picture(seed: int) -> bytes:
    """Return a JPEG, another for each seed."""
    noise = np.random.default_rng(seed).integers(0, 255, (90, 160, 3), dtype=np.uint8)
    return bytes(cv2.imencode(".jpg", noise)[1])


def reading(number: int, media_dir: Path, read: str = "浙JA1234") -> Reading:
    """Return a reading at C0001 whose pictures are stored."""
    row = SightingRow(
        id=f"C0001:1795420800000:{number}",
        seen_at=AT,
        first_seen_at=AT,
        last_seen_at=AT,
        received_at=AT,
        clock_offset_s=1.5,
        camera_id=1,
        plate=read,
        plate_characters=[{"char": char, "confidence": 0.9} for char in read],
        vehicle_class="car",
        colour="white",
        confidence=0.9,
        snapshot=media.put(media_dir, picture(number)),
        plate_crop=media.put(media_dir, picture(100 + number)),
        model="yolo26n:0123456789abcdef",
        simulated=False,
    )
    camera = Camera(id=1, code="C0001", name="城关大道 1 号杆", lon=121.26, lat=28.15, heading_deg=90.0)
    why = [] if read == "浙JA1234" else [{"position": 7, "read": read[6], "true": "4", "probability": 0.12}]
    return Reading(row, camera, {"plate": "浙JA1234", "probability": 0.12 if why else 1.0, "why": why})


def evidence_file(folder: Path, key: Ed25519PrivateKey = KEY) -> Path:
    """Write a signed evidence file of two readings, one of them fuzzy."""
    target = folder / "evidence.zip"
    facts = {**FACTS, "signed_by": signing.as_json(signing.public_bytes(key))}
    with target.open("wb") as file:
        archive = Archive(file, folder / "media")
        readings = [reading(1, folder / "media"), reading(2, folder / "media", "浙JA123A")]
        archive.write(facts, readings, ZoneInfo("Asia/Shanghai"))
        archive.sign(key)
    return target


def unpacked(path: Path) -> dict[str, bytes]:
    """Return the entries by name, in order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(entries: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a ZIP of entries as any program would write it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return content.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
