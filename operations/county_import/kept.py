"""Kept uploads: the files of a dry run under DATA_DIR/imports, until they are applied or for a day."""

import json
import re
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import IO

from operations.county_import.layers import LAYERS
from operations.county_import.reading import formats_of
from operations.county_import.records import LayerFile
from operations.county_import.rows import Wishes
from operations.county_import.systems import system_from
from operations.facts import BadInput, NotFound
from operations.media import write_whole

KEPT_FOR = timedelta(days=1)
ID = re.compile(r"[0-9a-f]{16}")
LONGEST_NAME = 120


class ImportNotFound(NotFound):
    """No files are kept under this id (any more)."""

    def __init__(self, import_id: str) -> None:
        super().__init__(
            f"There is no import {import_id[:20]}: its files are kept for a day. Upload them again."
        )


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it arrives; name: as the sender calls it, never used as a path."""

    layer: str
    name: str
    content: IO[bytes]


@dataclass(frozen=True, slots=True)
class KeptImport:
    """Files that are kept, and how they are wanted."""

    id: str
    files: list[LayerFile]
    wishes: Wishes


def keep(data_dir: Path, uploads: Iterable[Upload], wishes: Wishes, now: datetime) -> KeptImport:
    """Keep uploaded files. Raises BadInput naming the layer and the fix."""
    forget_old(data_dir, now)
    checked = [_checked(upload) for upload in uploads]
    layers = [upload.layer for upload in checked]
    if not checked:
        raise BadInput("files", "none was sent: send one file for each layer, named as the layer")
    for layer in layers:
        if layers.count(layer) > 1:
            raise BadInput(layer, "has several files: put them into one")
    made = secrets.token_hex(8)
    folder = data_dir / "imports" / made
    folder.mkdir(parents=True, mode=0o700)
    for upload in checked:
        with (folder / _stored_name(upload)).open("wb") as file:
            shutil.copyfileobj(upload.content, file)
    said = {
        "at": now.isoformat(),
        "crs": str(wishes.system),
        "name": wishes.name,
        "mapping": wishes.mapping,
        "files": [[upload.layer, _stored_name(upload), upload.name] for upload in checked],
    }
    write_whole(folder / "import.json", json.dumps(said, ensure_ascii=False).encode())
    return kept_import(data_dir, made)


def kept_import(data_dir: Path, import_id: str) -> KeptImport:
    """Return what is kept under an id. Raises ImportNotFound."""
    folder = data_dir / "imports" / import_id
    if not ID.fullmatch(import_id) or not (folder / "import.json").exists():
        raise ImportNotFound(import_id)
    said = json.loads((folder / "import.json").read_text(encoding="utf-8"))
    files = [LayerFile(layer, folder / stored, name) for layer, stored, name in said["files"]]
    wishes = Wishes(system_from(said["crs"]), said["mapping"], said["name"])
    return KeptImport(import_id, files, wishes)


def forget(data_dir: Path, import_id: str) -> None:
    """Delete the files of an import. Raises ImportNotFound."""
    kept_import(data_dir, import_id)
    shutil.rmtree(data_dir / "imports" / import_id, ignore_errors=True)


def forget_old(data_dir: Path, now: datetime) -> None:
    """Delete the files that were kept for a day, and what a broken upload left."""
    folder = data_dir / "imports"
    for entry in folder.iterdir() if folder.exists() else ():
        if entry.stat().st_mtime < (now - KEPT_FOR).timestamp():
            shutil.rmtree(entry, ignore_errors=True)


def _checked(upload: Upload) -> Upload:
    if upload.layer not in LAYERS:
        raise BadInput(upload.layer[:40], f"is no layer: use {', '.join(LAYERS)}")
    name = PurePath(upload.name.replace("\\", "/")).name[-LONGEST_NAME:]
    name = "".join(char for char in name if char.isprintable()) or upload.layer
    suffix = PurePath(name).suffix.lower()
    if suffix == ".shp":
        raise BadInput(upload.layer, f"{name}: pack .shp, .dbf, .prj and .cpg into one zip and send that")
    if suffix not in formats_of(upload.layer):
        raise BadInput(upload.layer, f"{name}: send {', '.join(formats_of(upload.layer))}")
    return Upload(upload.layer, name, upload.content)


def _stored_name(upload: Upload) -> str:
    return upload.layer + PurePath(upload.name).suffix.lower()
