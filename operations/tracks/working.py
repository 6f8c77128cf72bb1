"""Working: at which sites cameras read plates in an hour, so that one not seen there says something."""

from collections.abc import Collection

from sqlalchemy import Integer, select

from operations.store import Session, listed
from operations.tables import CameraHour, UtcTime
from operations.tracks.sites import sites
from operations.tracks.track import Saw, SiteHour

MOST_ASKED = 400
"""The newest so many are looked up; of others it is not claimed that anybody was missed."""


def saw_in(session: Session) -> Saw:
    """Return what tells, for sites and hours, which of them read any plate then, by the camera hours."""

    def saw(asked: Collection[SiteHour]) -> Collection[SiteHour]:
        cameras_of = sites(session).cameras_of
        newest = sorted(asked, key=lambda each: (each[1], each[0]))[-MOST_ASKED:]
        keys = {(camera, hour): site for site, hour in newest for camera in cameras_of[site]}
        # As pairs in a condition, 500 of them take PostgreSQL 30 ms to plan and as many index scans.
        one = listed(session, list(keys), (("camera", Integer()), ("hour", UtcTime())))
        found = (CameraHour.camera_id == one.c.camera) & (CameraHour.hour == one.c.hour)
        wanted = select(CameraHour.camera_id, CameraHour.hour).join(one, found).where(CameraHour.read > 0)
        return {(keys[camera, hour], hour) for camera, hour in session.execute(wanted)}

    return saw
