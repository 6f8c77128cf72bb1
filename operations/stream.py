"""Streams: messages handled at least once, by Redis consumer groups, and letters that nobody could handle.

A message is deleted when it is done, so a stream's length is its backlog and no trimming can lose one.
Only commands of Redis 6.2. Clients here must not decode responses: a message may be any bytes.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis, ResponseError

SIGHTINGS = "sightings"
CAMERA_STATES = "camera_states"
STREAMS = (SIGHTINGS, CAMERA_STATES)
GROUP = "operations"
BACKLOG_AT_MOST = 500_000
DEAD_KEPT = 100_000
DELIVERIES_AT_MOST = 5
ABANDONED_AFTER_MS = 5_000
CLAIM_EVERY_S = 2.0


class StreamFull(Exception):
    """So many messages wait that the publisher must hold its own back."""

    def __init__(self, stream: str, waiting: int) -> None:
        super().__init__(f"{waiting} messages wait on {stream}: is `python -m operations` running?")


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it lies on a stream."""

    id: str
    content: bytes


Refusal = tuple[Message, str]
"""A message that can never be handled, and why."""


def publish(client: Redis, stream: str, text: str) -> None:
    """Append a message. Raises StreamFull rather than letting old messages fall off."""
    waiting = backlog(client, stream)
    if waiting >= BACKLOG_AT_MOST:
        raise StreamFull(stream, waiting)
    client.xadd(stream, {"json": text})


def backlog(client: Redis, stream: str) -> int:
    """Return how many messages are not done yet."""
    return int(client.xlen(stream))


def dead_letters(client: Redis, stream: str) -> int:
    """Return how many messages of a stream nobody could handle."""
    return int(client.xlen(dead_stream(stream)))


def newest_reason(client: Redis, stream: str) -> str | None:
    """Return why the newest dead letter of a stream is one."""
    letters: Any = client.xrevrange(dead_stream(stream), count=1)
    if not letters:
        return None
    reason = letters[0][1].get(b"reason") or letters[0][1].get("reason")
    return reason.decode() if isinstance(reason, bytes) else reason


def dead_stream(stream: str) -> str:
    """Return where the dead letters of a stream lie: fields json, reason, id."""
    return f"{stream}.dead"


class Consumer:
    """One worker's place in the consumer group of a stream.

    What `read` returned is held until `finish`: when handling fails, `read` returns the same messages again.
    Messages that another worker read and left are claimed; after too many deliveries they are dead letters.
    """

    def __init__(self, client: Redis, stream: str, name: str) -> None:
        self._client = client
        self._stream = stream
        self._name = name
        self._held: list[Message] = []
        self._claim_next = 0.0
        self._buried = 0

    def read(self, count: int, wait_ms: int) -> Sequence[Message]:
        """Return up to `count` messages, waiting up to `wait_ms` for the first; may be empty."""
        try:
            if not self._held:
                self._held = self._claimed(count) or self._new(count, wait_ms)
        except ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            self._join()
        return self._held

    def finish(self, refused: Sequence[Refusal]) -> None:
        """Take what is held off the stream; the refused messages become dead letters."""
        self._take_off(self._held, refused)
        self._held = []

    def take_buried(self) -> int:
        """Return how many messages became dead letters since this was asked last."""
        buried, self._buried = self._buried, 0
        return buried

    def _join(self) -> None:
        try:
            self._client.xgroup_create(self._stream, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def _new(self, count: int, wait_ms: int) -> list[Message]:
        answer: Any = self._client.xreadgroup(
            GROUP, self._name, {self._stream: ">"}, count=count, block=wait_ms
        )
        return _messages(dict(answer).get(self._stream.encode(), []) if answer else [])

    def _claimed(self, count: int) -> list[Message]:
        """Take over messages that were read long ago and never finished."""
        if time.monotonic() < self._claim_next:
            return []
        self._claim_next = time.monotonic() + CLAIM_EVERY_S
        answer: Any = self._client.xautoclaim(
            self._stream, GROUP, self._name, min_idle_time=ABANDONED_AFTER_MS, count=count
        )
        messages = _messages(answer[1])
        if not messages:
            return []
        self._claim_next = 0.0  # there may be more
        tired = self._tired(messages)
        why = f"was delivered {DELIVERIES_AT_MOST} times and never finished"
        self._take_off(tired, [(message, why) for message in tired])
        return [message for message in messages if message not in tired]

    def _tired(self, messages: Sequence[Message]) -> list[Message]:
        """Return the messages that were delivered too often."""
        pending: Any = self._client.xpending_range(
            self._stream, GROUP, messages[0].id, messages[-1].id, count=10_000, consumername=self._name
        )
        often = {entry["message_id"] for entry in pending if entry["times_delivered"] > DELIVERIES_AT_MOST}
        return [message for message in messages if message.id.encode() in often]

    def _take_off(self, messages: Sequence[Message], refused: Sequence[Refusal]) -> None:
        if not messages:
            return
        ids = [message.id for message in messages]
        with self._client.pipeline(transaction=True) as pipe:
            for message, why in refused:
                letter: Any = {"json": message.content, "reason": why, "id": message.id}
                pipe.xadd(dead_stream(self._stream), letter, maxlen=DEAD_KEPT, approximate=True)
            pipe.xack(self._stream, GROUP, *ids)
            pipe.xdel(self._stream, *ids)
            pipe.execute()
        self._buried += len(refused)


def _messages(entries: Any) -> list[Message]:
    """Read entries of a stream; those deleted meanwhile have no fields (Redis 6.2)."""
    return [
        Message(entry_id.decode(), fields.get(b"json", b""))
        for entry_id, fields in entries
        if entry_id is not None and fields is not None
    ]
