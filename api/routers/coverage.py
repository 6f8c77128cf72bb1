"""Coverage of the grids: what cameras see, when a patrol came, how soon one is there; seconds old at most."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.doors import allowed
from api.house import House, TheHouse
from api.shapes.coverage import CoverageAnswer, ReachAnswer, Starts
from operations.access import Person
from operations.coverage import coverage, coverage_columns, reach_columns
from operations.store import Session, reading
from operations.times import to_text

router = APIRouter(tags=["county"])

Desk = Annotated[Person, allowed("operator", "supervisor")]
From = Annotated[Starts, Query(alias="from", description="where help comes from")]
FRESH_S = 5


@router.get("/coverage", summary="How each grid is covered", response_model=CoverageAnswer)
def show_coverage(request: Request, house: TheHouse, person: Desk) -> Response:
    """Answer what cameras see of each grid, the last visit, reach by road, and the blind spots' order."""

    def read(session: Session) -> dict[str, Any]:
        now = house.now()
        return {"at": to_text(now), **coverage_columns(coverage(session, now))}

    return _fresh(request, house, "coverage", read)


@router.get("/coverage/reach", summary="How soon each grid is reached", response_model=ReachAnswer)
def show_reach(request: Request, house: TheHouse, person: Desk, starts: From = "stations") -> Response:
    """Answer the seconds by road to each grid, and the share of it reached in 1, 3 and 5 minutes."""
    return _fresh(
        request, house, f"reach {starts}", lambda session: reach_columns(session, starts, house.now())
    )


def _fresh(request: Request, house: House, name: str, read: Callable[[Session], Any]) -> Response:
    def answer() -> Any:
        with reading(house.engine) as session:
            return read(session)

    return house.maps.answer(request, name, str(int(house.now().timestamp()) // FRESH_S), answer)
