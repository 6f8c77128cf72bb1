"""Kinds: which kinds of question there are, and how each is answered. Keeping and asking is in asking.py.

The population is never ranked: each kind starts from a plate, but `area`, which is ordered by time alone.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from operations.questions.analyses import clone, companions, compare, where_next
from operations.questions.found import Found, items_of, keys_of
from operations.questions.one_vehicle import paths
from operations.questions.passing import area
from operations.questions.question import Question, is_whole
from operations.questions.searching import newest_of_each, rank, reads_of
from operations.store import Session

MOST_TRACKS = 20
"""Vehicles of a pattern whose ways are drawn."""


def answer_of(session: Session, question: Question, now: datetime) -> Found:
    """Answer a checked question from what is stored."""
    return ANSWERS[question.kind](session, question, now)


def path_or_search(session: Session, question: Question, now: datetime) -> Found:
    """Answer where a vehicle was; of a pattern which vehicles it fits, and the ways of the first of them."""
    if is_whole(question.plate or ""):
        return paths(session, question, [question.plate or ""])
    ranked, truncated = rank(session, question)
    exact = [each.likely.text for each in ranked if not each.likely.why]
    found = paths(session, question, exact[:MOST_TRACKS])
    truncated = truncated or found.truncated or len(exact) > MOST_TRACKS
    return replace(found, truncated=truncated, vehicles=[each.json() for each in ranked])


def search(session: Session, question: Question, now: datetime) -> Found:
    """Answer which vehicles a pattern fits, the best fit first, with the newest sightings of the first."""
    ranked, truncated = rank(session, question)
    seen = newest_of_each(session, question, ranked)
    return Found(
        items=items_of(session, seen, reads_of(session, seen, ranked)),
        kept=keys_of(seen),
        truncated=truncated,
        vehicles=[each.json() for each in ranked],
    )


ANSWERS: dict[str, Callable[[Session, Question, datetime], Found]] = {
    "path": path_or_search,
    "search": search,
    "clone": clone,
    "companions": companions,
    "next": where_next,
    "area": area,
    "compare": compare,
}
"""There is no kind that ranks vehicles which nobody asked about; a test holds this to be all there is."""
