"""What of a live event a person may see."""

import pytest

from api.live.scope import SEES, Scope, visible
from operations import events
from operations.access import ROLES

PLATE = "浙JA1234"


def test_every_role_has_a_scope_and_every_event_an_audience() -> None:
    assert set(SEES) == set(ROLES)
    assert set().union(*SEES.values()) == events.TYPES


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_who_looks_after_the_system_never_sees_a_plate(role: str) -> None:
    for kind in events.TYPES:
        seen = visible(
            kind, {"alert": {"plate": PLATE}, "entry": {"pattern": PLATE}}, Scope(role, None, frozenset())
        )
        assert seen is None or not (kind.startswith("alert.") or kind == events.WATCHLIST_CHANGED), kind


@pytest.mark.parametrize("unit_id", [1, None])
def test_a_patrol_sees_only_what_concerns_its_own_unit(unit_id: int | None) -> None:
    scope = Scope("patrol", unit_id, frozenset())
    others = [
        ("alert.dispatched", {"alert": {"unit": {"id": 2}, "plate": PLATE}}),
        ("alert.raised", {"alert": {"unit": None, "plate": PLATE}}),
        ("unit.changed", {"unit": {"id": 2}}),
        ("units.moved", {"units": [{"id": 2}]}),
        ("patrol.checked_in", {"unit_id": 2, "stop": {}}),
        ("camera.state_changed", {"camera": {"id": 1}}),
    ]
    assert [visible(kind, data, scope) for kind, data in others] == [None] * len(others)


def test_an_unknown_kind_of_event_reaches_nobody() -> None:
    for role in ROLES:
        assert visible("vehicle.queried", {"plate": PLATE}, Scope(role, 1, frozenset({"x"}))) is None
