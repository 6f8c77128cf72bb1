"""Questions about vehicle data, under which case and why: asked, agreed to, answered, looked at again."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response

from api.doors import allowed
from api.house import TheHouse
from api.pages import Cursor, Limit, cursor_after, time_and_id_from
from api.pictures import JPEG_ANSWER, stored_picture
from api.shapes.queries import (
    ApprovalQuestion,
    GradeAnswer,
    PastQuery,
    PastQueryList,
    QueryAnswer,
    QueryState,
    RefusalQuestion,
    VehicleQuestion,
)
from operations.access import Person
from operations.questions import asking, deciding
from operations.questions.exporting import export
from operations.questions.past import PastAsked, answer_json, past_question, queries_page
from operations.questions.question import Question
from operations.store import reading, writing

router = APIRouter(tags=["cases"])

CaseWorker = Annotated[Person, allowed("investigator", "supervisor")]
Supervisor = Annotated[Person, allowed("supervisor")]
QueryId = Annotated[str, Path(max_length=36, examples=["6f0c5b0e-2f1b-4a35-8a53-0a2f6f2f8e11"])]
SightingId = Annotated[str, Path(max_length=80, examples=["C0001:1795406400000:12"])]

ExportForm = Annotated[Literal["geojson", "gpx", "csv"], Path(examples=["gpx"])]
MEDIA_TYPES = {"geojson": "application/geo+json", "gpx": "application/gpx+xml", "csv": "text/csv"}
FILE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {media: {"schema": {"type": "string"}} for media in MEDIA_TYPES.values()},
        "description": "A file",
    }
}


@router.post("/queries", summary="Ask about a vehicle", status_code=201)
def ask_query(house: TheHouse, person: CaseWorker, question: VehicleQuestion) -> QueryAnswer:
    """Answer what is known of a vehicle's way; a question that goes further or wider waits for approval.

    One must work on the case, and it be open. A question that waits comes back without data.
    """
    return _shown(asking.ask(house.engine, _asked(question), person, house.now()))


@router.post("/queries/grade", summary="Whose approval a question needs")
def grade_query(house: TheHouse, person: CaseWorker, question: VehicleQuestion) -> GradeAnswer:
    """Answer whose approval this question would need, and why, without asking it."""
    with reading(house.engine) as session:
        needed, why = asking.grade(session, _asked(question), person, house.now())
    return GradeAnswer.model_validate({"grade": needed, "grade_why": why})


@router.get("/queries", summary="Past questions")
def list_queries(
    house: TheHouse,
    person: CaseWorker,
    state: QueryState | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PastQueryList:
    """Answer one's own questions, newest first, without what they found; a supervisor sees all."""
    asked = PastAsked(state, time_and_id_from(cursor), limit)
    with reading(house.engine) as session:
        rows = queries_page(session, person, asked)
    last = cursor_after(rows[-1]["asked_at"], rows[-1]["id"]) if len(rows) == limit else None
    return PastQueryList(items=[PastQuery(**row) for row in rows], next_cursor=last)


@router.get("/queries/{query_id}", summary="Open a question again")
def reopen_query(house: TheHouse, person: CaseWorker, query_id: QueryId) -> QueryAnswer:
    """Answer the same question from what is stored now; the look is audited.

    Once it is approved, who asked opens it first; until then it comes without data.
    """
    return _shown(asking.reopen(house.engine, query_id, person, house.now()))


@router.get(
    "/queries/{query_id}/export.{form}",
    summary="A question's tracks as a file",
    response_class=Response,
    responses=FILE_ANSWER,
)
def export_query(house: TheHouse, person: CaseWorker, query_id: QueryId, form: ExportForm) -> Response:
    """Answer the ways and sightings as GeoJSON, GPX or CSV; the export is audited."""
    content = export(house.engine, query_id, person, form, house.now())
    name = f"watchgrid-{query_id}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


@router.post("/queries/{query_id}/approve", summary="Approve a question")
def approve_query(
    house: TheHouse, person: Supervisor, query_id: QueryId, question: ApprovalQuestion | None = None
) -> PastQuery:
    """Agree to a question that goes further or wider; not by who asked it. The answer is for who asked."""
    reason = question.reason if question else None
    with writing(house.engine) as session:
        decided = deciding.approve(session, query_id, person, reason, house.now())
        return PastQuery(**past_question(session, decided))


@router.post("/queries/{query_id}/refuse", summary="Refuse a question")
def refuse_query(
    house: TheHouse, person: Supervisor, query_id: QueryId, question: RefusalQuestion
) -> PastQuery:
    """Refuse a question, saying why; not by who asked it."""
    with writing(house.engine) as session:
        decided = deciding.refuse(session, query_id, person, question.reason, house.now())
        return PastQuery(**past_question(session, decided))


@router.get(
    "/queries/{query_id}/sightings/{sighting_id}/snapshot.jpg",
    summary="The picture of a sighting",
    response_class=Response,
    responses=JPEG_ANSWER,
)
def show_query_snapshot(
    house: TheHouse, person: CaseWorker, query_id: QueryId, sighting_id: SightingId
) -> Response:
    """Answer the picture of a sighting that the question found; the look is audited."""
    key = asking.picture(house.engine, query_id, sighting_id, person, house.now())
    return stored_picture(house.media, key)


def _asked(question: VehicleQuestion) -> Question:
    return Question(
        case_number=question.case_number,
        reason=question.reason,
        kind=question.kind,
        plate=question.plate,
        other_plate=question.other_plate,
        since=question.since,
        until=question.until,
        fuzzy=question.fuzzy,
        vehicle_class=question.vehicle_class,
        colour=question.colour,
        area=question.area.model_dump() if question.area else None,
    )


def _shown(answer: asking.Answer) -> QueryAnswer:
    return QueryAnswer.model_validate(answer_json(answer))
