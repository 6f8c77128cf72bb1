"""What the health judge misses and falsely tells: `python -m tests.benchmarks.health [--json] [--picture F]`.

Every scene that is well is played through what light, weather and traffic do; into every scene every fault is
put. Baselines in the same run: a judge by frame difference, and "TCP is up", which tells none of them.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np

from ingest.health import HealthJudge
from tests.benchmarks.health_scenes import (
    FAULTS,
    STEP_S,
    WELL,
    Change,
    Picture,
    Scene,
    clock,
    coded,
    scenes,
)
from tests.services import SHARED

LEARN_S = 45.0
WELL_S = 130.0
FAULT_S = 30.0
LONG_FAULT_S = {"defocused in 3 min": 200.0, "sheet over half": 140.0}
CLOCK_ERRORS_S = (3.0, 6.0, -3600.0)

Judge = Callable[[Picture, float, float | None], str]


class Differences:
    """The naive judge: a picture that hardly differs from the last is frozen, a dark one is black."""

    def __init__(self) -> None:
        self._last: Picture | None = None
        self._still_s = 0.0

    def see(self, picture: Picture, t_s: float, offset_s: float | None) -> str:
        small = cv2.resize(picture, (160, 90), interpolation=cv2.INTER_AREA)
        last, self._last = self._last, small
        changed = 255.0 if last is None else float(cv2.absdiff(small, last).mean())
        self._still_s = self._still_s + STEP_S if changed < 0.5 else 0.0
        if small.mean() < 33:
            return "black"
        return "frozen" if self._still_s >= 8 else "online"


class Timed:
    """Our judge, fed what a camera's thread feeds it, and the processor time it takes."""

    def __init__(self) -> None:
        self._judge = HealthJudge()
        self.spent_s, self.looks = 0.0, 0

    def see(self, picture: Picture, t_s: float, offset_s: float | None) -> str:
        before = time.thread_time()
        state = self._judge.see(picture, t_s, offset_s).state
        self.spent_s += time.thread_time() - before
        self.looks += 1
        return state


@dataclass
class Told:
    """What one judge said: delays of what was told, what was told as another or missed, false alarms."""

    delays_s: list[float] = field(default_factory=list)
    otherwise: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    alarm_s: float = 0.0
    watched_s: float = 0.0


def play(scene: Scene, change: Change, lasts_s: float) -> Iterator[tuple[float, Picture]]:
    """Yield (seconds since the change began, picture); before it the scene as it is, for LEARN_S."""
    for look in range(int((LEARN_S + lasts_s) / STEP_S)):
        t_s = look * STEP_S - LEARN_S
        picture = scene.at(t_s)
        yield t_s, clock(picture if t_s < 0 else change(picture, t_s), t_s)


def frozen(scene: Scene, lasts_s: float, how: str) -> Iterator[tuple[float, Picture]]:
    """The picture stands: with its clock, behind its clock, or behind it before the camera's encoder."""
    stands = scene.at(0.0)
    looks = [n * STEP_S for n in range(int(lasts_s / STEP_S))]
    shown = [clock(stands, t_s if how != "frozen" else 0.0) for t_s in looks]
    if how == "frozen before the encoder":
        shown = coded(shown, whole_every=4, crf=28)
    yield from play(scene, lambda p, t: p, 0.0)
    yield from zip(looks, shown, strict=False)


def judged(told: Told, states: list[tuple[float, str]], right: frozenset[str], name: str) -> None:
    """Note what was said of a fault that began at 0 s."""
    first: dict[str, float] = {}
    for t_s, state in states:
        if t_s >= 0 and state != "online":
            first.setdefault(state, t_s)
    rightly = [t_s for state, t_s in first.items() if state in right]
    if rightly:
        told.delays_s.append(min(rightly))
    elif first:
        told.otherwise[min(first, key=lambda state: first[state])] += 1
    else:
        told.missed.append(name)


def alarmed(told: Told, states: list[tuple[float, str]], name: str) -> None:
    """Note what was said of a scene that is well."""
    before = "online"
    for _, state in states:
        told.watched_s += STEP_S
        if state != "online":
            told.alarm_s += STEP_S
            if state != before:
                told.alarms.append(f"{name}: {state}")
        before = state


def faults(
    roads: list[Scene],
) -> Iterator[tuple[str, frozenset[str], Scene, Iterator[tuple[float, Picture]]]]:
    """Yield every fault in every scene."""
    for scene in roads:
        for name in ("frozen", "frozen behind its clock", "frozen before the encoder"):
            yield name, frozenset({"frozen"}), scene, frozen(scene, FAULT_S, name)
        for name, (right, change) in FAULTS.items():
            yield name, right, scene, play(scene, change, LONG_FAULT_S.get(name, FAULT_S))


def measure(footage: Path, only: str = "") -> dict[str, Any]:
    """Play everything to both judges; return what they told."""
    roads = [scene for scene in scenes(footage) if only in scene.name]
    ours: dict[str, Told] = {}
    naive: dict[str, Told] = {}
    spent_s, looks = 0.0, 0

    def see(pictures: Iterator[tuple[float, Picture]]) -> tuple[list[tuple[float, str]], ...]:
        nonlocal spent_s, looks
        timed, plain = Timed(), Differences()
        said: tuple[list[tuple[float, str]], ...] = ([], [])
        for t_s, picture in pictures:
            for judge, states in zip((timed, plain), said, strict=True):
                states.append((t_s, judge.see(picture, t_s, None)))
        spent_s, looks = spent_s + timed.spent_s, looks + timed.looks
        return said

    for scene in roads:
        for name, change in WELL.items():
            for book, states in zip((ours, naive), see(play(scene, change, WELL_S)), strict=True):
                alarmed(book.setdefault(name, Told()), states, scene.name)
    for name, right, scene, pictures in faults(roads):
        for book, states in zip((ours, naive), see(pictures), strict=True):
            judged(book.setdefault(name, Told()), states, right, scene.name)
    return {
        "benchmark": "health",
        "scenes": [scene.name for scene in roads],
        "judge_ms_per_picture": round(1000 * spent_s / max(1, looks), 3),
        "faults": {name: _fault_row(ours[name], naive[name]) for name in ours if name not in WELL},
        "well": {name: _well_row(ours[name], naive[name]) for name in WELL},
        "clock": {f"{error_s:g} s": _clock_told(error_s) for error_s in CLOCK_ERRORS_S},
        "baseline": "frame difference; `TCP is up` tells none of these faults",
    }


def _clock_told(error_s: float) -> dict[str, Any]:
    """Return what is said of a camera whose clock is off, and after how long."""
    judge, picture = HealthJudge(), np.random.default_rng(1).integers(40, 200, (360, 640), np.uint8)
    for look in range(60):
        state = judge.see(picture ^ np.uint8(look % 2), look * STEP_S, error_s).state
        if state != "online":
            return {"state": state, "delay_s": look * STEP_S}
    return {"state": "online", "delay_s": None}


def _fault_row(ours: Told, naive: Told) -> dict[str, Any]:
    every = len(ours.delays_s) + sum(ours.otherwise.values()) + len(ours.missed)
    return {
        "played": every,
        "told": len(ours.delays_s),
        "told_as_another": dict(ours.otherwise),
        "missed": ours.missed,
        "delay_median_s": median(ours.delays_s) if ours.delays_s else None,
        "delay_longest_s": max(ours.delays_s, default=None),
        "baseline_told": len(naive.delays_s),
    }


def _well_row(ours: Told, naive: Told) -> dict[str, Any]:
    hours = ours.watched_s / 3600
    return {
        "hours": round(hours, 2),
        "false_alarms": ours.alarms,
        "false_alarms_per_hour": round(len(ours.alarms) / hours, 2),
        "share_of_time": round(ours.alarm_s / ours.watched_s, 4),
        "baseline_false_alarms_per_hour": round(len(naive.alarms) / hours, 2),
    }


def draw(result: dict[str, Any], path: Path) -> None:
    """Draw, fault by fault, in what share of the scenes it was told, by us and by frame difference."""
    from matplotlib.figure import Figure

    rows = result["faults"]
    places = np.arange(len(rows))
    figure = Figure(figsize=(7.2, 0.34 * len(rows) + 0.9), layout="constrained")
    axes = figure.add_subplot()
    for offset, name, colour, label in (
        (-0.2, "told", "#1f5fa8", "Watchgrid"),
        (0.2, "baseline_told", "#b9b9b9", "frame difference"),
    ):
        shares = [100 * row[name] / row["played"] for row in rows.values()]
        axes.barh(places + offset, shares, 0.4, color=colour, label=label)
    for place, row in zip(places, rows.values(), strict=True):
        if row["delay_median_s"] is not None:
            axes.text(101, place, f"{row['delay_median_s']:.0f} s", va="center", fontsize=8)
    axes.set_yticks(places, list(rows))
    axes.invert_yaxis()
    axes.set(xlim=(0, 112), xlabel="% of the scenes in which the fault was told; at the right after how long")
    axes.legend(loc="lower left", frameon=True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON, nothing else")
    parser.add_argument("--picture", type=Path, help="draw what was told, and when, into this SVG")
    parser.add_argument("--only", default="", help="only the scenes whose name holds this")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    np.random.seed(0)
    result = measure(SHARED / "data" / "traffic", options.only)
    if options.picture:
        draw(result, options.picture)
    print(json.dumps(result) if options.json else json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
