"""Patrol plans: wishes, drafts, changes by hand, publishing; following them; sheets and monthly reports."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from api.doors import allowed
from api.house import TheHouse
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
    RevisionQuestion,
    ShiftList,
)
from operations.access import Person
from operations.patrolling import publishing, views
from operations.patrolling.adherence import adherence
from operations.patrolling.comparing import compare
from operations.patrolling.days import site_day
from operations.patrolling.drafts import Wishes
from operations.patrolling.editing import Edit, edit
from operations.patrolling.planning import want
from operations.patrolling.shifts import list_shifts
from operations.store import reading, writing

router = APIRouter(tags=["patrol"])

Desk = Annotated[Person, allowed("operator", "supervisor")]
Supervisor = Annotated[Person, allowed("supervisor")]
PlanId = Annotated[int, Query(ge=1, le=2**31 - 1, description="A plan")]
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
    )
    with writing(house.engine) as session:
        row = want(session, day, wishes, person.actor, house.now(), asked.name)
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
