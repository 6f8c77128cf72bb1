"""Patrol plans: wishes, drafts, changes by hand, publishing; following them; sheets and monthly reports."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.doors import allowed
from api.house import House, TheHouse
from api.pages import PathId
from api.shapes.patrol_plans import (
    AdherenceAnswer,
    EditAnswer,
    EditQuestion,
    PlanAnswer,
    PlanComparison,
    PlanList,
    PlanQuestion,
    PlanSummary,
    ReportAnswer,
    RevisionQuestion,
    ShiftList,
)
from operations.access import Person
from operations.county import county_row
from operations.patrolling import publishing, views
from operations.patrolling.adherence import adherence
from operations.patrolling.comparing import compare
from operations.patrolling.days import site_day
from operations.patrolling.drafts import Wishes
from operations.patrolling.editing import Edit, edit
from operations.patrolling.planning import want
from operations.patrolling.report import monthly_report
from operations.patrolling.report_paper import report_pdf
from operations.patrolling.sheet import sheets
from operations.patrolling.shifts import list_shifts
from operations.store import Session, reading, writing

router = APIRouter(tags=["patrol"])

Desk = Annotated[Person, allowed("operator", "supervisor")]
Reader = Annotated[Person, allowed("operator", "supervisor", "auditor")]
Supervisor = Annotated[Person, allowed("supervisor")]
PlanId = Annotated[int, Query(ge=1, le=2**31 - 1, description="A plan")]
Month = Annotated[str | None, Query(max_length=7, description="2026-11; without it, this month")]
PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}, "description": "The file"}}
OfDay = Annotated[date | None, Query(description="A local day; without it, today")]


@router.get("/patrol/shifts", summary="Shifts")
def show_shifts(house: TheHouse, _: Desk) -> ShiftList:
    """Answer when units of each kind work and rest."""
    with reading(house.engine) as session:
        return ShiftList.model_validate({"items": list_shifts(session)})


@router.post("/patrol/plans", summary="Plan a day", status_code=202)
def want_plan(house: TheHouse, person: Supervisor, question: PlanQuestion | None = None) -> PlanSummary:
    """Ask for a plan; a worker makes it in about `seconds` and stores a draft (event patrol.planned)."""
    asked = question or PlanQuestion()
    day = asked.day or site_day(house.now(), house.site_timezone)
    wishes = Wishes(
        house.site_timezone,
        asked.shift,
        asked.seconds,
        asked.seed,
        asked.variety,
        asked.town_floor,
        asked.abroad_s,
        asked.units_out,
        house.patrol_dwell_s,
        name=asked.name,
    )
    with writing(house.engine) as session:
        row = want(session, day, wishes, person.actor, house.now())
        return PlanSummary.model_validate(views.summary(session, row, house.now()))


@router.get("/patrol/plans", summary="Plans")
def list_plans(
    house: TheHouse,
    _: Desk,
    day: Annotated[date | None, Query(description="Only of this local day")] = None,
    state: Annotated[str | None, Query(max_length=12, description="Only in this state")] = None,
) -> PlanList:
    """Answer the newest plans first, at most 200."""
    with reading(house.engine) as session:
        return PlanList.model_validate({"items": views.plans_page(session, day, state, house.now())})


@router.get("/patrol/plans/compare", summary="Two plans side by side")
def compare_plans(house: TheHouse, _: Desk, a: PlanId, b: PlanId) -> PlanComparison:
    """Answer what two plans share, and how far apart in time: how well one foretells the other."""
    with reading(house.engine) as session:
        return PlanComparison.model_validate(compare(session, a, b, house.now()))


@router.get("/patrol/plans/{plan_id}", summary="A plan")
def show_plan(house: TheHouse, _: Desk, plan_id: PathId) -> PlanAnswer:
    """Answer a plan with its routes, stops and the visits that nobody makes."""
    with reading(house.engine) as session:
        return PlanAnswer.model_validate(views.plan_json(session, plan_id, house.now()))


@router.post("/patrol/plans/{plan_id}/edits", summary="Change a plan by hand")
def edit_plan(house: TheHouse, person: Supervisor, plan_id: PathId, question: EditQuestion) -> EditAnswer:
    """Answer what moving, removing or inserting a visit costs; with `apply`, do it."""
    asked = Edit(plan_id, **question.model_dump())
    with writing(house.engine) as session:
        return EditAnswer.model_validate(edit(session, asked, person.actor, house.now()))


@router.post("/patrol/plans/{plan_id}/publish", summary="Publish a plan")
def publish_plan(
    house: TheHouse, person: Supervisor, plan_id: PathId, question: RevisionQuestion
) -> PlanSummary:
    """Have the units drive this draft from now on; it takes the place of what is not done of theirs."""
    with writing(house.engine) as session:
        row = publishing.publish(session, plan_id, question.revision, person.actor, house.now())
        return PlanSummary.model_validate(views.summary(session, row, house.now()))


@router.post("/patrol/plans/{plan_id}/discard", summary="Discard a plan")
def discard_plan(
    house: TheHouse, person: Supervisor, plan_id: PathId, question: RevisionQuestion
) -> PlanSummary:
    """Put away a plan that was never published; one being made stops."""
    with writing(house.engine) as session:
        row = publishing.discard(session, plan_id, question.revision, person.actor, house.now())
        return PlanSummary.model_validate(views.summary(session, row, house.now()))


@router.post("/patrol/plans/{plan_id}/copy", summary="Copy a plan", status_code=201)
def copy_plan(house: TheHouse, person: Supervisor, plan_id: PathId) -> PlanSummary:
    """Make a draft with the same routes, to be changed by hand."""
    with writing(house.engine) as session:
        row = publishing.copy(session, plan_id, person.actor, house.now())
        return PlanSummary.model_validate(views.summary(session, row, house.now()))


@router.get("/patrol/adherence", summary="How the plans of a day are kept")
def show_adherence(house: TheHouse, _: Desk, day: OfDay = None) -> AdherenceAnswer:
    """Answer per unit what is planned, done, late and missed, and the grids longest unvisited."""
    day = day or site_day(house.now(), house.site_timezone)
    with reading(house.engine) as session:
        return AdherenceAnswer.model_validate(adherence(session, day, house.now()))


@router.get(
    "/patrol/plans/{plan_id}/sheet.pdf",
    summary="Route sheets to print",
    response_class=Response,
    responses=PDF,
)
def print_sheets(
    house: TheHouse,
    _: Desk,
    plan_id: PathId,
    unit_id: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Only of this unit")] = None,
) -> Response:
    """Answer a PDF: for each unit its way, stops and boxes to tick."""
    with reading(house.engine) as session:
        pdf = sheets(session, plan_id, unit_id, house.site_timezone, house.now())
    return _pdf(pdf, f"plan-{plan_id}{f'-unit-{unit_id}' if unit_id else ''}.pdf")


@router.get("/patrol/report", summary="The patrol report of a month")
def show_report(house: TheHouse, _: Reader, month: Month = None) -> ReportAnswer:
    """Answer per town what was planned and done, dwell kept, response times and coverage."""
    with reading(house.engine) as session:
        return ReportAnswer.model_validate(_report(house, session, month))


@router.get(
    "/patrol/report.pdf", summary="The patrol report, printed", response_class=Response, responses=PDF
)
def print_report(house: TheHouse, _: Reader, month: Month = None) -> Response:
    """Answer the month's report as a PDF."""
    with reading(house.engine) as session:
        report = _report(house, session, month)
        county = county_row(session).name
    pdf = report_pdf(report, county, house.site_timezone, house.now())
    return _pdf(pdf, f"patrol-report-{report['month']}.pdf")


def _report(house: House, session: Session, month: str | None) -> dict[str, Any]:
    month = month or f"{site_day(house.now(), house.site_timezone):%Y-%m}"
    return monthly_report(session, month, house.site_timezone, house.now())


def _pdf(content: bytes, name: str) -> Response:
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
