"""Leases in a real Redis: shared fairly, given back, and never taken from their holder."""

import redis

from ingest.leases import MOST_TAKEN_PER_ROUND, Leases, fair_share

CAMERAS = [f"C{number}" for number in range(7)]


def settle(*workers: Leases) -> list[int]:
    """Let the workers take turns until nothing changes; return how many cameras each holds."""
    for _ in range(6):
        for worker in workers:
            worker.round(CAMERAS)
    return [len(worker.held) for worker in workers]


def test_cameras_are_shared_and_move_when_workers_come_and_go(redis_client: redis.Redis) -> None:
    first, second, third = (Leases(redis_client, name) for name in ("a", "b", "c"))
    assert settle(first) == [7]
    assert sorted(settle(first, second)) == [3, 4]
    assert sorted(settle(first, second, third)) == [1, 3, 3]
    held = [*first.held, *second.held, *third.held]
    assert sorted(held) == CAMERAS
    first.leave()
    assert sorted(settle(second, third)) == [3, 4]


def test_a_camera_nobody_wants_is_given_back(redis_client: redis.Redis) -> None:
    worker = Leases(redis_client, "a")
    settle(worker)
    assert worker.round(CAMERAS[1:]).lost == ("C0",)
    assert redis_client.get("lease:camera:C0") is None


def test_a_lease_that_another_has_is_lost_at_once_and_left_alone(redis_client: redis.Redis) -> None:
    worker = Leases(redis_client, "a")
    settle(worker)
    redis_client.set("lease:camera:C0", "b", px=6000)  # we hung so long that it ran out and b took it
    worker._renewed_s = 0.0
    assert worker.round(CAMERAS).lost == ("C0",)
    assert not worker.sure("C0")
    assert worker.sure("C1")
    worker.release("C0")
    assert redis_client.get("lease:camera:C0") == "b"


def test_a_lease_that_ran_out_unnoticed_is_taken_again(redis_client: redis.Redis) -> None:
    worker = Leases(redis_client, "a")
    settle(worker)
    redis_client.delete("lease:camera:C0")
    worker._renewed_s = 0.0
    assert worker.round(CAMERAS).lost == ()
    assert redis_client.get("lease:camera:C0") == "a"
    assert redis_client.pttl("lease:camera:C0") > 0


def test_the_first_worker_up_leaves_cameras_to_those_that_come_a_moment_later(
    redis_client: redis.Redis,
) -> None:
    many = [f"C{number}" for number in range(200)]
    assert len(Leases(redis_client, "a").round(many).taken) == MOST_TAKEN_PER_ROUND


def test_shares_cover_all_cameras() -> None:
    assert fair_share(7, 2) == 4
    assert fair_share(0, 3) == 0
    assert fair_share(5, 0) == 5
