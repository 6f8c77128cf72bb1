"""A whole Watchgrid of its own, started by the command that people use, and a real browser to look at it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from tests.services import missing, wait_until

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 120.0
CHROMIUM = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class House:
    """A running Watchgrid."""

    url: str
    data_dir: Path
    process: subprocess.Popen[bytes]

    def password(self, role: str) -> str:
        items = json.loads((self.data_dir / "first-logins.json").read_text())["items"]
        return str(next(item["password"] for item in items if item["role"] == role))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def house(command: list[str]) -> Iterator[House]:
    """Run `watchgrid COMMAND` on a free port with a new data directory until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="wg-"))
    port = free_port()
    arguments = [sys.executable, "-m", "watchgrid", *command, "--port", str(port), "--data-dir", str(folder)]
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "DATA_DIR")}
    process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=2)  # a benchmark's output is JSON
    running = House(f"http://127.0.0.1:{port}", folder, process)
    try:
        wait_until(lambda: _is_ready(running), "the house is ready", READY_WITHIN_S)
        yield running
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _is_ready(running: House) -> bool:
    assert running.process.poll() is None, "watchgrid stopped; its words are above"
    try:
        with urllib.request.urlopen(f"{running.url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """Chromium in New York, so that a time shown in the browser's own zone would be found out."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        missing("No Chromium here: install it (apt-get install chromium).")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("chromium"),
            executable_path=executable,
            headless=True,
            args=list(CHROMIUM),
            viewport={"width": 1600, "height": 900},
            timezone_id="America/New_York",
        )
        yield context
        context.close()


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    """A page that fails the test on any script error and on any address that is not this machine."""
    browser.clear_cookies()
    page = browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda request: (
            faults.append(request.url)
            if request.url.startswith("http") and "//127.0.0.1:" not in request.url
            else None
        ),
    )
    yield page
    page.close()
    assert faults == []


@pytest.fixture(scope="package")
def demo() -> Iterator[House]:
    """One demo for all browser tests, as starting it is slow. It ends with them: all else runs faster."""
    with house(["demo", "--live-cameras", "4"]) as running:
        yield running


def sign_in(page: Page, demo: House, role: str) -> None:
    """Sign in as the role's demo user."""
    page.goto(demo.url)
    page.get_by_test_id("login").fill(role)
    page.get_by_test_id("password").fill(demo.password(role))
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("sign-in")).to_have_count(0)
