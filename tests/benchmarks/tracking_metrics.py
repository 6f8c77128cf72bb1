"""How well tracks follow the truth: HOTA, DetA, AssA, IDF1 and identity switches. Knows no detectors.

HOTA: Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking" (2020). IDF1: Ristani
et al. (2016). Identity switches: CLEAR MOT, Bernardin and Stiefelhagen (2008), at an overlap of 0.5.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from detection.boxes import overlaps
from detection.vocabulary import Box

ALPHAS = np.arange(0.05, 0.99, 0.05)
SAME = 0.5
"""Overlap from which IDF1 and CLEAR call two boxes the same."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One picture. truth, found: boxes by number. unjudged: true boxes too small or hidden to be asked for;
    what is found there counts for nothing."""

    truth: dict[int, Box]
    found: dict[int, Box]
    unjudged: Sequence[Box] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """All but `switches` from 0 to 1."""

    hota: float
    det_a: float
    ass_a: float
    idf1: float
    switches: int


@dataclass(frozen=True, slots=True)
class _Counted:
    """A moment with numbers counted from 0, and the overlap of every true box with every found one."""

    truth: np.ndarray
    found: np.ndarray
    overlap: np.ndarray


def figures(moments: Sequence[Moment]) -> Figures:
    """Return how well the found boxes and numbers follow the true ones, over all moments together."""
    counted, true_count, found_count = _counted([_judged(moment) for moment in moments])
    hota, det_a, ass_a = _hota(counted, true_count, found_count)
    return Figures(hota, det_a, ass_a, _idf1(counted, true_count, found_count), _switches(counted))


def _judged(moment: Moment) -> Moment:
    """Leave out what was found on true boxes that are not asked for, and on no other."""
    if not moment.unjudged or not moment.found:
        return moment
    numbers = list(moment.found)
    all_true = _array([*moment.truth.values(), *moment.unjudged])
    overlap = overlaps(all_true, _array(moment.found.values()), 0.0)
    rows, columns = linear_sum_assignment(-np.where(overlap >= SAME, overlap, 0.0))
    left_out = {
        numbers[column]
        for row, column in zip(rows, columns, strict=True)
        if row >= len(moment.truth) and overlap[row, column] >= SAME
    }
    return Moment(moment.truth, {n: box for n, box in moment.found.items() if n not in left_out})


def _counted(moments: Sequence[Moment]) -> tuple[list[_Counted], np.ndarray, np.ndarray]:
    """Return the moments, and in how many each true and each found number is."""
    true_index = {n: i for i, n in enumerate(dict.fromkeys(n for m in moments for n in m.truth))}
    found_index = {n: i for i, n in enumerate(dict.fromkeys(n for m in moments for n in m.found))}
    true_count, found_count = np.zeros(len(true_index)), np.zeros(len(found_index))
    counted = []
    for moment in moments:
        truth = np.array([true_index[n] for n in moment.truth], dtype=int)
        found = np.array([found_index[n] for n in moment.found], dtype=int)
        overlap = overlaps(_array(moment.truth.values()), _array(moment.found.values()), 0.0)
        counted.append(_Counted(truth, found, overlap))
        true_count[truth] += 1
        found_count[found] += 1
    return counted, true_count, found_count


def _hota(
    counted: Sequence[_Counted], true_count: np.ndarray, found_count: np.ndarray
) -> tuple[float, float, float]:
    likely = _likely_pairs(counted, true_count, found_count)
    matches = np.zeros((len(ALPHAS), len(true_count), len(found_count)))
    for moment in counted:
        if not moment.overlap.size:
            continue
        score = likely[np.ix_(moment.truth, moment.found)] * moment.overlap
        rows, columns = linear_sum_assignment(-score)
        hits = moment.overlap[rows, columns][None, :] >= ALPHAS[:, None] - 1e-9
        for alpha, hit in enumerate(hits):
            np.add.at(matches[alpha], (moment.truth[rows[hit]], moment.found[columns[hit]]), 1)
    true_positive = matches.sum(axis=(1, 2))
    det_a = true_positive / np.maximum(1, true_count.sum() + found_count.sum() - true_positive)
    either = true_count[None, :, None] + found_count[None, None, :] - matches
    ass_a = (matches * matches / np.maximum(1, either)).sum(axis=(1, 2)) / np.maximum(1, true_positive)
    return float(np.sqrt(det_a * ass_a).mean()), float(det_a.mean()), float(ass_a.mean())


def _likely_pairs(counted: Sequence[_Counted], true_count: np.ndarray, found_count: np.ndarray) -> np.ndarray:
    """Return for every true and found number how alike they are over all moments, 0 to 1."""
    together = np.zeros((len(true_count), len(found_count)))
    for moment in counted:
        if not moment.overlap.size:
            continue
        around = moment.overlap.sum(axis=0)[None, :] + moment.overlap.sum(axis=1)[:, None] - moment.overlap
        share = np.where(around > 1e-9, moment.overlap / np.maximum(around, 1e-9), 0.0)
        together[np.ix_(moment.truth, moment.found)] += share
    return np.asarray(together / (true_count[:, None] + found_count[None, :] - together))


def _idf1(counted: Sequence[_Counted], true_count: np.ndarray, found_count: np.ndarray) -> float:
    same = np.zeros((len(true_count), len(found_count)))
    for moment in counted:
        if moment.overlap.size:
            same[np.ix_(moment.truth, moment.found)] += moment.overlap >= SAME
    rows, columns = linear_sum_assignment(-same)
    all_boxes = true_count.sum() + found_count.sum()
    return float(2 * same[rows, columns].sum() / all_boxes) if all_boxes else 1.0


def _switches(counted: Sequence[_Counted]) -> int:
    """Count how often a true vehicle goes on under another number; pairs that still fit are kept first."""
    before: dict[int, int] = {}
    switches = 0
    for moment in counted:
        if not moment.overlap.size:
            continue
        kept = np.array([[before.get(t) == f for f in moment.found] for t in moment.truth], dtype=float)
        score = np.where(moment.overlap >= SAME, 1000 * kept + moment.overlap, 0.0)
        rows, columns = linear_sum_assignment(-score)
        for row, column in zip(rows, columns, strict=True):
            if score[row, column] > 0:
                true, found = int(moment.truth[row]), int(moment.found[column])
                switches += before.get(true, found) != found
                before[true] = found
    return switches


def _array(boxes: Iterable[Box]) -> np.ndarray:
    return np.array(list(boxes), dtype=float).reshape(-1, 4)
