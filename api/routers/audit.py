"""The audit trail, for the auditor alone: who did and saw what, and whether the trail is whole."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.doors import allowed
from api.house import TheHouse
from api.pages import Cursor, Limit, cursor_after, id_from
from api.shapes.trail import AuditAnswer, AuditList, AuditVerdict
from operations import audit
from operations.access import Person
from operations.relay import read_anchor
from operations.store import reading
from operations.trail import TrailAsked, trail_json, trail_page

router = APIRouter(tags=["audit"])

Auditor = Annotated[Person, allowed("auditor")]


@router.get("/audit", summary="The audit trail")
def list_audit_rows(
    house: TheHouse,
    person: Auditor,
    actor: Annotated[str | None, Query(max_length=64, examples=["investigator"])] = None,
    action: Annotated[str | None, Query(max_length=48, examples=["vehicle.queried"])] = None,
    case_number: Annotated[str | None, Query(max_length=64)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> AuditList:
    """Answer what was done and seen, newest first, with plates masked."""
    asked = TrailAsked(actor, action, case_number, id_from(cursor), limit)
    with reading(house.engine) as session:
        rows = trail_page(session, asked)
    items = [AuditAnswer(**trail_json(row)) for row in rows]
    return AuditList(items=items, next_cursor=cursor_after(rows[-1].id) if len(rows) == limit else None)


@router.get("/audit/verify", summary="Is the trail whole")
def verify_audit(house: TheHouse, person: Auditor) -> AuditVerdict:
    """Recompute the whole hash chain, and say where it is broken first."""
    anchor = read_anchor(house.redis)
    with reading(house.engine) as session:
        verdict = audit.verify(session, anchor)
    return AuditVerdict.model_validate(
        {
            "whole": verdict.whole,
            "sealed": verdict.sealed,
            "unsealed": verdict.unsealed,
            "first_broken": verdict.first_broken,
        }
    )
