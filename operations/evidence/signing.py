"""Signing: the Ed25519 key of this installation, its fingerprint, and signatures over manifests.

The key is EVIDENCE_KEY, or a file in DATA_DIR made on first use. What is signed is none of its business.
"""

import base64
import binascii
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_FILE = "evidence-key"
PUBLIC_FILE = "evidence-key.pub"
KEY_BYTES = 32
CONTEXT = b"watchgrid evidence manifest 1\n"
"""Signed before the manifest's bytes, so that a signature fits nothing else."""


class BadKey(Exception):
    """A key file or setting holds no key."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed (raw public key) and the signature (64 bytes)."""

    public_key: bytes
    signature: bytes

    def to_json(self) -> bytes:
        """Return it as the bytes that are kept; there is only one way to write it."""
        said = {**as_json(self.public_key), "signature": as_text(self.signature)}
        return (json.dumps(said, indent=1) + "\n").encode()

    def fits(self, manifest: bytes) -> bool:
        """Return whether this key signed these very bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(self.signature, CONTEXT + manifest)
        except (InvalidSignature, ValueError):
            return False
        return True


def signature_from(content: bytes) -> Signature | None:
    """Read what `to_json` wrote; None where a single byte of it is different."""
    try:
        said = json.loads(content)
        found = Signature(
            base64.b64decode(said["public_key"], validate=True),
            base64.b64decode(said["signature"], validate=True),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if found.to_json() == content else None


def as_json(public_key: bytes) -> dict[str, str]:
    """Return a raw public key as files say it."""
    return {
        "algorithm": "Ed25519",
        "fingerprint": fingerprint(public_key),
        "public_key": as_text(public_key),
    }


def sign(key: Ed25519PrivateKey, manifest: bytes) -> Signature:
    """Sign a manifest's bytes."""
    return Signature(public_bytes(key), key.sign(CONTEXT + manifest))


def signing_key(data_dir: Path, setting: str = "") -> Ed25519PrivateKey:
    """Return the key by EVIDENCE_KEY, else the one kept in DATA_DIR, made if there is none. Raises BadKey."""
    if setting:
        return Ed25519PrivateKey.from_private_bytes(key_from_text(setting, "EVIDENCE_KEY"))
    kept = data_dir / KEY_FILE
    if not kept.exists():
        _keep(data_dir, new_key())
    key = Ed25519PrivateKey.from_private_bytes(key_from_text(kept.read_text(), str(kept)))
    public = data_dir / PUBLIC_FILE
    if not public.exists():
        public.write_text(as_text(public_bytes(key)) + "\n")
    return key


def known_key(data_dir: Path, setting: str = "") -> bytes | None:
    """Return the public key of this installation; None where there is no key yet. Raises BadKey."""
    if setting:
        return public_bytes(signing_key(data_dir, setting))
    public = data_dir / PUBLIC_FILE
    return key_from_text(public.read_text(), str(public)) if public.exists() else None


def new_key() -> str:
    """Return a new private key as EVIDENCE_KEY and the key file hold it."""
    return as_text(secrets.token_bytes(KEY_BYTES))


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """Return the raw public key."""
    return key.public_key().public_bytes_raw()


def fingerprint(public_key: bytes) -> str:
    """Return SHA-256 of a raw public key, as 16 groups of four hexadecimal digits."""
    digest = hashlib.sha256(public_key).hexdigest()
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def _keep(data_dir: Path, key: str) -> None:
    """Keep a new key, readable by this user only; where another process was faster, its key stays."""
    data_dir.mkdir(parents=True, exist_ok=True)
    partial = data_dir / f"{KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        target.write(key + "\n")
        target.flush()
        os.fsync(target.fileno())
    try:
        os.link(partial, data_dir / KEY_FILE)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def as_text(key: bytes) -> str:
    """Return a raw key as files and settings hold it."""
    return base64.b64encode(key).decode()


def key_from_text(text: str, where: str) -> bytes:
    """Return the raw key that a text holds; `where` it stands is named. Raises BadKey."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise BadKey(f"{where} holds no key: it must be {KEY_BYTES} bytes in base64")
    return key
