"""Cameras: their list, health and latest picture; the administrator changes them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.doors import allowed
from api.house import TheHouse
from api.live.watching import keep_watching
from api.pages import Cursor, Limit, PathId, cursor_after, id_from, rank_and_id_from
from api.pictures import JPEG_ANSWER, live_picture
from api.shapes.cameras import CameraAnswer, CameraChanges, CameraList, CameraSummary
from api.shapes.vocabulary import CameraKind, CameraState
from operations.access import Person
from operations.camera_views import (
    CameraChange,
    CamerasAsked,
    camera_json,
    cameras_page,
    cameras_summary,
    change_camera,
    find_camera,
    rank_of,
)
from operations.looks import watch_cameras
from operations.store import reading, writing

router = APIRouter(tags=["cameras"])

Reader = Annotated[Person, allowed("operator", "investigator", "supervisor", "administrator")]


@router.get("/cameras", summary="Cameras")
def list_cameras(
    house: TheHouse,
    person: Reader,
    state: CameraState | None = None,
    kind: CameraKind | None = None,
    live: Annotated[bool | None, Query(description="whether it has a source")] = None,
    town_id: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    q: Annotated[str | None, Query(max_length=80, description="part of code or name")] = None,
    worst_first: Annotated[
        bool, Query(description="faulty cameras before others, the blindest first")
    ] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> CameraList:
    """Answer cameras by id, or by what is wrong with them."""
    rank, after = rank_and_id_from(cursor) if worst_first else (0, id_from(cursor) or 0)
    asked = CamerasAsked(state, kind, live, town_id, q, after, limit, worst_first, rank)
    with reading(house.engine) as session:
        cameras = cameras_page(session, asked)
    items = [CameraAnswer(**camera) for camera in camera_json(cameras, house.redis)]
    if len(cameras) < limit:
        return CameraList(items=items, next_cursor=None)
    key = (rank_of(cameras[-1]),) if worst_first else ()
    return CameraList(items=items, next_cursor=cursor_after(*key, cameras[-1].id))


@router.get("/cameras/summary", summary="Cameras by state")
def summarise_cameras(house: TheHouse, person: Reader) -> CameraSummary:
    """Answer how many cameras are in each state."""
    with reading(house.engine) as session:
        return CameraSummary(**cameras_summary(session))


@router.get("/cameras/{camera_id}", summary="A camera")
def show_camera(house: TheHouse, person: Reader, camera_id: PathId) -> CameraAnswer:
    """Answer one camera with its health."""
    with reading(house.engine) as session:
        camera = find_camera(session, camera_id)
    return CameraAnswer(**camera_json([camera], house.redis)[0])


@router.patch("/cameras/{camera_id}", summary="Change a camera")
def update_camera(
    house: TheHouse,
    person: Annotated[Person, allowed("administrator")],
    camera_id: PathId,
    changes: CameraChanges,
) -> CameraAnswer:
    """Rename, enable or disable a camera, give it a source or a calibration."""
    change = CameraChange(changes.model_dump(exclude_unset=True))
    with writing(house.engine) as session:
        camera = change_camera(session, camera_id, change, person.actor, house.now())
    return CameraAnswer(**camera_json([camera], house.redis)[0])


@router.get(
    "/cameras/{camera_id}/live.jpg", summary="Latest picture", response_class=Response, responses=JPEG_ANSWER
)
def show_live_picture(
    house: TheHouse,
    person: Annotated[Person, allowed("operator", "supervisor", "administrator")],
    camera_id: PathId,
) -> Response:
    """Answer the camera's latest picture; the look is audited. An administrator calibrates on it."""
    with writing(house.engine) as session:
        code = watch_cameras(session, [camera_id], person, house.now())[camera_id]
    keep_watching(house.redis, [code])
    return live_picture(house.media, code)
