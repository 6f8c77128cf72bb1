"""Promise: nobody is watched for on the word of one person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from operations import watched, watchlist
from operations.audit import Actor
from operations.facts import BadInput, CaseClosed, CaseNotFound, NotACaseMember, NotAllowed
from operations.store import Engine, reading, writing
from operations.tables import AuditRow, WatchlistEntry
from operations.watchlist import CreatorMayNotApprove, NewEntry, WrongEntryState
from tests.conftest import Clock
from tests.village import (
    CASE,
    INVESTIGATOR,
    OPERATOR,
    PLATE,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    found_village,
)


def _asked(clock: Clock) -> NewEntry:
    return NewEntry(PLATE, CASE, "嫌疑车辆", "red", clock() + timedelta(days=7))


def _create(engine: Engine, who: Actor, clock: Clock) -> int:
    with writing(engine) as session:
        return watchlist.create(session, who, _asked(clock), clock()).id


def test_creator_may_not_approve(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    entry_id = _create(engine, SUPERVISOR, clock)
    for decide in (watchlist.approve, lambda *given: watchlist.reject(*given[:3], "no", given[3])):
        with pytest.raises(CreatorMayNotApprove), writing(engine) as session:
            decide(session, SUPERVISOR, entry_id, clock())
    with reading(engine) as session:
        assert watched.entries_in_force(session, clock()) == []
    with writing(engine) as session:
        watchlist.approve(session, SECOND_SUPERVISOR, entry_id, clock.move(5))
    with reading(engine) as session:
        (entry,) = watched.entries_in_force(session, clock())
        assert entry.valid_from == clock(), "in force from the approval, not before"
        trail = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
        assert [(row.actor, row.details["change"], row.case_number) for row in trail] == [
            ("supervisor", "created", CASE),
            ("supervisor-2", "approved", CASE),
        ]


def test_only_people_of_an_open_case_may_ask(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    outsider = Actor("investigator-2", "investigator", 4)
    asked = _asked(clock)
    refusals = [
        (OPERATOR, asked, clock(), NotAllowed),
        (outsider, asked, clock(), NotACaseMember),
        (INVESTIGATOR, NewEntry(PLATE, "none", "r", "red", asked.valid_until), clock(), CaseNotFound),
        (INVESTIGATOR, NewEntry(PLATE, CASE, " ", "red", asked.valid_until), clock(), BadInput),
        (INVESTIGATOR, NewEntry(PLATE, CASE, "r", "pink", asked.valid_until), clock(), BadInput),
        (INVESTIGATOR, NewEntry(PLATE, CASE, "r", "red", clock()), clock(), BadInput),
    ]
    late = clock() + timedelta(days=91)
    refusals.append((INVESTIGATOR, NewEntry(PLATE, CASE, "r", "red", late + timedelta(1)), late, CaseClosed))
    for who, entry, now, fact in refusals:
        with writing(engine) as session, pytest.raises(fact):
            watchlist.create(session, who, entry, now)
    with reading(engine) as session:
        assert session.scalars(select(WatchlistEntry)).all() == []


def test_a_decided_entry_stays_decided(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    entry_id = _create(engine, INVESTIGATOR, clock)
    with writing(engine) as session:
        watchlist.reject(session, SUPERVISOR, entry_id, "理由不足", clock())
    for decide in (watchlist.approve, lambda *given: watchlist.end(*given[:3], "", given[3])):
        with writing(engine) as session, pytest.raises(WrongEntryState):
            decide(session, SUPERVISOR, entry_id, clock())
