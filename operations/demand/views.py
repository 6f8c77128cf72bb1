"""Demand as JSON: needs with the names of their places, key places, standing orders."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select

from operations.demand.need import Need
from operations.demand.orders import is_in_force
from operations.demand.places import line_of
from operations.store import Session
from operations.tables import Grid, KeyPlace, StandingOrder, User
from operations.times import to_text

Json = dict[str, Any]
PLACE = ("id", "code", "name", "kind", "lon", "lat", "grid_id", "town_id", "priority", "visits", "dwell_s")
PLACE_TOO = ("spacing_s", "hours", "must", "active")
ORDER = ("id", "grid_id", "place_id", "reason", "priority", "visits", "dwell_s", "must", "hours")


def needs_json(session: Session, found: Sequence[Need]) -> list[Json]:
    """Return needs with the code of their grid and the name of their key place or grid."""
    grids = {row.id: row for row in session.execute(select(Grid.id, Grid.code, Grid.name))}
    places = {row.id: row.name for row in session.execute(select(KeyPlace.id, KeyPlace.name))}
    shown = []
    for need in found:
        grid = grids[need.grid_id]
        name = places.get(need.place_id or 0, grid.name)
        shown.append({**asdict(need), "grid_code": grid.code, "name": name})
    return shown


def places_json(session: Session, found: Sequence[KeyPlace]) -> list[Json]:
    """Return key places with the codes of their grids and their lines."""
    codes = {row.id: row.code for row in session.execute(select(Grid.id, Grid.code))}
    return [
        {name: getattr(place, name) for name in (*PLACE, *PLACE_TOO)}
        | {"grid_code": codes[place.grid_id], "line": line_of(place)}
        for place in found
    ]


def orders_json(session: Session, found: Sequence[StandingOrder], today: date) -> list[Json]:
    """Return standing orders with what they name and who gave them."""
    grids = {row.id: row for row in session.execute(select(Grid.id, Grid.code, Grid.name))}
    places = {row.id: row.name for row in session.execute(select(KeyPlace.id, KeyPlace.name))}
    people = {row.id: row.name for row in session.execute(select(User.id, User.name))}
    shown = []
    for order in found:
        grid = grids.get(order.grid_id or 0)
        named = places.get(order.place_id or 0) if order.place_id else grid and grid.name
        shown.append(
            {name: getattr(order, name) for name in ORDER}
            | {
                "grid_code": grid.code if grid else None,
                "name": named,
                "from_day": order.from_day,
                "until_day": order.until_day,
                "in_force": is_in_force(order, today),
                "ordered_by": people.get(order.ordered_by),
                "ordered_at": to_text(order.ordered_at),
                "ended_by": people.get(order.ended_by or 0),
                "ended_at": to_text(order.ended_at),
            }
        )
    return shown
