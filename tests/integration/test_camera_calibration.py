"""Calibration over HTTP: set, shown, cleared, audited; what fixes no ground is refused by field and fix."""

from typing import Any

import pytest

from operations.cameras import active_cameras
from operations.store import reading
from operations.tables import AuditRow
from tests.api_server import Api

CAMERA = "/api/v1/cameras/1"
GROUND = [
    {"x": 0.2, "y": 0.95, "right_m": -3.2, "ahead_m": 8.0},
    {"x": 0.8, "y": 0.95, "right_m": 3.2, "ahead_m": 8.0},
    {"x": 0.56, "y": 0.45, "right_m": 3.2, "ahead_m": 40.0},
    {"x": 0.44, "y": 0.45, "right_m": -3.2, "ahead_m": 40.0},
]
LANE = {"number": 1, "outline": [[0.2, 0.95], [0.5, 0.95], [0.5, 0.45], [0.44, 0.45]]}


def test_a_calibration_is_set_shown_handed_to_workers_and_cleared(api: Api) -> None:
    administrator, operator = api.as_user("administrator"), api.as_user("operator")
    assert operator.get(CAMERA).json()["calibration"] is None
    calibration = {"ground": GROUND, "lanes": [LANE]}
    changed = administrator.patch(CAMERA, json={"calibration": calibration})
    assert changed.json()["calibration"] == {**calibration, "residual_m": 0.0}
    assert operator.get(CAMERA).json()["calibration"] == changed.json()["calibration"]
    assert operator.patch(CAMERA, json={"calibration": None}).status_code == 403
    with reading(api.house.engine) as session:
        assert [camera.calibration for camera in active_cameras(session)] == [calibration, None]
    administrator.patch(CAMERA, json={"name": "东门"})
    assert administrator.get(CAMERA).json()["calibration"] is not None, "what is left out stays"
    assert administrator.patch(CAMERA, json={"calibration": None}).json()["calibration"] is None
    with reading(api.house.engine) as session:
        rows = session.query(AuditRow).filter_by(action="camera.changed").order_by(AuditRow.id).all()
        said = [row.details["calibration"] for row in rows if "calibration" in row.details]
    assert said == [{"ground": 4, "lanes": 1}, None]


@pytest.mark.parametrize(
    ("calibration", "field", "says"),
    [
        ({"ground": GROUND[:3]}, "calibration.ground", "at least 4"),
        ({"ground": [{**GROUND[0], "x": 1.2}, *GROUND[1:]]}, "calibration.ground.0.x", "less than or equal"),
        ({"ground": [{**GROUND[0], "x": "a"}, *GROUND[1:]]}, "calibration.ground.0.x", "number"),
        ({"ground": [*GROUND[:3], {**GROUND[3], "x": 0.565}]}, "calibration.ground", "Points 3 and 4"),
        ({"ground": GROUND, "lanes": [LANE, LANE]}, "calibration.lanes.0.number", "number each lane once"),
        (
            {"ground": GROUND, "lanes": [{"number": 1, "outline": [[0, 0], [1, 1], [1, 0], [0, 1]]}]},
            "calibration.lanes.0.outline",
            "crosses itself",
        ),
        ({"ground": GROUND, "lanes": [{**LANE, "number": 0}]}, "calibration.lanes.0.number", "greater"),
    ],
)
def test_a_calibration_that_cannot_be_used_is_refused_with_the_fix(
    api: Api, calibration: dict[str, Any], field: str, says: str
) -> None:
    answer = api.as_user("administrator").patch(CAMERA, json={"calibration": calibration})
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert says in answer.json()["detail"]
