"""The manifest: what an evidence file says of itself, and the hash of everything in it: what is signed.

It stands near the end of the archive, before its signature, so that the file is written in one go.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from operations.evidence.container import Entry

FORMAT = "watchgrid-evidence/1"
MANIFEST = "manifest.json"
SIGNATURE = "signature.json"


def written(facts: Mapping[str, Any], entries: Iterable[Entry]) -> bytes:
    """Return the manifest's bytes: the facts, then the files in the order of the archive."""
    files = [{"name": entry.name, "size": entry.size, "sha256": entry.sha256} for entry in entries]
    return as_json({"format": FORMAT, **facts, "files": files})


def as_json(content: Any) -> bytes:
    """Return JSON that people can read too."""
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def read(content: bytes) -> dict[str, Any] | None:
    """Return what a manifest says; None where it is not of this form (whoever signed it)."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("format") != FORMAT or not _are_files(said.get("files")):
        return None
    return said


def _are_files(listed: Any) -> bool:
    wanted = {"name": str, "size": int, "sha256": str}
    return isinstance(listed, Sequence) and all(
        isinstance(file, dict) and all(isinstance(file.get(name), kind) for name, kind in wanted.items())
        for file in listed
    )
