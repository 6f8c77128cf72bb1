"""Evidence files: what is in one, and that every alteration of it is told by name."""

import csv
import io
import json
import struct
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

import pymupdf
import pytest

from operations.evidence import cli, manifest, signing
from operations.evidence.container import Writer
from operations.evidence.report import Pictures, one_page
from operations.evidence.verify import verify
from tests.evidence_files import FACTS, KEY, OTHER_KEY, evidence_file, packed, picture, sha256, unpacked

PUBLIC = signing.public_bytes(KEY)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return evidence_file(tmp_path_factory.mktemp("evidence"))


def _told(folder: Path, content: bytes) -> list[str]:
    altered = folder / "altered.zip"
    altered.write_bytes(content)
    return verify(altered).alterations


def test_it_holds_what_was_read_and_how_far_to_believe_it(whole: Path) -> None:
    verdict = verify(whole)
    assert verdict.alterations == []
    assert verdict.signed_by == PUBLIC
    entries = unpacked(whole)
    names = list(entries)
    assert names[-5:] == ["readings.json", "readings.csv", "report.pdf", "manifest.json", "signature.json"]
    pictures = names[:-5]
    assert len(pictures) == 4
    assert all(name == f"images/{sha256(entries[name])}.jpg" for name in pictures)
    first, second = json.loads(entries["readings.json"])
    assert (first["seen_at"], first["camera_time"]) == (
        "2026-11-23T08:00:00.000Z",
        "2026-11-23T08:00:01.500Z",
    )
    assert first["model"] == {"name": "yolo26n", "sha256_begins": "0123456789abcdef"}
    assert second["why"] == [{"position": 7, "read": "A", "true": "4", "probability": 0.12}]
    lines = list(csv.DictReader(io.StringIO(entries["readings.csv"].decode("utf-8-sig"))))
    assert (lines[1]["read_as"], lines[1]["why"]) == ("浙JA123A", "7: 4 read as A (p 0.12)")
    assert zipfile.ZipFile(whole).testzip() is None, "any program opens it"


def test_the_report_is_one_page_whose_font_is_embedded(whole: Path) -> None:
    with pymupdf.open(stream=unpacked(whole)["report.pdf"]) as document:
        assert document.page_count == 1
        text = document[0].get_text()
        fonts = document[0].get_fonts()
        assert len(document[0].get_images()) == 2
        assert all(document.extract_font(font[0])[3] for font in fonts), "each font's bytes are in the file"
    for said in ("2026-YH-0142", "立案决定书", "浙JA123A", "城关大道", "supervisor"):
        assert said in text
    assert signing.fingerprint(PUBLIC)[:19] in text


def test_the_report_stays_one_page_however_much_is_said_and_leaves_no_character_out() -> None:
    long = "<b>涉嫌盗窃</b>&" * 40
    facts = {
        **FACTS,
        "reason": f"{long}䶮",
        "case": {"number": "2026-YH-0142", "title": long, "legal_basis": long},
        "signed_by": signing.as_json(PUBLIC),
    }
    page = one_page(facts, [], Pictures(3, b"no picture", None), ZoneInfo("Asia/Shanghai"))
    with pymupdf.open(stream=page) as document:
        text = "".join(document[0].get_text().split())
        assert document.page_count == 1
    assert text.count("<b>涉嫌盗窃</b>&") == 120, "shown as it was typed, all of it"
    assert "[U+4DAE]" in text, "a character that the font lacks is told by its number"
    assert "图片无法显示" in text


def test_any_byte_of_the_file_that_is_changed_is_told(whole: Path, tmp_path: Path) -> None:
    content = whole.read_bytes()
    with zipfile.ZipFile(whole) as archive:
        begins = [info.header_offset for info in archive.infolist()]
    edges = {at + more for at in begins for more in range(0, 48)}
    ends = set(range(len(content) - 600, len(content)))
    for at in sorted(edges | ends | set(range(0, len(content), 4_001))):
        altered = bytearray(content)
        altered[at] ^= 1 << at % 8
        assert _told(tmp_path, bytes(altered)), f"byte {at} of {len(content)}"


def test_each_entry_changed_missing_renamed_or_added_is_named(whole: Path, tmp_path: Path) -> None:
    entries = unpacked(whole)
    for name in entries:
        changed = {**entries, name: entries[name][:-1] + bytes([entries[name][-1] ^ 1])}
        assert any(name in line for line in _told(tmp_path, packed(changed))), name
        left = {other: data for other, data in entries.items() if other != name}
        assert f"{name} is missing." in _told(tmp_path, packed(left))
    renamed = {("readings.txt" if name == "readings.csv" else name): data for name, data in entries.items()}
    assert _told(tmp_path, packed(renamed)) == ["readings.csv was renamed to readings.txt."]
    added = {**entries, "images/more.jpg": picture(9)}
    assert _told(tmp_path, packed(added)) == ["images/more.jpg was added: the manifest does not list it."]


def test_another_order_and_a_copy_packed_anew_are_told_as_such(whole: Path, tmp_path: Path) -> None:
    entries = unpacked(whole)
    swapped = dict(reversed(entries.items()))
    assert _told(tmp_path, packed(swapped)) == [
        "The entries stand in another order than the manifest lists them in."
    ]
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        (line,) = _told(tmp_path, packed(entries, compression))
        assert line.startswith("The file was packed anew")
    for hidden in (whole.read_bytes() + b"hidden", b"hidden" + whole.read_bytes()):
        assert _told(tmp_path, hidden)


def test_a_file_that_is_cut_off_or_no_evidence_is_told(whole: Path, tmp_path: Path) -> None:
    content = whole.read_bytes()
    for length in (0, 3, 100, len(content) // 2, len(content) - 1):
        assert _told(tmp_path, content[:length]) == ["The file is cut off, or it is no evidence file at all."]
    assert "manifest.json is missing." in _told(tmp_path, packed({"holiday.jpg": picture(1)}))


def test_names_that_lead_elsewhere_or_twice_the_same_are_not_even_read(whole: Path, tmp_path: Path) -> None:
    for name in ("../../etc/passwd", "/etc/passwd", "images\\x.jpg", "images/..", "C:x.jpg", "images/"):
        (line,) = _told(tmp_path, packed({**unpacked(whole), name: b"x"}))
        assert "has the name" in line, name
    double = io.BytesIO(whole.read_bytes())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(double, "a") as archive:
        archive.writestr("readings.json", b"[]")
    assert _told(tmp_path, double.getvalue()) == ["There are two entries named 'readings.json'."]


def test_a_bomb_is_read_no_further_than_it_may_be_large(whole: Path, tmp_path: Path) -> None:
    entries = {**unpacked(whole), "readings.csv": b"0" * 50_000_000}
    bomb = packed(entries, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1_000_000
    assert _told(tmp_path, bomb) == ["readings.csv was changed."]
    lying = bytearray(packed(unpacked(whole)))
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 2**32 - 2)
    assert _told(tmp_path, bytes(lying)) == [
        "The file holds more than an evidence file can: nothing in it was read."
    ]


def _signed_again(whole: Path, target: Path) -> Path:
    """Change a reading, list its new hash and sign all of it with another key, in the very form of ours."""
    entries = unpacked(whole)
    entries["readings.csv"] = entries["readings.csv"].replace("浙JA1234".encode(), "浙JA9999".encode())
    with target.open("wb") as file:
        writer = Writer(file)
        for name in list(entries)[:-2]:
            writer.add(name, entries[name])
        said = manifest.written(FACTS, writer.entries)
        writer.add(manifest.MANIFEST, said)
        writer.add(manifest.SIGNATURE, signing.sign(OTHER_KEY, said).to_json())
        writer.close()
    return target


def test_the_command_says_who_signed_and_whether_the_key_is_known(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("EVIDENCE_KEY", signing.as_text(bytes(range(32))))
    forged = _signed_again(whole, tmp_path / "forged.zip")
    fingerprint = signing.fingerprint(PUBLIC)
    (tmp_path / "ours.pub").write_text(signing.as_text(PUBLIC))

    def run(*arguments: str) -> tuple[int, str]:
        code = cli.main(["verify", *arguments])
        return code, "".join(capsys.readouterr())

    code, said = run(str(whole))
    assert (code, "Signed by this installation" in said) == (0, True)
    code, said = run(str(forged))
    assert (code, "NOT KNOWN" in said) == (2, True)
    for key in (fingerprint, fingerprint.replace(" ", ":").upper(), str(tmp_path / "ours.pub")):
        assert run(str(whole), "--key", key)[0] == 0
        code, said = run(str(forged), "--key", key)
        assert (code, "ANOTHER key" in said) == (1, True)
    monkeypatch.delenv("EVIDENCE_KEY")
    code, said = run(str(whole))
    assert (code, "NOT KNOWN" in said) == (2, True), "an installation that has no key knows nobody's"
    assert not (tmp_path / signing.KEY_FILE).exists(), "verifying makes no key"
    altered = tmp_path / "altered.zip"
    altered.write_bytes(whole.read_bytes().replace(b"C0001", b"C0002"))
    code, said = run(str(altered), "--key", fingerprint)
    assert (code, "readings.json was changed" in said) == (1, True)
    assert run(str(tmp_path / "none.zip"))[0] == 2
    assert run(str(whole), "--key", "no-such-file")[0] == 2


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    assert signing.known_key(tmp_path) is None
    key = signing.signing_key(tmp_path)
    assert (tmp_path / signing.KEY_FILE).stat().st_mode & 0o777 == 0o600
    again = signing.signing_key(tmp_path)
    assert signing.public_bytes(key) == signing.public_bytes(again) == signing.known_key(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [signing.KEY_FILE, signing.PUBLIC_FILE]
    (tmp_path / signing.KEY_FILE).write_text("no key")
    with pytest.raises(signing.BadKey, match="evidence-key"):
        signing.signing_key(tmp_path)
