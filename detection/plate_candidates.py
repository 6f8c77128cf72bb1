"""Lines that may be plates: how likely each is one, which are the same plate, and which is let out.

Owns the priors and thresholds. Takes no looks; what looks say comes in as accounts.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from detection.decoding import Evidence
from detection.grammar import ALPHABET, FORMS, RARE_OFFICES, Form, surplus_letters
from detection.ocr import TextLook
from detection.plate_lines import Rows, outline
from detection.plate_verdict import Account, verdict

WORTH_ANOTHER_LOOK = -16.0
WORTH_ASKING = -30.0
"""Score by our own network alone above which the text network is asked as well."""
_LEAST_LIKELIHOOD = -12.5
_LEAST_WITH_A_GAP = -9.0
_WRONG_GROUND = 4.0
_NEVER = 20.0
LEAST_READABLE = 0.5
"""Below, a character is more likely wrong than right, and stays unread."""
_LEAST_SECOND = 0.5
"""Least confidence of the second weakest position: one character may be lost, two make it a guess."""
_TOO_MANY_LETTERS = 7.0
_RARE_OFFICE = 3.0
_TWO_ROWS = 3.0
_SAME_PLATE_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class Heard:
    """What has been heard of a line.

    ground: its colour or None. said: the account of each network asked ("own", "text"). free: the line read
    without any grammar, where the text network has been asked.
    """

    rows: Rows
    ground: str | None
    said: dict[str, Account]
    free: TextLook | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may be a plate, and what was heard comes to.

    best: row of the likeliest form. score: its log-likelihood, how rare it is counted in.
    """

    heard: Heard
    evidence: Evidence
    best: int
    score: float


def weighed(heard: Heard) -> Candidate:
    """Make a candidate of what was heard of a line; at least one network must have been asked."""
    evidence = verdict(heard.said)
    scores = evidence.log_likelihoods + _log_priors(heard.ground, len(heard.rows))
    best = int(scores.argmax())
    posteriors = evidence.posteriors[best, : len(FORMS[best].positions)]
    text = "".join(ALPHABET[column] for column in posteriors.argmax(axis=1))
    doubts = (
        _TOO_MANY_LETTERS * surplus_letters(text)
        + _RARE_OFFICE * (text[1] in RARE_OFFICES)
        + _TWO_ROWS * (len(heard.rows) == 2)
    )
    return Candidate(heard, evidence, best, float(scores[best]) - doubts)


def _log_priors(ground: str | None, rows: int) -> np.ndarray:
    """Say how likely each form is before reading, given the ground colour and the rows of text."""
    painted = [form.stacked if rows == 2 else form.grounds for form in FORMS]
    misfits = [_WRONG_GROUND * (ground is not None and ground not in colours) for colours in painted]
    never = [_NEVER * (not colours) for colours in painted]
    return -np.array([form.rarity for form in FORMS]) - np.array(misfits) - np.array(never)


def score_of(candidate: Candidate) -> float:
    """Give a candidate's score."""
    return candidate.score


def apart(candidates: list[Candidate], worth: Callable[[Candidate], float]) -> list[Candidate]:
    """Of candidates that cover the same plate keep the worthiest; keep their order."""
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=worth, reverse=True):
        if all(overlap(candidate.heard.rows, other.heard.rows) < _SAME_PLATE_OVERLAP for other in kept):
            kept.append(candidate)
    return [candidate for candidate in candidates if any(candidate is other for other in kept)]


def overlap(one: Rows, other: Rows) -> float:
    """Measure the shared share of the smaller of two upright boxes."""
    corners = [outline(rows) for rows in (one, other)]
    low = np.max([corner.min(axis=0) for corner in corners], axis=0)
    high = np.min([corner.max(axis=0) for corner in corners], axis=0)
    smaller = min(float(np.prod(np.ptp(corner, axis=0))) for corner in corners)
    return float(np.prod(np.maximum(high - low, 0))) / max(smaller, 1e-6)


def peaks(candidate: Candidate) -> tuple[Form, np.ndarray]:
    """Give a candidate's best form and its posteriors, positions x ALPHABET."""
    form = FORMS[candidate.best]
    return form, candidate.evidence.posteriors[candidate.best, : len(form.positions)]


def certainty(candidate: Candidate) -> float:
    """Give the confidence of the least certain position."""
    return float(peaks(candidate)[1].max(axis=1).min())


def is_plate(candidate: Candidate) -> bool:
    """Say whether a candidate looks enough like a plate to be let out; in doubt it does not."""
    _, posteriors = peaks(candidate)
    weakest, second = np.sort(posteriors.max(axis=1))[:2]
    least = _LEAST_LIKELIHOOD if weakest >= LEAST_READABLE else _LEAST_WITH_A_GAP
    return candidate.score >= least and bool(second >= _LEAST_SECOND)
