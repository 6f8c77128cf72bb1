"""Plates found though misread or half known, among two million: our index beside SQL LIKE and a Python regex.

`python -m tests.benchmarks.plate_search --json [--plates N]`. The baselines find exact matches only. Misreads
to be found are drawn from confusions unlike the model's: its shape times noise.
"""

import argparse
import json
import os
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import insert, select, text

from operations.migrate import migrate
from operations.reads.codes import CODES, decoded, encoded
from operations.reads.confusions import Confusions, Counts, learned
from operations.reads.errors import PRIOR, ReadErrors
from operations.reads.plate_index import PlateIndex, plate_index
from operations.reads.prior import PLACES, prior_levels, prior_shape
from operations.reads.seen_plates import Kept, keep
from operations.store import Engine, reading, writing
from operations.tables import PlateRow
from tests.benchmarks.sightings import postgresql_database, sqlite_database

SEED, DAY = 44, date(2026, 11, 1)
ASKED, NEW = 12, 1_000
LEAST = (1e-3, 1e-4)
LOOKED_AT, LOOKS = 20_000, 4
SERIAL = [*"0123456789" * 3, *"ABCDEFGHJKLMNPQRSTUVWXYZ"]
PROVINCES = [*"浙" * 40, *"沪苏皖赣闽豫鲁粤川渝"]
OFFICES = [*"J" * 20, *"ABCDEFGHKL" * 2, *"MNPQR"]


@dataclass(slots=True)
class Times:
    """Milliseconds of each question: on the wall and of the processor."""

    wall_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    found: int = 0

    def ask(self, question: Callable[[], Iterable[Any]]) -> None:
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        self.found += len(list(question()))
        self.cpu_ms.append((time.process_time() - cpu_s) * 1e3)
        self.wall_ms.append((time.perf_counter() - wall_s) * 1e3)

    def summary(self) -> dict[str, float]:
        return {
            "p50_ms": round(float(np.median(self.wall_ms)), 1),
            "p95_ms": round(float(np.percentile(self.wall_ms, 95)), 1),
            "cpu_p95_ms": round(float(np.percentile(self.cpu_ms, 95)), 1),
            "found": round(self.found / len(self.wall_ms), 1),
        }


def main() -> None:
    """Measure and print a line per kind of question, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--plates", type=int, default=2_000_000)
    options = parser.parse_args()
    rng = np.random.default_rng(SEED)
    texts = distinct_plates(options.plates, rng)
    asked = questions([texts[each] for each in rng.integers(0, len(texts), ASKED)], rng)
    result: dict[str, Any] = {"benchmark": "plate_search", "plates": len(texts), "seed": SEED}
    for name, database in (("sqlite", sqlite_database), ("postgresql", postgresql_database)):
        with database() as engine:
            migrate(engine, DAY)
            fill(engine, texts)
            result[name] = measure_database(engine, asked)
            with reading(engine) as session:
                index = plate_index(session)
    result["index"] = {kind: measure_index(index, patterns) for kind, patterns in asked.items()}
    result["regex"] = {kind: measure_regex(texts, patterns[:2]) for kind, patterns in asked.items()}
    result["misreads_found"] = misreads_found(texts, rng)
    result["model"] = measure_model(texts)
    result["bytes_a_plate"] = round(index.held_bytes / len(index), 1)
    result["load"] = [round(each, 1) for each in os.getloadavg()]
    print(json.dumps(result, ensure_ascii=False) if options.json else told(result))


def distinct_plates(count: int, rng: np.random.Generator) -> list[str]:
    """Return about `count` plates: 15 % of new energy, one in five foreign to the county."""
    parts = [rng.choice(PROVINCES, count), rng.choice(OFFICES, count), rng.choice(["D", "F"], count)]
    parts += [rng.choice(SERIAL, count) for _ in range(5)]
    green = rng.random(count) < 0.15
    parts[2] = np.where(green, parts[2], "")
    made = ["".join(chars) for chars in zip(*(part.tolist() for part in parts), strict=True)]
    return list(dict.fromkeys(made))


def questions(plates: list[str], rng: np.random.Generator) -> dict[str, list[str]]:
    """Return patterns by kind, each made of a plate that there is."""

    def unknown(plate: str, count: int) -> str:
        places = rng.choice(np.arange(1, len(plate)), count, replace=False)
        return "".join("?" if place in places else char for place, char in enumerate(plate))

    return {
        "whole plate": plates,
        "one unknown": [unknown(plate, 1) for plate in plates],
        "three unknown": [unknown(plate, 3) for plate in plates],
        "last four": ["*" + plate[-4:] for plate in plates],
        "first four": [plate[:4] + "*" for plate in plates],
        "middle": [plate[0] + "*" + plate[3:6] + "*" for plate in plates],
        "two apart": ["*" + plate[3] + "*" + plate[5:] for plate in plates],
    }


def fill(engine: Engine, texts: list[str]) -> None:
    """Put all plates into the table, the quickest way each database has."""
    if engine.dialect.name == "postgresql":
        connection = engine.raw_connection()
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY plates (text, first_day, last_day) FROM STDIN") as copy,
        ):
            for each in texts:
                copy.write_row((each, DAY, DAY))
        connection.commit()
        connection.close()
    else:
        with writing(engine) as session:
            rows = [{"text": each, "first_day": DAY, "last_day": DAY} for each in texts]
            session.connection().execute(insert(PlateRow.__table__), rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE plates"))


def measure_database(engine: Engine, asked: dict[str, list[str]]) -> dict[str, Any]:
    """Return what the database's own LIKE takes, and what reading and refreshing the index does."""
    result: dict[str, Any] = {"like": {kind: measure_like(engine, some[:4]) for kind, some in asked.items()}}
    with reading(engine) as session:
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        plate_index(session)
        result["first_read_s"] = round(time.perf_counter() - wall_s, 2)
        result["first_read_cpu_s"] = round(time.process_time() - cpu_s, 2)
    fresh, nothing = Times(), Times()
    for number in range(5):
        with writing(engine) as session:
            keep(session, Kept(), [(f"沪Z{number}{each:05d}", DAY) for each in range(NEW)])
        with reading(engine) as session:
            fresh.ask(lambda session=session: [plate_index(session)])  # type: ignore[misc]
            nothing.ask(lambda session=session: [plate_index(session)])  # type: ignore[misc]
    return {**result, f"refresh_{NEW}_new": fresh.summary(), "refresh_nothing_new": nothing.summary()}


def measure_like(engine: Engine, patterns: list[str]) -> dict[str, float]:
    times = Times()
    with reading(engine) as session:
        for pattern in patterns:
            like = PlateRow.text.like(pattern.replace("?", "_").replace("*", "%"))
            times.ask(lambda like=like: session.scalars(select(PlateRow.text).where(like).limit(200)).all())  # type: ignore[misc]
    return times.summary()


def measure_regex(texts: list[str], patterns: list[str]) -> dict[str, float]:
    times = Times()
    for pattern in patterns:
        fits = re.compile(pattern.replace("?", ".").replace("*", ".*")).fullmatch
        times.ask(lambda fits=fits: [each for each in texts if fits(each)])  # type: ignore[misc]
    return times.summary()


def measure_index(index: PlateIndex, patterns: list[str]) -> dict[str, dict[str, float]]:
    """Return the times of exact and of fuzzy search down to each least probability."""
    ways = {"exact": Times(), **{f"{least:g}": Times() for least in LEAST}}
    for pattern in patterns:
        ways["exact"].ask(lambda pattern=pattern: index.search(pattern, None))  # type: ignore[misc]
        for least in LEAST:
            ask = ways[f"{least:g}"].ask
            ask(lambda pattern=pattern, least=least: index.search(pattern, PRIOR, least))  # type: ignore[misc]
    return {way: times.summary() for way, times in ways.items()}


def misreads_found(texts: list[str], rng: np.random.Generator) -> dict[str, dict[str, float]]:
    """Return what share of misreads a search for the true plate brings to light, by least probability.

    By the prior, and by what LOOKED_AT tracks' looks (erring three times as often) have taught it.
    """
    shape = unlike_the_prior(rng)
    trues = [texts[each] for each in rng.integers(0, len(texts), 400)]
    reads = [misread(true, shape, rng) for true in trues]
    index = PlateIndex(list(dict.fromkeys([*texts[:200_000], *reads])))
    taught = ReadErrors(learned(looks(texts, shape, rng), Counts()))

    def share(errors: ReadErrors | None, least: float) -> float:
        hits = (
            any(likely.text == read for likely in index.search(true, errors, least))
            for true, read in zip(trues, reads, strict=True)
        )
        return round(sum(hits) / len(trues), 3)

    def bits(errors: ReadErrors) -> float:
        chances = [errors.probability(read, true) for true, read in zip(trues, reads, strict=True)]
        return round(float(-np.log2(chances).mean()), 2)

    wanted = (*LEAST, 1e-5, 1e-6)
    return {
        "exact": {"0": share(None, 1.0)},
        "prior": {f"{least:g}": share(PRIOR, least) for least in wanted},
        "taught_by_looks": {f"{least:g}": share(taught, least) for least in wanted},
        "bits_a_misread": {
            "prior": bits(PRIOR),
            "taught_by_looks": bits(taught),
            "best_possible": bits(ReadErrors(Confusions(with_shape(shape)))),
        },
    }


def unlike_the_prior(rng: np.random.Generator) -> np.ndarray:
    """Return a shape of confusions (PLACES x CODES x CODES) that is the prior's times log-normal noise."""
    shape = prior_shape() * rng.lognormal(0.0, 1.0, (CODES, CODES))
    return shape / np.maximum(shape.sum(axis=2, keepdims=True), 1e-9)


def with_shape(shape: np.ndarray) -> np.ndarray:
    """Return the table of the prior's levels with another shape."""
    table = prior_levels()[:, :, None] * shape
    every = np.arange(CODES)
    table[:, every, every] = 1.0 - prior_levels()
    return table


def looks(texts: list[str], shape: np.ndarray, rng: np.random.Generator) -> Counts:
    """Return the misreads that looks at LOOKED_AT passes show, each once a pass as learning counts them."""
    counts = Counts()
    for true in (texts[each] for each in rng.integers(0, len(texts), LOOKED_AT)):
        chances = [3 * LOOKS * (1.0 - PRIOR.character(place, char, char)) for place, char in enumerate(true)]
        codes = encoded([true])[0]
        for place in np.flatnonzero(rng.random(len(true)) < chances).tolist():
            read = rng.choice(CODES, p=shape[min(place, PLACES - 1), codes[place]])
            counts.table[min(place, PLACES - 1), codes[place], read] += 1
    return counts


def misread(true: str, shape: np.ndarray, rng: np.random.Generator) -> str:
    """Return a plate with one character misread, in nine of ten; two in the others."""
    codes = encoded([true])[0].copy()
    weights = np.array([1.0 - PRIOR.character(place, char, char) for place, char in enumerate(true)])
    count = 1 if rng.random() < 0.9 else 2
    for place in rng.choice(len(true), count, replace=False, p=weights / weights.sum()):
        codes[place] = rng.choice(CODES, p=shape[min(place, PLACES - 1), codes[place]])
    return decoded(codes[None])[0]


def measure_model(texts: list[str]) -> dict[str, dict[str, float]]:
    """Return microseconds of likely_truths for plates not asked before, and how many it names."""
    result = {}
    for place, least in enumerate(LEAST):
        some = texts[place * 2_000 : place * 2_000 + 2_000]
        cpu_s = time.process_time()
        named = sum(len(PRIOR.likely_truths(each, least)) for each in some)
        taken_us = (time.process_time() - cpu_s) / len(some) * 1e6
        result[f"{least:g}"] = {"cpu_us": round(taken_us, 1), "named": round(named / len(some), 1)}
    return result


def told(result: dict[str, Any]) -> str:
    lines = [f"{result['plates']} plates, {result['bytes_a_plate']} bytes each; load {result['load']}"]
    for kind, ways in result["index"].items():
        ours = ", ".join(f"{way}: {each['p95_ms']:.0f}" for way, each in ways.items())
        like = ", ".join(
            f"{name} {result[name]['like'][kind]['p95_ms']:.0f}" for name in ("sqlite", "postgresql")
        )
        lines.append(f"{kind:<14} p95 ms {ours}; LIKE {like}; regex {result['regex'][kind]['p95_ms']:.0f}")
    rest = {key: result[key] for key in ("misreads_found", "model")}
    return "\n".join([*lines, json.dumps(rest)])


if __name__ == "__main__":
    main()
