"""`watchgrid evidence`: verify a file, show this installation's key, make one for EVIDENCE_KEY."""

import argparse
import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from config.settings import Settings, load_settings
from operations.evidence import signing
from operations.evidence.signing import BadKey, fingerprint, signature_from
from operations.evidence.verify import Verdict, verify

WHOLE, ALTERED, CANNOT_TELL = 0, 1, 2


def main(argv: Sequence[str]) -> int:
    """Run one command. verify: 0 whole and signed by a known key, 1 altered, 2 cannot tell."""
    options = _parser().parse_args(argv)
    if options.command == "new-key":
        print(signing.new_key())
        return 0
    settings = load_settings()
    try:
        if options.command == "key":
            return _show_key(settings)
        return _verify(options.file, options.key, settings)
    except (OSError, BadKey) as error:
        print(error, file=sys.stderr)
        return CANNOT_TELL


def _verify(file: Path, key: str | None, settings: Settings) -> int:
    verdict = verify(file)
    for line in sentences(verdict):
        print(line)
    if not verdict.whole:
        return ALTERED
    with file.open("rb") as source:
        print(f"SHA-256 of the file: {hashlib.file_digest(source, 'sha256').hexdigest()}")
    assert verdict.signed_by is not None
    signer = fingerprint(verdict.signed_by)
    if key is not None:
        if _is_key(key, verdict.signed_by):
            print(f"Signed by the key you named: {signer}")
            return WHOLE
        print(f"ALTERED: it is signed by ANOTHER key than the one you named: {signer}")
        return ALTERED
    if verdict.signed_by == signing.known_key(settings.data_dir, settings.evidence_key.get_secret_value()):
        print(f"Signed by this installation: {signer}")
        return WHOLE
    print(
        f"NOT KNOWN: the key that signed it is not known to this installation: {signer}\n"
        "Anybody can sign an altered file with a key of their own. Ask those who exported it for their "
        "fingerprint (`watchgrid evidence key`) and verify with --key."
    )
    return CANNOT_TELL


def sentences(verdict: Verdict) -> Iterator[str]:
    """Yield what people are told of a verdict, its signer apart."""
    if not verdict.whole:
        yield "ALTERED: this is not the evidence that was signed."
        yield from (f"- {alteration}" for alteration in verdict.alterations)
        return
    said = verdict.manifest or {}
    case, of = said.get("case", {}), said.get("of", {})
    yield f"WHOLE: each of its {len(said.get('files', []))} files is as it was signed."
    yield f"Case {case.get('number')}, {of.get('kind')} {of.get('id')}, {said.get('sightings')} sightings, "
    yield f"made {said.get('made_at')} by {said.get('made_by', {}).get('login')}."


def _is_key(named: str, public_key: bytes) -> bool:
    """Return whether a fingerprint, or a file that holds a public key or a signature, names this key."""
    digits = "".join(named.split()).replace(":", "").lower()
    if len(digits) == 64 and set(digits) <= set("0123456789abcdef"):
        return digits == fingerprint(public_key).replace(" ", "")
    content = Path(named).read_bytes()
    signature = signature_from(content)
    if signature:
        return signature.public_key == public_key
    return signing.key_from_text(content.decode("ascii", "replace"), named) == public_key


def _show_key(settings: Settings) -> int:
    public = signing.known_key(settings.data_dir, settings.evidence_key.get_secret_value())
    if public is None:
        print("There is no key yet: the first export makes one in DATA_DIR, or set EVIDENCE_KEY.")
        return CANNOT_TELL
    print(f"public key:  {signing.as_text(public)}\nfingerprint: {fingerprint(public)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="watchgrid evidence", description="Signed evidence files.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    verify_one = commands.add_parser("verify", help="whether a file is as it was signed, and by whom")
    verify_one.add_argument("file", type=Path)
    verify_one.add_argument("--key", metavar="FILE|FINGERPRINT", help="the key that must have signed it")
    commands.add_parser("key", help="the public key of this installation and its fingerprint")
    commands.add_parser("new-key", help="a new private key, to be set as EVIDENCE_KEY on every API host")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
