"""Vehicle queries: where was this vehicle, under which case and why. Each look, also again, is audited."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.doors import allowed
from api.house import House, TheHouse
from api.pages import Cursor, Limit, cursor_after, time_and_id_from
from api.pictures import JPEG_ANSWER, stored_picture
from api.shapes.cases import PastQuery, PastQueryList, QueryAnswer, VehicleQuestion
from operations.access import Person
from operations.county import road_network
from operations.queries import (
    Answer,
    Question,
    ask,
    ask_again,
    queries_page,
    query_picture,
)
from operations.seen import seen_json, stops
from operations.store import reading
from operations.trajectories import path_of

router = APIRouter(tags=["cases"])

CaseWorker = Annotated[Person, allowed("investigator", "supervisor")]
QueryId = Annotated[str, Path(max_length=36, examples=["6f0c5b0e-2f1b-4a35-8a53-0a2f6f2f8e11"])]
SightingId = Annotated[str, Path(max_length=80, examples=["C0001:1795406400000:12"])]


@router.post("/queries", summary="Where was this vehicle", status_code=201)
def ask_query(house: TheHouse, person: CaseWorker, question: VehicleQuestion) -> QueryAnswer:
    """Answer the sightings and the way by road between them; one must work on the case, and it be open."""
    asked = Question(
        case_number=question.case_number,
        reason=question.reason,
        plate=question.plate,
        since=question.since,
        until=question.until,
    )
    return _shown(house, ask(house.engine, asked, person, house.now()))


@router.get("/queries", summary="Past queries")
def list_queries(
    house: TheHouse, person: CaseWorker, limit: Limit = 50, cursor: Cursor = None
) -> PastQueryList:
    """Answer one's own questions, newest first, without what they found; a supervisor sees all."""
    with reading(house.engine) as session:
        rows = queries_page(session, person, time_and_id_from(cursor), limit)
    last = cursor_after(rows[-1]["asked_at"], rows[-1]["id"]) if len(rows) == limit else None
    return PastQueryList(items=[PastQuery(**row) for row in rows], next_cursor=last)


@router.get("/queries/{query_id}", summary="Open a query again")
def reopen_query(house: TheHouse, person: CaseWorker, query_id: QueryId) -> QueryAnswer:
    """Answer the same question from what is stored now; the look is audited."""
    return _shown(house, ask_again(house.engine, query_id, person, house.now()))


@router.get(
    "/queries/{query_id}/sightings/{sighting_id}/snapshot.jpg",
    summary="The picture of a sighting",
    response_class=Response,
    responses=JPEG_ANSWER,
)
def show_query_snapshot(
    house: TheHouse, person: CaseWorker, query_id: QueryId, sighting_id: SightingId
) -> Response:
    """Answer the picture of a sighting that the query found; the look is audited."""
    key = query_picture(house.engine, query_id, sighting_id, person, house.now())
    return stored_picture(house.media, key)


def _shown(house: House, answer: Answer) -> QueryAnswer:
    with reading(house.engine) as session:
        network = road_network(session)
    return QueryAnswer.model_validate(
        {
            "id": answer.id,
            "case_number": answer.case_number,
            "reason": answer.reason,
            "asked_by": answer.asked_by,
            "asked_at": answer.asked_at,
            "question": answer.question,
            "count": len(answer.seen),
            "truncated": answer.truncated,
            "items": seen_json(answer.seen),
            "path": path_of(network, stops(answer.seen)),
        }
    )
