"""Settings: what is wrong is named, with the fix; what must not be scaled is refused."""

from pathlib import Path

import pytest

from config.scaling import CannotScale, refuse_unscalable
from config.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _no_settings_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # no .env of the developer's
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("variable", "value", "fix"),
    [
        ("HTTP_PORT", "99999", "65535"),
        ("DATABASE_URL", "mysql://x", "sqlite:/// or postgresql://"),
        ("REDIS_URL", "localhost", "redis://"),
        ("SITE_TIMEZONE", "Beijing", "Asia/Shanghai"),
        ("ANALYSED_FPS", "fast", "number"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str, fix: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as stopped:
        load_settings()
    assert stopped.value.code == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert variable in lines[0]
    assert fix in lines[0]


def test_a_wrong_secret_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root:hunter2@db")
    with pytest.raises(SystemExit):
        load_settings()
    assert "hunter2" not in capsys.readouterr().err


WHOLE = {
    "env": "production",
    "database_url": "postgresql://db/watchgrid",
    "redis_url": "redis://redis:6379/0",
    "secret_key": "x" * 32,
    "evidence_key": "A" * 43 + "=",
    "secure_cookies": True,
}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"database_url": ""}, "DATABASE_URL"),
        ({"redis_url": ""}, "REDIS_URL"),
        ({"secret_key": "watchgrid-laptop-secret"}, "SECRET_KEY"),
        ({"evidence_key": ""}, "EVIDENCE_KEY"),
        ({"secure_cookies": False}, "SECURE_COOKIES"),
    ],
)
def test_production_refuses_what_only_a_laptop_may_use(change: dict[str, object], named: str) -> None:
    with pytest.raises(CannotScale, match=named):
        refuse_unscalable(Settings(**{**WHOLE, **change}))


def test_a_laptop_and_a_whole_production_pass() -> None:
    refuse_unscalable(Settings())
    refuse_unscalable(Settings(**WHOLE))
    with pytest.raises(CannotScale, match="HOSTS=2"):
        refuse_unscalable(Settings(hosts=2))
