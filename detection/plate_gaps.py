"""Finds the place of a character that a look could not read, from where the others stand, and leaves it open.

Decoding alone would press the remaining characters into all the places. Knows GA 36's spacing; no pixels.
"""

import numpy as np

from detection.decoding import Evidence
from detection.grammar import ALPHABET, FORMS

CENTRES_MM = {7: (38, 95, 174, 231, 288, 345, 402), 8: (38, 91, 183, 235, 287, 339, 391, 443)}
"""Middles of the characters from the left edge of a plate of 7 (440 mm) and 8 (480 mm), as GA 36 draws
them."""
_LARGEST_MISFIT_MM = 14.0
_CERTAIN_OF_ALL = 0.7
"""Decoding that is so sure of every place has found the faint character itself."""


def with_gap(steps: np.ndarray, evidence: Evidence) -> Evidence:
    """Open the one place that a look (T x symbols, blank first) passed over, where it read one too few."""
    best = int(evidence.log_likelihoods.argmax())
    length = len(FORMS[best].positions)
    peaks = _peaks(steps)
    certainty = evidence.posteriors[best, :length].max(axis=1).min()
    if len(peaks) != length - 1 or certainty >= _CERTAIN_OF_ALL:
        return evidence
    misfits = [_misfit_mm(peaks, np.delete(CENTRES_MM[length], open_at)) for open_at in range(length)]
    open_at = int(np.argmin(misfits))
    if misfits[open_at] > _LARGEST_MISFIT_MM:
        return evidence
    bounds = [-1, *peaks, len(steps)]
    faint = steps[bounds[open_at] + 1 : bounds[open_at + 1], 1:]
    said = [steps[peak, 1:] for peak in peaks]
    said.insert(open_at, faint.max(axis=0, initial=0.0))
    posteriors = evidence.posteriors.copy()
    for place, (chars, heard) in enumerate(zip(FORMS[best].positions, said, strict=True)):
        allowed = np.array([char in chars for char in ALPHABET], dtype=float)
        heard = heard * allowed
        unsaid = max(1e-5, 1.0 - float(heard.sum()))
        heard = heard + unsaid * allowed / allowed.sum()
        posteriors[best, place] = heard / heard.sum()
    return Evidence(evidence.log_likelihoods, posteriors, evidence.places)


def _peaks(steps: np.ndarray) -> list[int]:
    """List the surest step of each character of the likeliest path."""
    best = steps.argmax(axis=1)
    starts = np.flatnonzero((best > 0) & (best != np.concatenate([[0], best[:-1]])))
    ends = [int(start + np.argmax(np.append(best[start:] != best[start], True))) for start in starts]
    return [
        int(start + steps[start:end, best[start]].argmax()) for start, end in zip(starts, ends, strict=True)
    ]


def _misfit_mm(peaks: list[int], centres_mm: np.ndarray) -> float:
    """Measure how far characters stand from their places, at most, under the best scale and shift."""
    scale, shift = np.polyfit(peaks, centres_mm, 1)
    return float(np.abs(scale * np.array(peaks) + shift - centres_mm).max())
