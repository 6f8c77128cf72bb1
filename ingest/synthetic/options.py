"""What a synthetic:// URL may say, checked once and turned into a value.

Does not open the schedule file (schedule.py) and draws nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ALLOWED = {
    "camera": "a camera code such as C0001",
    "name": "text shown in the picture",
    "schedule": "the path of a traffic.json",
    "light": "day or night",
    "weather": "clear or rain",
    "glare": "0 or 1",
    "seed": "a whole number from 0 to 2147483647",
    "fps": "a number from 1 to 30",
    "scenery": "urban, coast, mountain or market",
    "fault": "freeze@SECONDS, black@SECONDS, garbage@SECONDS or dead@SECONDS",
}
FAULTS = ("freeze", "black", "garbage", "dead")


class BadSyntheticUrl(ValueError):
    """A synthetic:// URL, or the schedule it names, cannot be used; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and how many seconds after opening."""

    kind: str
    after_s: float


@dataclass(frozen=True, slots=True)
class Options:
    """Everything a synthetic:// URL says; two equal values draw equal pictures."""

    camera: str = "C0000"
    name: str = ""
    schedule: str | None = None
    light: str = "day"
    weather: str = "clear"
    glare: bool = False
    seed: int = 0
    fps: float = 10.0
    scenery: str | None = None
    fault: Fault | None = None


def parse_url(url: str) -> Options:
    """Return what the URL asks for; BadSyntheticUrl names the parameter and its allowed values."""
    parts = urlsplit(url)
    if parts.scheme != "synthetic" or parts.netloc != "road":
        raise BadSyntheticUrl(f"{url!r} is not a synthetic source: it must begin with synthetic://road")
    values: dict[str, Any] = {}
    for name, text in parse_qsl(parts.query, keep_blank_values=True):
        if name not in ALLOWED:
            raise BadSyntheticUrl(f"synthetic://road knows no parameter {name!r}: use {', '.join(ALLOWED)}")
        values[name] = _value(name, text)
    return Options(**values)


def _value(name: str, text: str) -> Any:
    try:
        return _READERS[name](text)
    except ValueError:
        raise BadSyntheticUrl(f"{name}={text!r} of synthetic://road must be {ALLOWED[name]}") from None


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return read


def _between(convert: Callable[[str], Any], low: float, high: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        number = convert(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return read


def _fault(text: str) -> Fault:
    kind, _, seconds = text.partition("@")
    return Fault(_one_of(*FAULTS)(kind), _between(float, 0, 1e6)(seconds))


_READERS: dict[str, Callable[[str], Any]] = {
    "camera": _text,
    "name": _text,
    "schedule": _text,
    "light": _one_of("day", "night"),
    "weather": _one_of("clear", "rain"),
    "glare": lambda text: _one_of("0", "1")(text) == "1",
    "seed": _between(int, 0, 2**31 - 1),
    "fps": _between(float, 1, 30),
    "scenery": _one_of("urban", "coast", "mountain", "market"),
    "fault": _fault,
}
