"""A county's import: files in, a dry run out, then the import itself. For administrators only."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.doors import allowed
from api.house import House, TheHouse
from api.shapes.imports import ApplyImportQuestion, ImportReport
from operations.access import Person
from operations.county_import.applying import apply
from operations.county_import.comparing import Trial, dry_run
from operations.county_import.kept import KeptImport, Upload, forget, keep, kept_import
from operations.county_import.layers import LAYERS, check_mapping
from operations.county_import.report import report_json
from operations.county_import.rows import Wishes
from operations.county_import.systems import system_from
from operations.facts import BadInput
from operations.store import reading, writing

router = APIRouter(tags=["county"])

Administrator = Annotated[Person, allowed("administrator")]
FILE = {"type": "string", "format": "binary"}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        **dict.fromkeys(LAYERS, FILE),
                        "crs": {"type": "string", "example": "gcj02"},
                        "name": {"type": "string", "example": "示范县"},
                        "mapping": {"type": "string", "example": '{"cameras": {"code": "设备编码"}}'},
                    },
                }
            }
        },
    }
}


@router.post("/county/imports", summary="Try an import", openapi_extra=BODY)
async def try_import(request: Request, house: TheHouse, person: Administrator) -> ImportReport:
    """Check one file for each layer and answer what importing them would do; nothing is imported yet.

    The files are kept for a day. crs: wgs84 (default), gcj02, bd09, cgcs2000, cgcs2000-gk[:120].
    """
    async with request.form(max_files=len(LAYERS), max_fields=4) as form:
        wishes = _wishes(form)
        uploads = [
            Upload(layer, content.filename or layer, content.file)
            for layer, content in form.multi_items()
            if isinstance(content, UploadFile)
        ]
        kept = await run_in_threadpool(keep, house.data_dir, uploads, wishes, house.now())
    return await run_in_threadpool(_tried, house, kept)


@router.post("/county/imports/{import_id}/apply", summary="Import")
def apply_import(
    house: TheHouse, person: Administrator, import_id: str, question: ApplyImportQuestion | None = None
) -> ImportReport:
    """Import the files of a dry run, all or nothing; refused (409) with errors. The files go then."""
    kept = kept_import(house.data_dir, import_id)
    replaced = question is not None and question.replace_generated
    wishes = Wishes(kept.wishes.system, kept.wishes.mapping, kept.wishes.name, replaced)
    with reading(house.engine) as session:
        trial = dry_run(session, kept.files, wishes)
    with writing(house.engine) as session:
        apply(session, trial, person.actor, house.now())
    forget(house.data_dir, import_id)
    return _answer(kept.id, trial, applied=True)


@router.delete("/county/imports/{import_id}", summary="Forget an import", status_code=204)
def forget_import(house: TheHouse, person: Administrator, import_id: str) -> None:
    """Delete the files of a dry run that is not wanted."""
    forget(house.data_dir, import_id)


def _tried(house: House, kept: KeptImport) -> ImportReport:
    with reading(house.engine) as session:
        return _answer(kept.id, dry_run(session, kept.files, kept.wishes), applied=False)


def _answer(import_id: str, trial: Trial, applied: bool) -> ImportReport:
    return ImportReport.model_validate(report_json(trial) | {"id": import_id, "applied": applied})


def _wishes(form: FormData) -> Wishes:
    """Read the fields beside the files. Raises BadInput."""
    said = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        system = system_from(said.get("crs") or "wgs84")
    except ValueError as error:
        raise BadInput("crs", str(error)) from None
    name = " ".join((said.get("name") or "").split())[:80]
    if not name.isprintable():
        raise BadInput("name", "has characters that cannot be shown")
    return Wishes(system, _mapping(said.get("mapping") or "{}"), name or None)


def _mapping(text: str) -> dict[str, dict[str, str]]:
    try:
        said: Any = json.loads(text)
        for layer, fields in said.items():
            for field, heading in fields.items():
                check_mapping(layer, field, heading if isinstance(heading, str) else "")
    except (ValueError, AttributeError, RecursionError) as error:
        why = (
            str(error) if type(error) is ValueError else 'must be JSON such as {"cameras": {"code": "编码"}}'
        )
        raise BadInput("mapping", why) from None
    return {layer: dict(fields) for layer, fields in said.items()}
