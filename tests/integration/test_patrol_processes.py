"""Planning in processes of its own: the worker's child, which a stop interrupts, and `watchgrid plan`."""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shapely import box
from sqlalchemy import select

from operations.patrolling import cli
from operations.patrolling.expiry import expire_plans
from operations.patrolling.job import Planner
from operations.store import Engine, reading, writing
from operations.tables import AuditRow, CountyRow, PatrolPlan, PatrolStop
from tests.conftest import Clock
from tests.patrol_days import TOMORROW, drafted, found_patrol_village, stops_of, wanted

ROOT = Path(__file__).parents[2]


@pytest.fixture
def village(engine: Engine, clock: Clock, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The village; processes begun here find its database."""
    found_patrol_village(engine, clock())
    with writing(engine) as session:
        outline = box(121.2, 28.1, 121.4, 28.2).wkb
        session.add(CountyRow(name="村", version="v1", generated=True, outline=outline))
    monkeypatch.setenv("DATABASE_URL", database_url)
    return engine


def test_a_child_makes_the_plan_and_a_stop_leaves_it_to_the_next(village: Engine, clock: Clock) -> None:
    first, second = wanted(village, clock()), wanted(village, clock(), seconds=60)
    stop = threading.Event()
    planner = Planner(village, stop)
    assert planner.step(clock()) == first
    threading.Timer(1.0, stop.set).start()
    assert planner.step(clock.move(1)) == second
    planner.close()
    with reading(village) as session:
        states = {row.id: row.state for row in session.scalars(select(PatrolPlan))}
        assert states == {first: "draft", second: "wanted"}
        assert stops_of(session, first)


def test_a_script_plans_and_publishes(village: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    day = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    command = [sys.executable, "watchgrid.py", "plan", "--day", day, "--seconds", "1", "--publish", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    plan = json.loads(done.stdout)
    assert (plan["state"], plan["day"], plan["figures"]["unserved"]) == ("published", day, 0)
    assert cli.main(["--day", day, "--shift", "tea"]) == 2
    assert "urban_night" in capsys.readouterr().err
    shell = f"shell:{os.getuid()}"
    with reading(village) as session:
        assert sorted(session.scalars(select(AuditRow.actor))) == [shell, shell, "system"]


def test_what_nobody_drove_goes_after_four_weeks(village: Engine, clock: Clock) -> None:
    kept, gone = drafted(village, clock()), drafted(village, clock())
    with writing(village) as session:
        session.get_one(PatrolPlan, kept).state = "superseded"
        stops_of(session, kept)[0].checked_in_at = clock()
    assert expire_plans(village, clock()) == 0
    clock.at = datetime(TOMORROW.year, TOMORROW.month, TOMORROW.day, tzinfo=UTC) + timedelta(days=30)
    assert expire_plans(village, clock()) == 1
    with reading(village) as session:
        assert session.scalars(select(PatrolPlan.id)).all() == [kept]
        assert session.scalars(select(PatrolStop)).first() is not None
    assert gone != kept
