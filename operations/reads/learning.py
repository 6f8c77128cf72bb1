"""Learning how plates are misread: counts misreads from single looks and from people's corrections.

Judges no plate and holds none: only which character was read for which, where.
Why looks and people teach different things: docs/adr/0019-one-model-of-misreads.md.
"""

from collections import Counter
from collections.abc import Sequence

from operations.reads.codes import UNREADABLE
from operations.reads.counted import FUSED, OPERATOR, Key, count
from operations.reads.errors import PRIOR
from operations.store import Session

SURE = 0.9
"""Least confidence of a fused plate whose looks teach anything."""
MOST_LOOKS = 8
_AGREEING = 2
_LIKE_ENOUGH = 0.5
"""Share of a plate that must have been read right; else it was no misread but another plate."""


def learn_correction(session: Session, read: str, true: str) -> bool:
    """Count what a person said: `read` is truly `true`, the same where it was read right.

    Teaches both which character is taken for which and how often (the shape and the level). Returns False
    where the two have too little in common to be one plate. Cheap, but call it in a transaction of its own
    or late: who else counts the same characters waits until it commits.
    """
    pairs = _aligned(read, true)
    right = sum(a == b for _, b, a in pairs)
    if UNREADABLE in true or right < _LIKE_ENOUGH * len(true):
        return False
    count(session, OPERATOR, Counter([(0, "", ""), *pairs]))
    return True


def learn_looks(session: Session, tracks: Sequence[tuple[Sequence[str], str]]) -> None:
    """Count what single looks said otherwise than the text fused from them: [(looks, fused)].

    Only the shape is learned from this: a look errs several times as often as a fused text, and the share of
    looks that err says nothing of how often the fused one does. Looks of one track share blur and dirt, so a
    confusion counts once a track; what a look could not read is no confusion.
    """
    counts: Counter[Key] = Counter()
    for looks, fused in tracks:
        if UNREADABLE not in fused and sum(look == fused for look in looks) >= _AGREEING:
            counts.update(_confused(looks, fused))
    count(session, FUSED, counts)


def _confused(looks: Sequence[str], fused: str) -> set[Key]:
    return {
        (place + 1, true, read)
        for look in looks[:MOST_LOOKS]
        if len(look) == len(fused)
        for place, (read, true) in enumerate(zip(look, fused, strict=True))
        if read not in (true, UNREADABLE)
    }


def _aligned(read: str, true: str) -> list[Key]:
    """Return which character was read for which; none where the lengths differ by more than one."""
    slip = next((slip for slip in PRIOR.why(read, true) if not (slip.read and slip.true)), None)
    if slip is None:
        if len(read) != len(true):
            return []
        pairs = list(zip(range(1, len(true) + 1), true, read, strict=True))
    elif slip.read:
        at = slip.position - 1
        rest = read[:at] + read[at + 1 :]
        pairs = [
            *zip(range(1, len(true) + 1), true, rest, strict=True),
            (slip.position, "", slip.read),
        ]
    else:
        at = slip.position - 1
        padded = [*read[:at], "", *read[at:]]
        pairs = list(zip(range(1, len(true) + 1), true, padded, strict=True))
    return pairs
