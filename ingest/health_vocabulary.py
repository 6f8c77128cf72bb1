"""What is said of a camera's health: its state, and why in words, code and numbers. Judges nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Health:
    """A camera's state and why: online, offline, frozen, black, blurred, moved or wrong_clock.

    reason: a sentence, None when all is well. why: the same as {"code", and the sentence's numbers}.
    """

    state: str
    reason: str | None = None
    why: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


WELL = Health("online")
