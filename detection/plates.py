"""Finds and reads plates in photographs and vehicle crops. Owns the order of the work and what is let out as
a plate;
the networks, the looks and the decoding have their own modules. No tracking."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from detection.decoding import Evidence
from detection.foreign_plates import foreign_read
from detection.grammar import (
    ALPHABET,
    FORMS,
    RARE_OFFICES,
    TWO_ROW_GROUNDS,
    UNREADABLE,
    Form,
    kind_of,
    surplus_letters,
)
from detection.ocr import TextLook, TextNetworks, find_text, load_text_networks
from detection.plate_colour import ground_colour
from detection.plate_crops import Framing, box_of, straightened
from detection.plate_lines import Rows, outline, plate_lines
from detection.plate_looks import SECOND, THIRD, first_looks, look_again, upright
from detection.vocabulary import Character, PlateRead


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a picture is worth.

    searches_px: the longer side of the picture in which text is searched, size after size until a plate is
    certain.
    framings: the looks after the first. doubtful_below: a plate less certain than this gets an upright look
    too.
    certain_above: a plate read more certainly than this at first sight is looked at no more.
    """

    searches_px: tuple[int, ...]
    framings: tuple[Framing, ...]
    doubtful_below: float
    certain_above: float = 1.0


PHOTOGRAPH = Effort((960, 1600, 640), (SECOND, THIRD), doubtful_below=0.9)
VEHICLE = Effort((320,), (SECOND,), doubtful_below=0.0, certain_above=0.99)

_GROUND = Framing(0.0, 0.0, -0.05, -0.05, width_px=96, height_px=24)
_WORTH_ANOTHER_LOOK = -16.0
_LEAST_LIKELIHOOD = -12.5
_LEAST_WITH_A_GAP = -9.0
_WRONG_GROUND = 4.0
_NEVER = 20.0
_LEAST_READABLE = 0.3
_LEAST_SECOND = 0.5
"""Least confidence of the second weakest position: one character may be lost, two make it a guess."""
_TOO_MANY_LETTERS = 7.0
_RARE_OFFICE = 3.0
_TWO_ROWS = 3.0
_KEPT_CHARACTERS = 8
_SAME_PLATE_OVERLAP = 0.3
_LEAST_SIDE_PX = 8


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A line that may be a plate. look: the first look, read freely. score: log-likelihood of its best form,
    how
    rare that is counted in.
    """

    rows: Rows
    ground: str | None
    look: TextLook
    evidence: Evidence
    best: int
    score: float


class PlateReader:
    """Reads plates. Holds the loaded networks and nothing else; several threads may share one."""

    def __init__(self, networks: TextNetworks) -> None:
        self._networks = networks

    def read(self, image: np.ndarray, effort: Effort = PHOTOGRAPH) -> list[PlateRead]:
        """Read every plate of a picture (H x W x 3 uint8 BGR), the largest first; boxes are in its pixels."""
        if min(image.shape[:2]) < _LEAST_SIDE_PX:
            return []
        found: list[_Candidate] = []
        seen: list[_Candidate] = []
        for longest_px in effort.searches_px:
            begun = self._begun(image, longest_px)
            hopeful = _apart([one for one in begun if one.score >= _WORTH_ANOTHER_LOOK], _score)
            finished = [self._finished(image, candidate, effort) for candidate in hopeful]
            found = _apart([*found, *filter(_is_plate, finished)], _certainty)
            seen += begun
            if any(_certainty(candidate) >= effort.doubtful_below for candidate in found):
                break
        return [_plate_read(image, candidate) for candidate in found] + _foreign_reads(image, seen, found)

    def _begun(self, image: np.ndarray, longest_px: int) -> list[_Candidate]:
        """Search once and look once at every line found, the largest first."""
        lines = [
            rows
            for rows in plate_lines(find_text(self._networks, image, longest_px))
            if len(rows) == 1 or _ground(image, rows) in TWO_ROW_GROUNDS
        ]
        firsts = first_looks(self._networks, image, lines)
        return [_candidate(image, rows, *first) for rows, first in zip(lines, firsts, strict=True)]

    def read_vehicle(self, crop: np.ndarray) -> list[PlateRead]:
        """Read the plates in the crop of one vehicle (h x w x 3 uint8 BGR) quickly: a small search, fewer
        looks."""
        return self.read(crop, VEHICLE)

    def _finished(self, image: np.ndarray, candidate: _Candidate, effort: Effort) -> _Candidate:
        """Look at a candidate as often as the effort allows."""
        if len(candidate.rows) == 2 or _certainty(candidate) > effort.certain_above:
            return candidate
        quad, first = candidate.rows[0], candidate.evidence
        again = look_again(self._networks, image, quad, first, effort.framings)
        done = _candidate(image, candidate.rows, candidate.look, again)
        if _certainty(done) >= effort.doubtful_below:
            return done
        straight = upright(image, quad)
        ((look, first_upright),) = first_looks(self._networks, image, [(straight,)])
        leaned = look_again(self._networks, image, straight, first_upright, effort.framings)
        return max(done, _candidate(image, (straight,), look, leaned), key=_certainty)


def load_plate_reader(threads: int = 1) -> PlateReader:
    """Load the text networks once, to run on that many CPU threads. Raises
    detection.ocr.ReaderModelsMissing."""
    return PlateReader(load_text_networks(threads))


def _ground(image: np.ndarray, rows: Rows) -> str | None:
    return ground_colour(straightened(image, rows[-1], _GROUND))


def _candidate(image: np.ndarray, rows: Rows, look: TextLook, evidence: Evidence) -> _Candidate:
    ground = _ground(image, rows)
    scores = evidence.log_likelihoods + _log_priors(ground, len(rows))
    best = int(scores.argmax())
    posteriors = evidence.posteriors[best, : len(FORMS[best].positions)]
    text = "".join(ALPHABET[column] for column in posteriors.argmax(axis=1))
    doubts = (
        _TOO_MANY_LETTERS * surplus_letters(text)
        + _RARE_OFFICE * (text[1] in RARE_OFFICES)
        + _TWO_ROWS * (len(rows) == 2)
    )
    return _Candidate(rows, ground, look, evidence, best, float(scores[best]) - doubts)


def _log_priors(ground: str | None, rows: int) -> np.ndarray:
    """Say how likely each form is before reading, given the ground colour and the rows of text."""
    painted = [form.stacked if rows == 2 else form.grounds for form in FORMS]
    misfits = [_WRONG_GROUND * (ground is not None and ground not in colours) for colours in painted]
    never = [_NEVER * (not colours) for colours in painted]
    return -np.array([form.rarity for form in FORMS]) - np.array(misfits) - np.array(never)


def _score(candidate: _Candidate) -> float:
    return candidate.score


def _apart(candidates: list[_Candidate], worth: Callable[[_Candidate], float]) -> list[_Candidate]:
    """Of candidates that cover the same plate keep the worthiest; keep their order."""
    kept: list[_Candidate] = []
    for candidate in sorted(candidates, key=worth, reverse=True):
        if all(_overlap(candidate, other) < _SAME_PLATE_OVERLAP for other in kept):
            kept.append(candidate)
    return [candidate for candidate in candidates if any(candidate is other for other in kept)]


def _overlap(one: _Candidate, other: _Candidate) -> float:
    """Measure the shared share of the smaller of two upright boxes."""
    corners = [outline(candidate.rows) for candidate in (one, other)]
    low = np.max([corner.min(axis=0) for corner in corners], axis=0)
    high = np.min([corner.max(axis=0) for corner in corners], axis=0)
    smaller = min(float(np.prod(np.ptp(corner, axis=0))) for corner in corners)
    return float(np.prod(np.maximum(high - low, 0))) / max(smaller, 1e-6)


def _peaks(candidate: _Candidate) -> tuple[Form, np.ndarray]:
    """Give a candidate's best form and its posteriors, positions x ALPHABET."""
    form = FORMS[candidate.best]
    return form, candidate.evidence.posteriors[candidate.best, : len(form.positions)]


def _certainty(candidate: _Candidate) -> float:
    """Give the confidence of the least certain position."""
    return float(_peaks(candidate)[1].max(axis=1).min())


def _is_plate(candidate: _Candidate) -> bool:
    """Say whether a candidate looks enough like a plate to be let out; in doubt it does not."""
    _, posteriors = _peaks(candidate)
    weakest, second = np.sort(posteriors.max(axis=1))[:2]
    least = _LEAST_LIKELIHOOD if weakest >= _LEAST_READABLE else _LEAST_WITH_A_GAP
    return candidate.score >= least and bool(second >= _LEAST_SECOND)


def _plate_read(image: np.ndarray, candidate: _Candidate) -> PlateRead:
    form, posteriors = _peaks(candidate)
    characters = tuple(_character(posterior) for posterior in posteriors)
    if characters[0].char == UNREADABLE:
        # A missing province may also be a plate of another country, pressed into the grammar.
        foreign = foreign_read(image, candidate.rows[0], candidate.look)
        if foreign is not None:
            return foreign
    return PlateRead(
        text="".join(character.char for character in characters),
        confidence=min(character.confidence for character in characters),
        characters=characters,
        box=box_of(outline(candidate.rows), image),
        kind=kind_of(form, candidate.ground, rows=len(candidate.rows)),
        distributions=tuple(_distribution(posterior) for posterior in posteriors),
    )


def _foreign_reads(image: np.ndarray, seen: list[_Candidate], plates: list[_Candidate]) -> list[PlateRead]:
    """Read what looks like a plate of another country among the lines that are no Chinese plate."""
    left = [one for one in seen if len(one.rows) == 1 and all(_overlap(one, plate) == 0 for plate in plates)]
    reads = [foreign_read(image, one.rows[0], one.look) for one in _apart(left, _freedom)]
    return [read for read in reads if read is not None]


def _freedom(candidate: _Candidate) -> float:
    """Say how sure the free reading of a candidate is."""
    return candidate.look.log_free


def _character(posterior: np.ndarray) -> Character:
    column = int(posterior.argmax())
    confidence = float(posterior[column])
    return Character(ALPHABET[column] if confidence >= _LEAST_READABLE else UNREADABLE, confidence)


def _distribution(posterior: np.ndarray) -> dict[str, float]:
    """Keep the likeliest characters of a position."""
    likeliest = np.argsort(posterior)[::-1][:_KEPT_CHARACTERS]
    return {ALPHABET[column]: float(posterior[column]) for column in likeliest if posterior[column] > 0}
