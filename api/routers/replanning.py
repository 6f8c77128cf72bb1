"""Re-planning the rest of a day: what a change costs, having it driven, and a better plan as a draft."""

from typing import Annotated

from fastapi import APIRouter

from api.doors import allowed
from api.house import TheHouse
from api.pages import PathId
from api.shapes.patrol_plans import PlanSummary
from api.shapes.replanning import ImproveQuestion, ReplanAnswer, ReplanQuestion
from operations.access import Person
from operations.improving import want_improvement
from operations.patrolling.views import plan_json, summary
from operations.replanning import Asked, replan
from operations.store import reading, writing

router = APIRouter(tags=["patrol"])

Desk = Annotated[Person, allowed("operator", "supervisor")]
Supervisor = Annotated[Person, allowed("supervisor")]


@router.post("/patrol/replan", summary="Mend a plan")
def replan_patrols(house: TheHouse, person: Desk, question: ReplanQuestion) -> ReplanAnswer:
    """Answer what mending the rest of a plan's day changes and costs; with apply, have it driven."""
    asked = Asked(**question.model_dump())
    opened = writing if asked.apply else reading
    with opened(house.engine) as session:
        told = replan(session, asked, person.actor, house.now())
        session.flush()
        plan = plan_json(session, asked.plan_id, house.now()) if asked.apply else None
        return ReplanAnswer.model_validate(told | {"plan": plan})


@router.post("/patrol/plans/{plan_id}/improve", summary="Solve the rest anew", status_code=202)
def improve_plan(
    house: TheHouse, person: Supervisor, plan_id: PathId, question: ImproveQuestion | None = None
) -> PlanSummary:
    """Ask for a draft with the rest of the day solved anew; its figures say how many visits that moves."""
    seconds = (question or ImproveQuestion()).seconds
    with writing(house.engine) as session:
        row = want_improvement(session, plan_id, seconds, person.actor, house.now())
        return PlanSummary.model_validate(summary(session, row, house.now()))
