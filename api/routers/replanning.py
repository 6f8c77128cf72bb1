"""Re-planning the rest of a day: what a change costs, having it driven, and a better plan as a draft."""

from typing import Annotated

from fastapi import APIRouter

from api.doors import allowed
from api.house import TheHouse
from api.shapes.replanning import ReplanAnswer, ReplanQuestion
from operations.access import Person
from operations.patrolling.views import plan_json
from operations.replanning import Asked, replan
from operations.store import reading, writing

router = APIRouter(tags=["patrol"])

Desk = Annotated[Person, allowed("operator", "supervisor")]


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
