"""The misreads that were counted, as the database keeps them: read as arrays, added to as rows."""

from collections import Counter

from sqlalchemy import select

from operations.reads.codes import OTHER, code
from operations.reads.confusions import Counts
from operations.reads.prior import PLACES
from operations.store import Session, add_amounts
from operations.tables import ReadConfusion

FUSED, OPERATOR = "fused", "operator"
Key = tuple[int, str, str]
"""Position from 1 (0: whole plates), true character, read character; empty where one was dropped or extra."""


def counted(session: Session) -> tuple[Counts, Counts]:
    """Return what looks said otherwise than the text fused from them, and what people put right."""
    counts = {FUSED: Counts(), OPERATOR: Counts()}
    for row in session.execute(select(ReadConfusion.__table__)).mappings():
        key = row["position"], row["true_char"], row["read_char"]
        _add(counts[row["source"]], key, row["count"])
    return counts[FUSED], counts[OPERATOR]


def count(session: Session, source: str, counts: Counter[Key]) -> None:
    """Add to what is counted, in one order in every worker, so that none waits for another in a circle."""
    names = ("position", "true_char", "read_char")
    rows = [
        {"source": source, **dict(zip(names, key, strict=True)), "count": float(amount)}
        for key, amount in sorted(counts.items())
    ]
    add_amounts(session, ReadConfusion, rows, ["count"])


def _add(counts: Counts, key: Key, amount: float) -> None:
    position, true, read = key
    if position == 0:
        counts.plates += amount
    elif not read:
        counts.dropped += amount
    elif not true:
        counts.extra += amount
    elif OTHER not in (code(true), code(read)):
        counts.table[min(position, PLACES) - 1, code(true), code(read)] += amount
