"""The supervisor: a killed child comes back, a hopeless one is given up, and nothing outlives its parent."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from config.supervisor import Child, GaveUp, python_module, supervise
from tests.services import wait_until

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def supervised(children: list[Child]) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=supervise, args=(children, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


def sleeper(folder: Path, name: str) -> Child:
    (folder / f"{name}.py").write_text("import signal\nsignal.pause()\n")
    return python_module(name, {"PYTHONPATH": str(folder)}, folder / "logs" / f"{name}.log")


def pid_of(child: Child) -> int | None:
    return child.process.pid if child.process and child.process.poll() is None else None


def test_a_killed_child_is_started_again_and_all_are_stopped(tmp_path: Path) -> None:
    first, second = sleeper(tmp_path, "first"), sleeper(tmp_path, "second")
    with supervised([first, second]):
        wait_until(lambda: None not in (pid_of(first), pid_of(second)), "both run", 10)
        killed, untouched = pid_of(first), pid_of(second)
        assert killed
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: pid_of(first) not in (None, killed), "the first runs again", 10)
        assert pid_of(second) == untouched
        again = pid_of(first)
    assert not psutil.pid_exists(again or 0)
    assert not psutil.pid_exists(untouched or 0)


def test_a_wrong_setting_is_not_retried_and_its_words_are_shown(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text("import sys\nprint('HTTP_PORT is wrong', flush=True)\nsys.exit(2)\n")
    child = python_module("wrong", {"PYTHONPATH": str(tmp_path)}, tmp_path / "wrong.log")
    with pytest.raises(GaveUp, match="HTTP_PORT is wrong"):
        supervise([child], threading.Event())


def test_kill_9_of_the_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text("import signal\nsignal.pause()\n")
    script = (
        "import threading\nfrom pathlib import Path\nfrom config.supervisor import python_module, supervise\n"
        f"here = {str(tmp_path)!r}\n"
        "child = python_module('sleeper', {'PYTHONPATH': here}, Path(here) / 'log')\n"
        "supervise([child], threading.Event())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    children: list[psutil.Process] = []

    def has_child() -> bool:
        children[:] = psutil.Process(parent.pid).children()
        return bool(children)

    wait_until(has_child, "the child runs", 10)
    parent.kill()
    parent.wait(5)
    wait_until(lambda: not children[0].is_running(), "the orphan ends", 10)
