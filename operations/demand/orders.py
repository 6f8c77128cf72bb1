"""Standing orders (勤务指令): a supervisor has a grid or key place visited for some days, and says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from operations import audit
from operations.audit import Actor
from operations.demand.wishes import (
    DWELL_S,
    MOST_POINTS,
    MOST_VISITS,
    Hours,
    check_may,
    hours_of,
    number_of,
    text_of,
)
from operations.facts import BadInput, Conflict, NotFound
from operations.store import Session
from operations.tables import Grid, KeyPlace, StandingOrder

MAY = ("supervisor",)
LONGEST = timedelta(days=92)
GIVEN, ENDED = "patrol.order_given", "patrol.order_ended"


class OrderNotFound(NotFound):
    """No standing order has this id."""

    def __init__(self, order_id: int) -> None:
        super().__init__(f"There is no standing order {order_id}.")


class OrderEnded(Conflict):
    """The order was ended before."""

    def __init__(self, order_id: int) -> None:
        super().__init__(f"Standing order {order_id} has ended already.")


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What a supervisor orders, from a local day through another: a grid or a key place, one of them."""

    reason: str
    from_day: date
    until_day: date
    grid_id: int | None = None
    place_id: int | None = None
    priority: float = 30.0
    visits: int = 1
    dwell_s: float = 720.0
    must: bool = False
    hours: Hours | None = None


def orders(session: Session, today: date) -> Sequence[StandingOrder]:
    """Return the orders that are in force or to come, then those of the past month; newest first."""
    recent = select(StandingOrder).where(StandingOrder.until_day >= today - timedelta(days=31))
    found = session.scalars(recent.order_by(StandingOrder.id.desc())).all()
    return sorted(found, key=lambda order: not is_in_force(order, today))


def is_in_force(order: StandingOrder, today: date) -> bool:
    """Return whether an order counts today or later."""
    return order.ended_at is None and order.until_day >= today


def give(session: Session, actor: Actor, asked: NewOrder, now: datetime) -> StandingOrder:
    """Give an order. Raises NotAllowed, BadInput."""
    check_may(actor, MAY, "give standing orders")
    _check_target(session, asked)
    _check_days(asked, now)
    order = StandingOrder(
        grid_id=asked.grid_id,
        place_id=asked.place_id,
        reason=text_of("reason", asked.reason, 500),
        priority=number_of("priority", asked.priority, (0.1, MOST_POINTS)),
        visits=int(number_of("visits", asked.visits, (1, MOST_VISITS))),
        dwell_s=number_of("dwell_s", asked.dwell_s, DWELL_S),
        must=asked.must,
        hours=hours_of(asked.hours),
        from_day=asked.from_day,
        until_day=asked.until_day,
        ordered_by=actor.user_id or 0,
        ordered_at=now,
    )
    session.add(order)
    session.flush()
    _record(session, actor, order, now)
    return order


def end(session: Session, actor: Actor, order_id: int, reason: str, now: datetime) -> StandingOrder:
    """End an order before its last day. Raises NotAllowed, OrderNotFound, OrderEnded, BadInput."""
    check_may(actor, MAY, "end standing orders")
    order = session.get(StandingOrder, order_id, with_for_update=True, populate_existing=True)
    if order is None:
        raise OrderNotFound(order_id)
    if order.ended_at is not None:
        raise OrderEnded(order_id)
    why = text_of("reason", reason, 500)
    order.ended_at, order.ended_by = now, actor.user_id
    _record(session, actor, order, now, why)
    return order


def _check_target(session: Session, asked: NewOrder) -> None:
    """Raise BadInput unless the order names one grid or key place that is there."""
    if (asked.grid_id is None) == (asked.place_id is None):
        raise BadInput("grid_id", "name a grid or a key place, one of them")
    if asked.grid_id is not None and session.get(Grid, asked.grid_id) is None:
        raise BadInput("grid_id", f"there is no grid {asked.grid_id}")
    if asked.place_id is not None and session.get(KeyPlace, asked.place_id) is None:
        raise BadInput("place_id", f"there is no key place {asked.place_id}")


def _check_days(asked: NewOrder, now: datetime) -> None:
    if asked.until_day < asked.from_day:
        raise BadInput("until_day", "lies before the first day")
    if asked.until_day < now.date() - timedelta(days=1):  # the site's day may be behind UTC's
        raise BadInput("until_day", "lies in the past")
    if asked.until_day - asked.from_day > LONGEST:
        raise BadInput("until_day", f"gives the order more than {LONGEST.days} days: give it anew then")


def _record(
    session: Session, actor: Actor, order: StandingOrder, now: datetime, ended_why: str | None = None
) -> None:
    """Write the audit row of an order given or ended."""
    said: dict[str, Any] = {
        name: getattr(order, name)
        for name in ("grid_id", "place_id", "priority", "visits", "dwell_s", "must", "hours")
    }
    days = {"from_day": order.from_day.isoformat(), "until_day": order.until_day.isoformat()}
    audit.record(
        session,
        actor=actor,
        now=now,
        action=ENDED if ended_why else GIVEN,
        subject="standing_order",
        subject_id=order.id,
        reason=ended_why or order.reason,
        details={**said, **days},
    )
