"""Evidence: a query's or an alert's sightings as a signed file, in the audit trail before it is answered."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from api.doors import allowed
from api.house import House, TheHouse
from api.pages import PathId
from api.shapes.evidence import EvidenceQuestion
from operations.access import Person
from operations.evidence.export import Asked, Exported, Place, export_alert, export_query

router = APIRouter(tags=["cases"])

CaseWorker = Annotated[Person, allowed("investigator", "supervisor")]
QueryId = Annotated[str, Path(max_length=36, examples=["6f0c5b0e-2f1b-4a35-8a53-0a2f6f2f8e11"])]
ZIP = "application/zip"
ZIP_ANSWER: dict[int | str, dict[str, object]] = {
    200: {
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
        "description": "A ZIP: pictures, readings, a report, a signed manifest",
    }
}


@router.post(
    "/queries/{query_id}/evidence",
    summary="Evidence of a query",
    response_class=Response,
    responses=ZIP_ANSWER,
)
def export_query_evidence(
    house: TheHouse, person: CaseWorker, query_id: QueryId, question: EvidenceQuestion
) -> Response:
    """Answer what an answered query of one's own case finds, as a signed file (500 sightings at most)."""
    asked = Asked(person, question.reason)
    return _file(export_query(house.engine, _place(house), query_id, asked, house.now()))


@router.post(
    "/alerts/{alert_id}/evidence",
    summary="Evidence of an alert",
    response_class=Response,
    responses=ZIP_ANSWER,
)
def export_alert_evidence(
    house: TheHouse, person: CaseWorker, alert_id: PathId, question: EvidenceQuestion
) -> Response:
    """Answer an alert's sightings as a signed file: to supervisors and members of its case."""
    asked = Asked(person, question.reason)
    return _file(export_alert(house.engine, _place(house), alert_id, asked, house.now()))


def _place(house: House) -> Place:
    key = house.evidence_key.get_secret_value()
    return Place(house.media, house.data_dir, key, ZoneInfo(house.site_timezone))


def _file(exported: Exported) -> Response:
    """Stream the file and delete it: what is kept of it is its hash."""
    return FileResponse(
        exported.path,
        media_type=ZIP,
        filename=f"evidence-{exported.id}.zip",
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(exported.path.unlink, missing_ok=True),
    )
