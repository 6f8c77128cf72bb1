"""Promise: an evidence file that left the house and was altered by one bit is told, wherever the bit is."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations import media
from operations.evidence import cli, signing
from operations.evidence.verify import verify
from operations.intake import Known
from tests.api_server import Api
from tests.conftest import Clock
from tests.evidence_files import picture
from tests.village import PLATE, seen, take, watch_for


@pytest.fixture
def exported(api: Api, clock: Clock, tmp_path: Path) -> Path:
    """The evidence of an alert, as the API gave it."""
    watch_for(api.house.engine, PLATE, clock())
    key = media.put(api.house.media, picture(1))
    take(api.house.engine, Known(), clock.move(5), seen(clock(), 1, snapshot=key))
    answer = api.as_user("supervisor").post("/api/v1/alerts/1/evidence", json={"reason": "移送检察院"})
    assert answer.status_code == 200
    file = tmp_path / "evidence.zip"
    file.write_bytes(answer.content)
    return file


def test_altered_evidence_is_told(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    public = signing.known_key(tmp_path)
    assert public is not None
    assert cli.main(["verify", str(exported)]) == 0, "signed by the key of this installation"
    assert cli.main(["verify", str(exported), "--key", signing.fingerprint(public)]) == 0
    content, altered = exported.read_bytes(), tmp_path / "altered.zip"

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(content) - 1), st.integers(0, 7))
    def flip(at: int, bit: int) -> None:
        changed = bytearray(content)
        changed[at] ^= 1 << bit
        altered.write_bytes(changed)
        assert verify(altered).alterations, f"bit {bit} of byte {at}"

    flip()
    assert cli.main(["verify", str(altered)]) == 1
    assert "ALTERED" in capsys.readouterr().out
