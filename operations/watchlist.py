"""The watchlist: which plates a case looks for, who asked, which second person agreed. It matches nothing."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from operations import audit, events
from operations.audit import Actor
from operations.cases import is_member
from operations.facts import (
    BadInput,
    CaseClosed,
    CaseNotFound,
    Conflict,
    NotACaseMember,
    NotAllowed,
    NotFound,
)
from operations.reads.patterns import fixed_characters
from operations.store import Session
from operations.tables import Case, WatchlistEntry
from operations.watch_conditions import conditions_of

SEVERITIES = ("red", "orange", "yellow")
LEAST_FIXED = 3
LEAST_FIXED_FUZZY = 5
"""A pattern that names fewer characters fits so many plates that its misreads fit nearly all."""
LONGEST = 16
MAY: dict[str, tuple[str, ...]] = {
    "create": ("investigator", "supervisor"),
    "approve": ("supervisor",),
    "reject": ("supervisor",),
    "end": ("investigator", "supervisor"),
}
TRANSITIONS = {
    ("pending", "approve"): "active",
    ("pending", "reject"): "rejected",
    ("pending", "end"): "ended",
    ("active", "end"): "ended",
}
_SEPARATORS = re.compile(r"[\s·•・.\-_]")
_PATTERN = re.compile(r"[一-鿿A-Z0-9?*]+")


class EntryNotFound(NotFound):
    """No watchlist entry has this id."""

    def __init__(self, entry_id: int) -> None:
        super().__init__(f"There is no watchlist entry {entry_id}.")


class WrongEntryState(Conflict):
    """The entry is not in a state in which this can be done."""

    def __init__(self, state: str, action: str) -> None:
        super().__init__(f"A watchlist entry that is {state} cannot be changed by {action}.")


class CreatorMayNotApprove(NotAllowed):
    """A second person must agree to a watchlist entry."""

    def __init__(self) -> None:
        super().__init__("You created this entry: another supervisor must decide on it.")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What a person asks to be watched for. valid_until: aware UTC; area, hours: see watch_conditions.py.

    fuzzy: whether likely misreads raise an alert too; None: where the pattern names enough characters.
    """

    pattern: str
    case_number: str
    reason: str
    severity: str
    valid_until: datetime
    fuzzy: bool | None = None
    vehicle_class: str | None = None
    colour: str | None = None
    area: Mapping[str, Any] | None = None
    hours: Mapping[str, Any] | None = None


def normalise_pattern(text: str) -> str:
    """Return a plate pattern in capitals without separators: `?` one character, `*` any run."""
    pattern = re.sub(r"\*+", "*", normalised(text))
    if not _PATTERN.fullmatch(pattern) or len(pattern) > LONGEST:
        raise BadInput(
            "pattern", "write a plate such as 浙JA1234, with ? for one character and * for any run"
        )
    if fixed_characters(pattern) < LEAST_FIXED:
        raise BadInput("pattern", f"name at least {LEAST_FIXED} characters of the plate")
    return pattern


def normalised(text: str) -> str:
    """Return what a person typed as plates are stored: in capitals, without separators."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def create(session: Session, actor: Actor, asked: NewEntry, now: datetime) -> WatchlistEntry:
    """Add an entry that waits for a second person. Raises NotAllowed, BadInput and the facts of a case."""
    check_may(actor, "create")
    said = checked(asked)
    if asked.valid_until <= now:
        raise BadInput("valid_until", "lies in the past")
    case = open_case(session, actor, asked.case_number, now)
    entry = WatchlistEntry(
        **said, case_id=case.id, state="pending", valid_from=now, created_by=actor.user_id, created_at=now
    )
    session.add(entry)
    session.flush()
    _record(session, actor, entry, now, change="created", **_conditions_said(entry))
    return entry


def checked(asked: NewEntry) -> dict[str, Any]:
    """Return what an entry says, as it is stored. Raises BadInput naming the field and the fix."""
    pattern = normalise_pattern(asked.pattern)
    if asked.severity not in SEVERITIES:
        raise BadInput("severity", f"choose one of {', '.join(SEVERITIES)}")
    if not asked.reason.strip():
        raise BadInput("reason", "say why this plate is looked for")
    enough = fixed_characters(pattern) >= LEAST_FIXED_FUZZY
    if asked.fuzzy and not enough:
        raise BadInput("fuzzy", f"needs {LEAST_FIXED_FUZZY} characters named: name more, or leave it off")
    conditions_of(asked.vehicle_class, asked.colour, asked.area, asked.hours)
    return {
        "pattern": pattern,
        "reason": asked.reason.strip(),
        "severity": asked.severity,
        "valid_until": asked.valid_until,
        "fuzzy": enough if asked.fuzzy is None else asked.fuzzy,
        "vehicle_class": asked.vehicle_class,
        "colour": asked.colour,
        "area": dict(asked.area) if asked.area is not None else None,
        "hours": dict(asked.hours) if asked.hours is not None else None,
    }


def approve(session: Session, actor: Actor, entry_id: int, now: datetime) -> WatchlistEntry:
    """Put an entry in force from now on. Raises CreatorMayNotApprove, WrongEntryState, EntryNotFound."""
    entry = _decide(session, actor, entry_id, "approve")
    entry.decided_by, entry.decided_at = actor.user_id, now
    entry.valid_from = max(entry.valid_from, now)
    _record(session, actor, entry, now, change="approved")
    return entry


def reject(session: Session, actor: Actor, entry_id: int, reason: str, now: datetime) -> WatchlistEntry:
    """Refuse an entry. Raises CreatorMayNotApprove, WrongEntryState, EntryNotFound, BadInput."""
    if not reason.strip():
        raise BadInput("reason", "say why the entry is rejected")
    entry = _decide(session, actor, entry_id, "reject")
    entry.decided_by, entry.decided_at = actor.user_id, now
    _record(session, actor, entry, now, change="rejected", reason=reason)
    return entry


def end(session: Session, actor: Actor, entry_id: int, reason: str, now: datetime) -> WatchlistEntry:
    """Stop watching. Raises NotACaseMember, WrongEntryState, EntryNotFound."""
    entry = _decide(session, actor, entry_id, "end")
    entry.valid_until = min(entry.valid_until, now)
    _record(session, actor, entry, now, change="ended", reason=reason)
    return entry


def end_with_case(session: Session, case: Case, actor: Actor, now: datetime) -> int:
    """Stop watching for everything of a case that ends; return how many entries that were."""
    of_case = (WatchlistEntry.case_id == case.id) & WatchlistEntry.state.in_(("pending", "active"))
    entries = session.scalars(select(WatchlistEntry).where(of_case).with_for_update()).all()
    for entry in entries:
        entry.state = TRANSITIONS[entry.state, "end"]
        entry.valid_until = min(entry.valid_until, now)
        _record(session, actor, entry, now, change="ended", reason="the case has ended")
    return len(entries)


def open_case(session: Session, actor: Actor, number: str, now: datetime) -> Case:
    """Return the open case that the person works on. Raises CaseNotFound, CaseClosed, NotACaseMember."""
    case = session.scalar(select(Case).where(Case.number == number))
    if case is None:
        raise CaseNotFound(number)
    check_runs(case, now)
    if not is_member(session, case.id, actor.user_id):
        raise NotACaseMember(number)
    return case


def check_runs(case: Case, now: datetime) -> None:
    """Raise CaseClosed unless the case is open and has not run out."""
    if case.state != "open" or case.ends_at <= now:
        raise CaseClosed(case.number)


def check_may(actor: Actor, action: str) -> None:
    """Raise NotAllowed unless this role may do this to watchlist entries."""
    if actor.role not in MAY[action]:
        raise NotAllowed(f"A {actor.role} may not {action} watchlist entries.")


def _decide(session: Session, actor: Actor, entry_id: int, action: str) -> WatchlistEntry:
    """Lock the entry, check that this person may, and move it to its next state."""
    check_may(actor, action)
    entry = session.get(WatchlistEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise EntryNotFound(entry_id)
    if action != "end" and entry.created_by == actor.user_id:
        raise CreatorMayNotApprove
    if actor.role != "supervisor" and not is_member(session, entry.case_id, actor.user_id):
        raise NotACaseMember(session.get_one(Case, entry.case_id).number)
    following = TRANSITIONS.get((entry.state, action))
    if following is None:
        raise WrongEntryState(entry.state, action)
    entry.state = following
    return entry


def _record(session: Session, actor: Actor, entry: WatchlistEntry, now: datetime, **said: Any) -> None:
    audit.record(
        session,
        actor=actor,
        now=now,
        action=events.WATCHLIST_CHANGED,
        subject="watchlist_entry",
        subject_id=entry.id,
        case_number=session.get_one(Case, entry.case_id).number,
        reason=said.pop("reason", entry.reason),
        details={"pattern": entry.pattern, "severity": entry.severity, **said},
    )


def _conditions_said(entry: WatchlistEntry) -> dict[str, Any]:
    """Return for the trail what an entry says beside its pattern."""
    names = ("fuzzy", "vehicle_class", "colour", "area", "hours")
    return {name: getattr(entry, name) for name in names if getattr(entry, name) is not None}
