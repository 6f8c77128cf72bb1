"""Health, metrics, audit, status, demo logins and the console's files over HTTP; how the process refuses."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from operations.camera_states import Report, change_state
from operations.relay import relay
from operations.store import Engine, writing
from operations.tables import AuditRow, Camera
from tests.api_server import PASSWORD, Api, running_api
from tests.conftest import Clock
from tests.village import PLATE, watch_for

ROOT = Path(__file__).resolve().parents[2]


def test_the_auditor_sees_who_did_what_but_no_plate(
    api: Api, clock: Clock, redis_client: redis.Redis
) -> None:
    watch_for(api.house.engine, PLATE, clock())
    auditor = api.as_user("auditor")
    relay(api.house.engine, redis_client, clock())
    page = auditor.get("/api/v1/audit", params={"action": "watchlist.changed"})
    assert [row["actor"] for row in page.json()["items"]] == ["supervisor", "investigator"]
    assert PLATE not in page.text
    assert page.json()["items"][0]["details"]["pattern"] == "浙J****4"
    assert auditor.get("/api/v1/audit/verify").json()["whole"] is True
    with writing(api.house.engine) as session:
        session.query(AuditRow).filter_by(sequence=1).one().actor = "somebody else"
    verdict = auditor.get("/api/v1/audit/verify").json()
    assert (verdict["whole"], verdict["first_broken"]["sequence"]) == (False, 1)


def test_metrics_count_by_operation_and_name_no_plate(
    api: Api, clock: Clock, redis_client: redis.Redis
) -> None:
    watch_for(api.house.engine, PLATE, clock())
    redis_client.xadd("sightings.dead", {"json": "x", "reason": "y"})
    operator = api.as_user("operator")
    operator.get("/api/v1/cameras/1")
    operator.get("/api/v1/cameras/2")
    page = api.anonymous().get("/metrics").text
    assert 'watchgrid_http_requests_total{method="GET",operation="show_camera",status="200"} 2.0' in page
    assert 'watchgrid_cameras{state="unknown"} 3.0' in page
    assert 'watchgrid_dead_letters{stream="sightings"} 1.0' in page
    assert 'watchgrid_up{part="redis"} 1.0' in page
    assert PLATE not in page


def test_metrics_tell_what_each_living_ingest_worker_reaches(api: Api, redis_client: redis.Redis) -> None:
    figures = {"fps": 21.5, "fps_wanted": 40.0, "gate_audited": 200, "gate_missed": 1, "detector": "motion"}
    for worker in ("host-1-ab", "host-2-cd"):
        redis_client.hset(f"metrics:ingest:{worker}", mapping=figures)
    redis_client.set("worker:ingest:host-1-ab", "1")
    page = api.anonymous().get("/metrics").text
    assert 'watchgrid_ingest_fps{worker="host-1-ab"} 21.5' in page
    assert 'watchgrid_ingest_fps_wanted{worker="host-1-ab"} 40.0' in page
    assert 'watchgrid_ingest_gate_audited_total{worker="host-1-ab"} 200.0' in page
    assert 'watchgrid_ingest_gate_miss_rate{worker="host-1-ab"} 0.005' in page
    assert "host-2-cd" not in page, "it is dead"


def test_a_cameras_health_says_why_in_words_code_and_numbers(
    api: Api, engine: Engine, redis_client: redis.Redis, clock: Clock
) -> None:
    report = Report("black", "About 40 % is covered.", why={"code": "partly_covered", "share": 40})
    with writing(engine) as session:
        change_state(session.get_one(Camera, 1), report, clock())
    rates = {"fps": 2.1, "fps_wanted": 5, "dropped_share": 0.58, "gate_miss_rate": ""}
    redis_client.hset("camera:health:C0001", mapping=rates)
    redis_client.hset("camera:reads", "1", '{"seen": 3, "usual": 140.0}')
    camera = api.as_user("operator").get("/api/v1/cameras/1").json()
    assert (camera["fps"], camera["fps_wanted"]) == (2.1, 5.0)
    assert camera["health"] == {
        "code": "partly_covered",
        "numbers": {"share": 40},
        "reason": "About 40 % is covered.",
        "since": camera["state_since"],
        "passes_last_hour": 3,
        "usual_last_hour": 140.0,
        "gate_miss_rate": None,
        "clock_offset_s": None,
        "dropped_share": 0.58,
        "model": None,
        "reconnects": None,
    }
    assert api.as_user("operator").get("/api/v1/cameras/3").json()["health"] is None, "nothing watches it"


def test_status_is_told_to_the_administrator(api: Api, redis_client: redis.Redis) -> None:
    redis_client.set("worker:ingest:host:1", "1")
    status = api.as_user("administrator").get("/api/v1/status").json()
    assert (status["redis"], status["database"], status["workers"]) == ("ok", "ok", ["ingest:host:1"])
    assert status["cameras"] == {"unknown": 3}


def test_without_redis_it_says_so_and_still_answers_what_it_can(
    engine: Engine, clock: Clock, tmp_path: Path, redis_url: str
) -> None:
    with running_api(engine, redis_url, clock, tmp_path) as api:
        operator = api.as_user("operator")
        api.house.redis.connection_pool.connection_kwargs["path"] = str(tmp_path / "nowhere.sock")
        api.house.redis.connection_pool.disconnect()
        ready = api.anonymous().get("/readyz")
        assert (ready.status_code, ready.text) == (503, "Redis does not answer: check REDIS_URL.")
        assert operator.get("/api/v1/alerts").status_code == 200
        refused = api.anonymous().post("/api/v1/session", json={"login": "operator", "password": PASSWORD})
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/redis-down")
        assert 'watchgrid_up{part="redis"} 0.0' in api.anonymous().get("/metrics").text


def test_demo_logins_are_offered_in_a_demo_only(
    engine: Engine, clock: Clock, tmp_path: Path, redis_url: str
) -> None:
    logins = {"items": [{"login": "operator", "password": PASSWORD, "role": "operator"}]}
    (tmp_path / "first-logins.json").write_text(json.dumps(logins))
    with running_api(engine, redis_url, clock, tmp_path, demo=True) as api:
        assert api.anonymous().get("/api/v1/demo/logins").json() == logins
    for settings in ({}, {"demo": True, "env": "production"}):
        with running_api(engine, redis_url, clock, tmp_path, users=False, **settings) as api:
            assert api.anonymous().get("/api/v1/demo/logins").status_code == 404


def test_the_console_is_served_with_its_pages_and_nothing_beside_it(api: Api, tmp_path: Path) -> None:
    client = api.anonymous()
    assert client.get("/healthz").text == "ok"
    index = client.get("/alerts/7")
    assert index.status_code in (200, 503), "503 says that the console is not built"
    assert client.get("/assets/missing.js").status_code == 404
    assert client.get("/%2e%2e/%2e%2e/pyproject.toml").status_code == 404
    assert client.get("/..%2fapp.py").status_code == 404


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"HTTP_PORT": "in use"}, "cannot be used (Address already in use)"),
        ({"ENV": "production"}, "DATABASE_URL is a SQLite file, which ENV=production cannot use"),
        ({"HTTP_PORT": "0"}, "HTTP_PORT is wrong"),
    ],
)
def test_the_process_refuses_in_one_sentence(environment: dict[str, str], says: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        given = {name: port if value == "in use" else value for name, value in environment.items()}
        process = subprocess.run(
            [sys.executable, "-m", "api"],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path), **given},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert process.returncode == 2
    assert says in process.stderr
    assert len(process.stderr.strip().splitlines()) == 1
