"""The live feed's ids and the queue of one client."""

import pytest

from api.live.feed import QUEUE_LENGTH, Listener, LiveEvent, event_id


@pytest.mark.parametrize(("text", "read"), [("12-3", (12, 3)), ("12", (12, 0)), ("0-0", (0, 0))])
def test_stream_ids_are_read_and_ordered_as_numbers(text: str, read: tuple[int, int]) -> None:
    assert event_id(text) == read
    assert event_id("9-10") > event_id("9-9")


@pytest.mark.parametrize("text", ["", "-", "x-1", "1-x", "-1-1", "1" * 50])
def test_what_is_no_stream_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a stream id"):
        event_id(text)


def test_a_client_that_falls_behind_is_dropped_and_holds_nobody_up() -> None:
    slow, quick = Listener(), Listener()
    for number in range(QUEUE_LENGTH + 1):
        event = LiveEvent((number, 0), "units.moved", "{}", {})
        slow.offer(event)
        quick.offer(event)
        assert quick.queue.get_nowait() is event
    assert slow.dropped
    assert not quick.dropped
