"""Finds and reads plates in photographs and vehicle crops: text found, straightened, looked at several times, decoded
under the grammar and fused. Owns the order of that work and what is let out; no tracking, no network of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.decoding import Evidence, decode, pool
from detection.grammar import ALPHABET, FORMS, UNREADABLE, kind_of
from detection.ocr import TextLook, TextNetworks, find_text, load_text_networks, recognise
from detection.plate_colour import ground_colour
from detection.plate_crops import Framing, box_of, size_of, straightened
from detection.vocabulary import Character, PlateRead

_PHOTOGRAPH_PX = 960
_VEHICLE_PX = 384
_FIRST_LOOK = Framing(0.2, 0.2, 0.0, 0.0)
_MORE_LOOKS = (Framing(0.4, 0.2, 0.08, 0.08), Framing(0.1, 0.1, -0.08, -0.08), Framing(0.3, 0.3, 0.0, 0.08))
_GROUND = Framing(0.0, 0.0, -0.05, -0.05, width_px=96, height_px=24)
_WORTH_ANOTHER_LOOK = -14.0
_LEAST_LIKELIHOOD = -9.0
_WRONG_GROUND = 4.0
_LEAST_READABLE = 0.3
_MOST_LINES = 24
_KEPT_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text that may be a plate, with what has been made of it so far."""

    quad: np.ndarray
    looks: tuple[TextLook, ...]
    evidence: Evidence


class PlateReader:
    """Reads plates. Holds the loaded networks; one reader may serve several threads."""

    def __init__(self, networks: TextNetworks) -> None:
        self._networks = networks

    def read(self, image: np.ndarray) -> list[PlateRead]:
        """Read every plate of a whole photograph (H x W x 3 uint8 BGR), the largest first."""
        return self._read(image, _PHOTOGRAPH_PX, _MORE_LOOKS)

    def read_vehicle(self, crop: np.ndarray) -> list[PlateRead]:
        """Read the plates of one vehicle's crop (h x w x 3 uint8 BGR), quickly: a small search and fewer looks."""
        return self._read(crop, _VEHICLE_PX, _MORE_LOOKS[:1])

    def _read(self, image: np.ndarray, longest_px: int, more: Sequence[Framing]) -> list[PlateRead]:
        quads = [quad for quad in find_text(self._networks, image, longest_px) if _could_be_plate(quad)]
        quads = sorted(quads, key=lambda quad: -float(np.prod(size_of(quad))))[:_MOST_LINES]
        reads = [_plate_read(image, line) for line in self._lines(image, quads, more)]
        return [read for read in reads if read is not None]

    def _lines(self, image: np.ndarray, quads: Sequence[np.ndarray], more: Sequence[Framing]) -> list[_Line]:
        """Look at every quad once, and again, with other framings, at those that begin to look like a plate."""
        firsts = recognise(self._networks, [straightened(image, quad, _FIRST_LOOK) for quad in quads])
        lines = []
        for quad, first in zip(quads, firsts, strict=True):
            evidence = decode(first.steps)
            if evidence.log_likelihoods.max() < _WORTH_ANOTHER_LOOK:
                continue
            looks = recognise(self._networks, [straightened(image, quad, framing) for framing in more])
            witnesses = [evidence, *[decode(look.steps) for look in looks]]
            pooled = pool(witnesses, [1 / len(witnesses)] * len(witnesses))
            lines.append(_Line(quad, (first, *looks), pooled))
        return lines


def load_plate_reader(threads: int = 1) -> PlateReader:
    """Load the text networks once, to run on that many CPU threads. Raises detection.ocr.ReaderModelsMissing."""
    return PlateReader(load_text_networks(threads))


def _could_be_plate(quad: np.ndarray) -> bool:
    width, height = size_of(quad)
    return height >= 5 and 1.5 * height <= width <= 12 * height


def _plate_read(image: np.ndarray, line: _Line) -> PlateRead | None:
    """Turn a line's evidence into a read, or None where it does not look like a plate."""
    ground = ground_colour(straightened(image, line.quad, _GROUND))
    best = int(np.argmax(line.evidence.log_likelihoods + _log_priors(ground)))
    if (line.evidence.log_likelihoods + _log_priors(ground))[best] < _LEAST_LIKELIHOOD:
        return None
    form = FORMS[best]
    posteriors = line.evidence.posteriors[best, : len(form.positions)]
    characters = tuple(_character(posterior) for posterior in posteriors)
    return PlateRead(
        text="".join(character.char for character in characters),
        confidence=min(character.confidence for character in characters),
        characters=characters,
        box=box_of(line.quad, image),
        kind=kind_of(form, ground),
        distributions=tuple(_distribution(posterior) for posterior in posteriors),
    )


def _log_priors(ground: str | None) -> np.ndarray:
    """Say how likely each form is before reading, given the ground colour."""
    misfits = [_WRONG_GROUND if ground is not None and ground not in form.grounds else 0.0 for form in FORMS]
    return -np.array([form.rarity for form in FORMS]) - np.array(misfits)


def _character(posterior: np.ndarray) -> Character:
    column = int(posterior.argmax())
    confidence = float(posterior[column])
    return Character(ALPHABET[column] if confidence >= _LEAST_READABLE else UNREADABLE, confidence)


def _distribution(posterior: np.ndarray) -> dict[str, float]:
    """Keep the likeliest characters of a position."""
    likeliest = np.argsort(posterior)[::-1][:_KEPT_CHARACTERS]
    return {ALPHABET[column]: float(posterior[column]) for column in likeliest if posterior[column] > 0}
