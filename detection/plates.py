"""Finds and reads plates in photographs and vehicle crops. Owns the order of the work.

The networks, the looks, the weighing and what is let out have their own modules. No tracking.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from detection.decoding import Evidence
from detection.foreign_plates import foreign_read, may_be_foreign
from detection.grammar import ALPHABET, TWO_ROW_GROUNDS, UNREADABLE, kind_of
from detection.ocr import find_text, load_text_networks
from detection.plate_candidates import (
    LEAST_READABLE,
    WORTH_ANOTHER_LOOK,
    WORTH_ASKING,
    Candidate,
    Heard,
    apart,
    certainty,
    is_plate,
    overlap,
    peaks,
    score_of,
    weighed,
)
from detection.plate_colour import ground_colour, has_red_head, named_ground
from detection.plate_crops import Framing, box_of, straightened
from detection.plate_lines import Rows, outline, plate_lines
from detection.plate_looks import (
    FIRST,
    SECOND,
    THIRD,
    Networks,
    OwnLook,
    own_looks,
    provinces_closer,
    text_looks,
    upright,
)
from detection.plate_network import load_plate_network
from detection.plate_verdict import Account
from detection.vocabulary import Character, PlateRead


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a picture is worth.

    searches_px: the longer side of the picture in which text is searched, size after size until a plate is
    certain. framings: the looks after the first. doubtful_below: a plate less certain than this gets an
    upright look too. certain_above: a plate read more certainly than this at first sight is looked at no
    more. asks_both: whether the text network looks at every line, or only where our own sees a plate.
    content_with: a plate read as certainly ends the search. most: so many candidates are pursued.
    """

    searches_px: tuple[int, ...]
    framings: tuple[Framing, ...]
    doubtful_below: float
    certain_above: float = 1.0
    asks_both: bool = True
    content_with: float = 0.9
    most: int = 24


PHOTOGRAPH = Effort((960, 1600, 640), (SECOND, THIRD), doubtful_below=0.9)
VEHICLE = Effort((320, 448), (SECOND,), 0.9, certain_above=0.99, asks_both=False, content_with=0.75, most=3)

_GROUND = Framing(0.0, 0.0, -0.05, -0.05, width_px=96, height_px=24)
_KEPT_CHARACTERS = 8
_LEAST_SIDE_PX = 8
_LARGEST_SIDE_PX = 8192


class PlateReader:
    """Reads plates. Holds the loaded networks and nothing else; several threads may share one."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks

    def read(self, image: np.ndarray, effort: Effort = PHOTOGRAPH) -> list[PlateRead]:
        """Read every plate of a picture, the largest first; boxes are in its pixels.

        image: H x W x 3 uint8 BGR; grey (H x W) and BGRA pictures are taken too. Raises ValueError for
        anything else.
        """
        image, shrunk = _as_bgr(image)
        if min(image.shape[:2]) < _LEAST_SIDE_PX:
            return []
        found: list[Candidate] = []
        lines: list[Rows] = []
        for longest_px in effort.searches_px:
            searched = self._lines(image, longest_px)
            finished = [self._finished(image, one, effort) for one in self._hopeful(image, searched, effort)]
            found = apart([*found, *(one for one in finished if _is_let_out(image, one))], certainty)
            lines += searched
            if any(certainty(candidate) >= effort.content_with for candidate in found):
                break
        reads = [_plate_read(image, candidate) for candidate in found]
        reads += self._foreign_reads(image, lines, found)
        return [_enlarged(read, 1 / shrunk) for read in reads] if shrunk != 1 else reads

    def read_vehicle(self, crop: np.ndarray) -> list[PlateRead]:
        """Read the plates in the crop of one vehicle quickly: a small search, fewer looks."""
        return self.read(crop, VEHICLE)

    def _lines(self, image: np.ndarray, longest_px: int) -> list[Rows]:
        """Search text and list what may be plates."""
        lines = plate_lines(find_text(self._networks.text, image, longest_px))
        return [rows for rows in lines if len(rows) == 1 or _is_on_one_ground(image, rows)]

    def _hopeful(self, image: np.ndarray, lines: list[Rows], effort: Effort) -> list[Candidate]:
        """Look once at every line with the cheaper network, and with the other where there is hope."""
        networks = self._networks
        if networks.own is None:
            begun = self._with_text(image, [Heard(rows, None, {}) for rows in lines])
        else:
            looks = own_looks(networks.own, image, lines, FIRST)
            heard = [_heard_own(image, rows, look) for rows, look in zip(lines, looks, strict=True)]
            if not networks.hears_text:
                begun = [weighed(one) for one in heard if one.said]
            else:
                if not effort.asks_both:
                    own = [weighed(one) for one in heard if one.said]
                    hopeful = [one for one in own if one.score >= WORTH_ASKING]
                    heard = [one.heard for one in _likeliest(apart(hopeful, score_of), effort.most)]
                begun = self._with_text(image, heard)
        hopeful = apart([one for one in begun if one.score >= WORTH_ANOTHER_LOOK], score_of)
        return _likeliest(hopeful, effort.most)

    def _with_text(self, image: np.ndarray, heard: list[Heard]) -> list[Candidate]:
        """Ask the text network as well."""
        looks = text_looks(self._networks.text, image, [one.rows for one in heard], FIRST)
        return [
            weighed(
                replace(
                    one,
                    ground=one.ground or _ground(image, one.rows, {}),
                    said={**one.said, "text": Account((evidence,))},
                    free=look,
                )
            )
            for one, (look, evidence) in zip(heard, looks, strict=True)
        ]

    def _finished(self, image: np.ndarray, candidate: Candidate, effort: Effort) -> Candidate:
        """Look at a candidate as often as the effort allows."""
        if len(candidate.heard.rows) == 2 or certainty(candidate) > effort.certain_above:
            return candidate
        done = self._looked_again(image, candidate, effort)
        if certainty(done) >= effort.doubtful_below:
            return done
        straight = (upright(image, candidate.heard.rows[0]),)
        if np.allclose(straight[0], candidate.heard.rows[0]):
            return done
        leaned = [self._looked_again(image, one, effort) for one in self._hopeful(image, [straight], effort)]
        return max([done, *leaned], key=certainty)

    def _looked_again(self, image: np.ndarray, candidate: Candidate, effort: Effort) -> Candidate:
        """Take further looks at a plate of one row, and closer ones at its province."""
        networks, heard = self._networks, candidate.heard
        lines = [heard.rows]
        closer = provinces_closer(networks, image, heard.rows[0], candidate.evidence)
        more: dict[str, list[Evidence]] = {name: [] for name in heard.said}
        for framing in effort.framings:
            if networks.own is not None and "own" in more:
                (own,) = own_looks(networks.own, image, lines, framing)
                more["own"] += [own.evidence] if own.evidence is not None else []
            if networks.hears_text:
                more["text"] += [evidence for _, evidence in text_looks(networks.text, image, lines, framing)]
        said = {name: one.with_more(more[name], closer.get(name, ())) for name, one in heard.said.items()}
        return weighed(replace(heard, said=said))

    def _foreign_reads(
        self, image: np.ndarray, lines: list[Rows], plates: list[Candidate]
    ) -> list[PlateRead]:
        """Read what looks like a plate of another country among the lines that are no Chinese plate."""
        if not self._networks.hears_text:
            return []
        left = [
            rows
            for rows in lines
            if len(rows) == 1
            and all(overlap(rows, plate.heard.rows) == 0 for plate in plates)
            and may_be_foreign(image, rows[0])
        ]
        looks = [look for look, _ in text_looks(self._networks.text, image, left, FIRST)]
        reads: list[PlateRead] = []
        taken: list[Rows] = []
        for look, rows in sorted(zip(looks, left, strict=True), key=lambda pair: -pair[0].log_free):
            read = foreign_read(image, rows[0], look)
            if read is not None and all(overlap(rows, other) == 0 for other in taken):
                reads.append(read)
                taken.append(rows)
        return reads


def load_plate_reader(threads: int = 1) -> PlateReader:
    """Load the networks once, to run on that many CPU threads. Raises detection.ocr.ReaderModelsMissing."""
    return PlateReader(Networks(load_text_networks(threads), load_plate_network(threads)))


def _likeliest(candidates: list[Candidate], most: int) -> list[Candidate]:
    """Keep so many candidates with the best score, in their order."""
    least = sorted(map(score_of, candidates), reverse=True)[:most][-1:] or [0.0]
    return [one for one in candidates if one.score >= least[0]]


def _as_bgr(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Bring a picture to H x W x 3 and, if it is huge, down to a size that can be warped; and by how much."""
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,), (4,)):
        raise ValueError(f"a picture is H x W x 3 uint8 BGR, not {image.shape} {image.dtype}")
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    elif image.shape[2] == 4:
        image = cv2.cvtColor(image, cv2.COLOR_BGRA2BGR)
    shrunk = min(1.0, _LARGEST_SIDE_PX / max(*image.shape[:2], 1))
    if shrunk < 1:
        image = cv2.resize(image, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA)
    return image, shrunk


def _enlarged(read: PlateRead, scale: float) -> PlateRead:
    box = read.box and tuple(side * scale for side in read.box)
    return replace(read, box=box)  # type: ignore[arg-type]


def _ground(image: np.ndarray, rows: Rows, heard: dict[str, float]) -> str | None:
    return named_ground(ground_colour(straightened(image, rows[-1], _GROUND)), heard)


def _heard_own(image: np.ndarray, rows: Rows, look: OwnLook) -> Heard:
    said = {"own": Account((look.evidence,))} if look.evidence is not None else {}
    return Heard(rows, _ground(image, rows, look.grounds), said)


def _is_on_one_ground(image: np.ndarray, rows: Rows) -> bool:
    """Say whether two rows stand on a colour on which plates have two."""
    upper, lower = (ground_colour(straightened(image, quad, _GROUND)) for quad in rows)
    return lower in TWO_ROW_GROUNDS and upper in (lower, None)


def _is_let_out(image: np.ndarray, candidate: Candidate) -> bool:
    """Say whether a candidate is a plate; one of letters and digits alone must have its red head, or it may
    be of any country.
    """
    form, _ = peaks(candidate)
    is_anyones = all(chars.isascii() for chars in form.positions)
    head = candidate.heard.rows[0]
    return is_plate(candidate) and (not is_anyones or has_red_head(straightened(image, head, _GROUND)))


def _plate_read(image: np.ndarray, candidate: Candidate) -> PlateRead:
    form, posteriors = peaks(candidate)
    characters = tuple(_character(posterior) for posterior in posteriors)
    if characters[0].char == UNREADABLE and candidate.heard.free is not None:
        # A missing province may also be a plate of another country, pressed into the grammar.
        foreign = foreign_read(image, candidate.heard.rows[0], candidate.heard.free)
        if foreign is not None:
            return foreign
    return PlateRead(
        text="".join(character.char for character in characters),
        confidence=min(character.confidence for character in characters),
        characters=characters,
        box=box_of(outline(candidate.heard.rows), image),
        kind=kind_of(form, candidate.heard.ground, rows=len(candidate.heard.rows)),
        distributions=tuple(_distribution(posterior) for posterior in posteriors),
    )


def _character(posterior: np.ndarray) -> Character:
    column = int(posterior.argmax())
    confidence = float(posterior[column])
    return Character(ALPHABET[column] if confidence >= LEAST_READABLE else UNREADABLE, confidence)


def _distribution(posterior: np.ndarray) -> dict[str, float]:
    """Keep the likeliest characters of a position."""
    likeliest = np.argsort(posterior)[::-1][:_KEPT_CHARACTERS]
    return {ALPHABET[column]: float(posterior[column]) for column in likeliest if posterior[column] > 0}
