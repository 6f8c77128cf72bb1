"""Promise: nobody decides on a question that he asked himself, whatever he may do otherwise."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from operations.access import Person
from operations.facts import NotAllowed
from operations.questions.asking import ask
from operations.questions.deciding import AlreadyDecided, AskerMayNotDecide, WrongQueryState, approve, refuse
from operations.questions.question import Question
from operations.store import Engine, Session, reading, writing
from operations.tables import QueryDecision, QueryRow
from tests.conftest import Clock
from tests.village import CASE, INVESTIGATOR, PLATE, SECOND_SUPERVISOR, SUPERVISOR, found_village


def person(actor: Any, clock: Clock) -> Person:
    return Person(actor.user_id, actor.login, actor.login, actor.role, 1, clock() + timedelta(hours=1))


def _ask(engine: Engine, who: Any, clock: Clock, **changed: Any) -> QueryRow:
    since = clock() - timedelta(days=1)
    given = {"case_number": CASE, "reason": "嫌疑车辆", "plate": PLATE, "since": since, "until": clock()}
    return ask(engine, Question(**{**given, **changed}), person(who, clock), clock()).row


def test_a_supervisor_does_not_decide_on_his_own(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    own = person(SUPERVISOR, clock)
    for days, changed in (
        (1, {"plate": "浙JA1*", "kind": "search"}),
        (40, {"plate": "浙JA*", "kind": "search"}),
        (400, {"plate": PLATE}),
    ):
        row = _ask(engine, SUPERVISOR, clock, since=clock() - timedelta(days=days), **changed)
        assert row.state == "waiting"
        with writing(engine) as session, pytest.raises(AskerMayNotDecide):
            approve(session, row.id, own, None, clock())
        with writing(engine) as session, pytest.raises(AskerMayNotDecide):
            refuse(session, row.id, own, "withdrawn", clock())
    with reading(engine) as session:
        assert set(session.scalars(select(QueryRow.state))) == {"waiting"}
        assert session.scalars(select(QueryDecision)).all() == []


def test_neither_an_investigator_nor_one_person_twice_decides(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    row = _ask(engine, INVESTIGATOR, clock, plate="浙JA*", kind="search", since=clock() - timedelta(days=40))

    def decide(session: Session, who: Any) -> QueryRow:
        return approve(session, row.id, person(who, clock), None, clock())

    with writing(engine) as session, pytest.raises(NotAllowed):
        decide(session, INVESTIGATOR)
    with writing(engine) as session:
        assert decide(session, SUPERVISOR).state == "waiting"
    with writing(engine) as session, pytest.raises(AlreadyDecided):
        decide(session, SUPERVISOR)
    with writing(engine) as session:
        assert decide(session, SECOND_SUPERVISOR).state == "approved"
    with writing(engine) as session, pytest.raises(WrongQueryState):
        refuse(session, row.id, person(SUPERVISOR, clock), "zu spät", clock())
