"""Speed of questions about vehicles in a stored month: path, search, clone, companions, where next.

Each is answered by the functions that the API calls (`operations.questions.kinds.answer_of`, then what its
JSON is made of), beside the bare database fetching the rows that the answer must touch, in the same run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from operations.questions.found import MOST_SHOWN, Found
from operations.questions.kinds import answer_of
from operations.questions.question import Question
from operations.reads.errors import read_errors
from operations.reads.plate_index import plate_index
from operations.store import Engine, Session, reading
from operations.tracks import clones
from operations.tracks.joining import Asked, readings_of
from operations.tracks.readings import Reading
from operations.tracks.track import path_of, track_json, tracks_of
from operations.tracks.travel import travel_times
from tests.benchmarks.county_plates import as_numbers, as_texts
from tests.benchmarks.county_truth import Month
from tests.benchmarks.trajectories_measure import Bare, Times, beside

Json = dict[str, Any]

SIZES = ((1, 1), (2, 5), (6, 20), (21, 100), (101, 500), (501, 10**9))
PER_SIZE = 30
PATTERNS = 100
VEHICLES = 30
EVERYTHING = "SELECT * FROM sightings WHERE plate IN ({}) AND seen_at >= ? AND seen_at < ? ORDER BY seen_at"
AT_A_CAMERA = (
    "SELECT id, plate, camera_id, seen_at FROM sightings WHERE camera_id = ? AND seen_at BETWEEN ? AND ?"
)
NEAR = timedelta(seconds=180)


@dataclass(frozen=True)
class Asking:
    """Where questions are asked: a stored month and its database."""

    engine: Engine
    month: Month
    bare: Bare
    rng: np.random.Generator

    @property
    def until(self) -> datetime:
        return self.month.wishes.ends + timedelta(hours=1)

    @property
    def since(self) -> datetime:
        return self.month.wishes.ends - timedelta(days=30)

    def ask(self, kind: str, plate: str) -> Found:
        """Answer one question in a session of its own, as a request does, up to what becomes JSON."""
        question = Question(
            case_number="-", reason="benchmark", since=self.since, until=self.until, kind=kind, plate=plate
        )
        with reading(self.engine) as session:
            found = answer_of(session, question, self.month.wishes.ends)
            _ = [track_json(track) for track in found.tracks], path_of(found.tracks)
            return found

    def track(self, plate: str) -> None:
        """Find a plate's readings and put its ways together: a path without what its JSON is made of."""
        with reading(self.engine) as session:
            tracks_of(plate, self._readings(session, plate), travel_times(session))

    def check(self, plate: str) -> None:
        """Find a plate's readings and weigh whether they are of two vehicles: a check without its tracks."""
        with reading(self.engine) as session:
            clones.check(self._readings(session, plate), travel_times(session), read_errors(session))

    def _readings(self, session: Session, plate: str) -> list[Reading]:
        return readings_of(session, Asked(plate, self.since, self.until, True, MOST_SHOWN))


def path(asking: Asking) -> Json:
    """Time the paths of plates drawn evenly over the range of how often they were seen, and as they occur."""
    asking.ask("path", _plates_seen(asking.month, asking.rng, 21, 100)[0])  # what a process works out once
    ours, bare, by_size = Times(), Times(), {}
    for fewest, most in SIZES:
        plates = _plates_seen(asking.month, asking.rng, fewest, most)
        if not plates:
            continue
        mine, base, shown = Times(), Times(), []
        for plate in plates:
            shown.append(_with_rows(asking, "path", plate, mine, base))
        by_size[f"{fewest}-{most}" if most < 10**9 else f"over {fewest - 1}"] = {
            **beside(mine, base),
            "rows": [min(shown), int(np.median(shown)), max(shown)],
        }
        _extend(ours, mine)
        _extend(bare, base)
    occurring, occurring_bare, alone = Times(), Times(), Times()
    for plate in _plates_drawn(asking.month, asking.rng, 100):
        _with_rows(asking, "path", plate, occurring, occurring_bare)
        alone.take(lambda plate=plate: asking.track(plate))
    return {
        "evenly_over_the_range": beside(ours, bare),
        "as_they_occur": beside(occurring, occurring_bare),
        "as_they_occur_without_json": alone.told(),
        "by_sightings": by_size,
    }


def search(asking: Asking) -> Json:
    """Time fuzzy and partial searches; bare: LIKE over the plates, then the sightings of the answer."""
    month, rng = asking.month, asking.rng
    asking.ask("search", "浙J*01")
    ours, bare, found = Times(), Times(), []
    by_form: dict[str, tuple[Times, Times]] = {}
    for number, plate in enumerate(_plates_drawn(month, rng, PATTERNS)):
        form, pattern = _forms(plate, rng)[number % 4]
        mine, base = by_form.setdefault(form, (Times(), Times()))
        answer = mine.take(lambda pattern=pattern: asking.ask("search", pattern))
        texts = [vehicle["plate"] for vehicle in answer.vehicles] or [plate]
        like = pattern.replace("?", "_").replace("*", "%")
        base.take(lambda like=like, texts=texts: _bare_search(asking, like, texts))
        found.append(len(texts))
    for mine, base in by_form.values():
        _extend(ours, mine)
        _extend(bare, base)
    return {
        **beside(ours, bare),
        "vehicles_median": int(np.median(found)),
        "by_form": {form: beside(*times) for form, times in by_form.items()},
    }


def index_only(asking: Asking) -> Json:
    """Time the searches in the plate index alone; bare: LIKE over the table of plates."""
    with reading(asking.engine) as session:
        index, errors = plate_index(session), read_errors(session)
    ours, bare = Times(), Times()
    for number, plate in enumerate(_plates_drawn(asking.month, asking.rng, 2 * PATTERNS)):
        pattern = _forms(plate, asking.rng)[number % 4][1]
        like = pattern.replace("?", "_").replace("*", "%")
        ours.take(lambda pattern=pattern: index.search(pattern, errors))
        bare.take(lambda like=like: asking.bare.rows("SELECT text FROM plates WHERE text LIKE ?", (like,)))
    return {"plates": len(index), **beside(ours, bare)}


def clone(asking: Asking) -> Json:
    """Time the check of one plate for two vehicles: half of them clones, half plates seen as often."""
    told = _from_a_vehicle(asking, "clone", lambda plate, answer: _rows_of(asking, plate, answer))
    alone = Times()
    for plate in [
        *(clone.plate for clone in asking.month.truth.clones),
        *_plates_seen(asking.month, asking.rng, 40, 300),
    ]:
        alone.take(lambda plate=plate: asking.check(plate))
    return {**told, "check_alone": alone.told()}


def companions(asking: Asking) -> Json:
    """Time co-travel of one vehicle; bare: who passed its cameras within three minutes of its passes."""

    def near(plate: str, answer: Found) -> int:
        passes = _rows_of(asking, plate, answer)
        columns = "SELECT camera_id, seen_at FROM sightings WHERE plate = ? AND seen_at >= ? AND seen_at < ?"
        count = 0
        for camera, at in asking.bare.rows(columns, (plate, asking.since, asking.until)):
            at = datetime.fromisoformat(at) if isinstance(at, str) else at
            count += len(asking.bare.rows(AT_A_CAMERA, (camera, at - NEAR, at + NEAR)))
        return passes + count

    return _from_a_vehicle(asking, "companions", near)


def where_next(asking: Asking) -> Json:
    """Time where a vehicle goes next; bare: its newest sighting's row."""
    newest = "SELECT * FROM sightings WHERE plate = ? ORDER BY seen_at DESC LIMIT 1"
    return _from_a_vehicle(asking, "next", lambda plate, _: len(asking.bare.rows(newest, (plate,))))


def _from_a_vehicle(asking: Asking, kind: str, rows: Callable[[str, Found], int]) -> Json:
    plates = [clone.plate for clone in asking.month.truth.clones[: VEHICLES // 2]]
    plates += [asking.month.plate(pair.vehicle) for pair in asking.month.truth.companions[: VEHICLES // 3]]
    plates += _plates_seen(asking.month, asking.rng, 101, 500)[: VEHICLES // 3]
    plates += _plates_seen(asking.month, asking.rng, 501, 10**9)[: VEHICLES // 6]
    asking.ask(kind, plates[0])
    ours, bare, touched = Times(), Times(), []
    for plate in plates:
        answer = ours.take(lambda plate=plate: asking.ask(kind, plate))
        touched.append(bare.take(lambda plate=plate, answer=answer: rows(plate, answer)))
    return {**beside(ours, bare), "rows": [min(touched), int(np.median(touched)), max(touched)]}


def _with_rows(asking: Asking, kind: str, plate: str, ours: Times, bare: Times) -> int:
    """Ask, then fetch the same plate texts bare; return how many rows."""
    answer = ours.take(lambda: asking.ask(kind, plate))
    return int(bare.take(lambda: _rows_of(asking, plate, answer)))


def _rows_of(asking: Asking, plate: str, answer: Found) -> int:
    texts = sorted({item["plate"] for item in answer.items} | {plate})
    statement = EVERYTHING.format(", ".join("?" * len(texts)))
    return len(asking.bare.rows(statement, (*texts, asking.since, asking.until)))


def _bare_search(asking: Asking, like: str, texts: list[str]) -> int:
    count = len(asking.bare.rows("SELECT text FROM plates WHERE text LIKE ?", (like,)))
    statement = EVERYTHING.format(", ".join("?" * len(texts)))
    return count + len(asking.bare.rows(statement, (*texts, asking.since, asking.until)))


def _forms(plate: str, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Return a plate as investigators have it: whole, two characters open, its end only, one wrong."""
    open_at = rng.choice(np.arange(2, len(plate)), 2, replace=False)
    two_open = "".join("?" if i in open_at else char for i, char in enumerate(plate))
    wrong = int(rng.integers(2, len(plate)))
    other = plate[:wrong] + ("7" if plate[wrong] != "7" else "3") + plate[wrong + 1 :]
    return [("whole", plate), ("two open", two_open), ("last four", f"*{plate[-4:]}"), ("one wrong", other)]


def _plates_drawn(month: Month, rng: np.random.Generator, count: int) -> list[str]:
    """Return plates of vehicles drawn as they occur, each vehicle as likely as another."""
    seen = np.unique(month.vehicle[rng.integers(len(month), size=200_000)])
    return as_texts(month.plate_of[rng.choice(seen[seen >= 0], count)]).tolist()


def _plates_seen(month: Month, rng: np.random.Generator, fewest: int, most: int) -> list[str]:
    """Return up to PER_SIZE plate texts that were read so often."""
    counts = counts_of(month)
    fit = np.flatnonzero((counts[1] >= fewest) & (counts[1] <= most))
    chosen = rng.permutation(fit)[:PER_SIZE]
    return as_texts(counts[0][chosen].view(np.uint8).reshape(-1, 8)).tolist()


_counted: dict[int, tuple[NDArray[np.uint64], NDArray[np.int64]]] = {}


def counts_of(month: Month) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return every text that was read, as a number, and how often; worked out once."""
    if id(month) not in _counted:
        numbers, counts = np.unique(as_numbers(month.read), return_counts=True)
        _counted[id(month)] = numbers[numbers != 0], counts[numbers != 0]
    return _counted[id(month)]


def _extend(times: Times, more: Times) -> None:
    times.wall_s += more.wall_s
    times.cpu_s += more.cpu_s
