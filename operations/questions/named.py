"""Named: which plates a case has named. An analysis of one vehicle starts only from such a plate."""

from sqlalchemy import exists, or_, select

from operations.facts import BadInput
from operations.questions.question import FROM_A_NAMED_PLATE, Question
from operations.store import Session
from operations.tables import QueryRow, WatchlistEntry


def check_named(session: Session, case_id: int, question: Question) -> None:
    """Raise BadInput naming `plate` where an analysis starts from a plate that the case never named."""
    if question.kind not in FROM_A_NAMED_PLATE or question.plate is None:
        return
    if not is_named(session, case_id, question.plate):
        raise BadInput(
            "plate", "the case has not named it: ask first where it was (path), or put it on the watchlist"
        )


def is_named(session: Session, case_id: int, plate: str) -> bool:
    """Return whether a case named a whole plate: by a watchlist entry that was not rejected, or by a path
    question that was not refused and waits for nobody."""
    watched = exists().where(
        WatchlistEntry.case_id == case_id,
        WatchlistEntry.pattern == plate,
        WatchlistEntry.state != "rejected",
    )
    asked = exists().where(
        QueryRow.case_id == case_id,
        QueryRow.kind == "path",
        QueryRow.state.in_(("approved", "answered")),
        QueryRow.question["plate"].as_string() == plate,
    )
    return bool(session.scalar(select(or_(watched, asked))))
