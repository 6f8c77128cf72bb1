"""The origin of evidence: the query or the alert behind it, as the manifest and the report say it."""

from typing import Any

from sqlalchemy import select

from operations.questions import asking
from operations.store import Session
from operations.tables import Alert, QueryRow, User, WatchlistEntry
from operations.times import to_text

Json = dict[str, Any]


def query_facts(answer: asking.Answer) -> Json:
    """Return what was asked, by whom, why, and who agreed."""
    row: QueryRow = answer.row
    agreed = [one for one in answer.decisions if one["decision"] == "approve"]
    return {
        "kind": "query",
        "id": row.id,
        "question_kind": row.kind,
        "question": row.question,
        "reason": row.reason,
        "asked_by": answer.asked_by,
        "asked_at": to_text(row.asked_at),
        "grade": row.grade,
        "answered_at": to_text(row.answered_at),
        "approvals": [{name: one[name] for name in ("user", "at", "reason")} for one in agreed],
        "result_count": row.result_count,
        "truncated": answer.found is not None and answer.found.truncated,
    }


def alert_facts(session: Session, alert: Alert, entry: WatchlistEntry) -> Json:
    """Return what was watched for, who asked for it and who agreed, and what became of the alert."""
    people = [user_id for user_id in (entry.created_by, entry.decided_by) if user_id is not None]
    logins = dict(session.execute(select(User.id, User.login).where(User.id.in_(people))).all())
    approval = {"user": logins.get(entry.decided_by or 0), "at": to_text(entry.decided_at), "reason": None}
    return {
        "kind": "alert",
        "id": alert.id,
        "plate": alert.plate,
        "severity": alert.severity,
        "state": alert.state,
        "raised_at": to_text(alert.raised_at),
        "match": alert.match,
        "match_probability": alert.match_probability,
        "match_why": alert.match_why or [],
        "verdict": alert.verdict,
        "true_plate": alert.true_plate,
        "pattern": entry.pattern,
        "reason": entry.reason,
        "asked_by": logins.get(entry.created_by),
        "asked_at": to_text(entry.created_at),
        "approvals": [approval] if entry.decided_by else [],
    }


def read_of(alert: Alert, entry: WatchlistEntry) -> Json:
    """Return what an alert took the plate for, how probably and why."""
    if alert.match == "exact":
        return {"plate": alert.plate, "probability": 1.0, "why": []}
    return {
        "plate": entry.pattern,
        "probability": alert.match_probability or 0.0,
        "why": alert.match_why or [],
    }
