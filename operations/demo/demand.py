"""The demo's demand for patrols: key places, eight weeks of calls and a few standing orders, all invented."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from geo.roads import RoadNetwork
from operations.audit import Actor
from operations.demand import orders, places
from operations.demand.orders import NewOrder
from operations.demo.key_places import key_places
from operations.demo.public_calls import public_calls
from operations.store import Engine, Session, writing
from operations.tables import KeyPlace, PublicCall, User

NIGHT = [{"from": "21:00", "until": "02:00", "days": [1, 2, 3, 4, 5, 6, 7]}]
AFTER_SCHOOL = [{"from": "15:30", "until": "17:30", "days": [1, 2, 3, 4, 5]}]


def write_demand(engine: Engine, network: RoadNetwork, seed: int, now: datetime) -> None:
    """Write key places, calls and orders into a county without any. now: in the site's time zone."""
    with writing(engine) as session:
        if session.scalar(select(KeyPlace.id).limit(1)) is not None:
            return
        gives = _supervisor(session)
        for asked in key_places(session, network):
            places.create(session, gives, asked, now)
        session.execute(insert(PublicCall), public_calls(session, seed, now))
        for order in _orders(session.scalars(select(KeyPlace).order_by(KeyPlace.id)).all(), now):
            orders.give(session, gives, order, now)


def _supervisor(session: Session) -> Actor:
    user = session.scalars(select(User).where(User.role == "supervisor").order_by(User.id)).first()
    return Actor(user.login, user.role, user.id) if user else Actor("system", "system", None)


def _orders(there: Sequence[KeyPlace], now: datetime) -> list[NewOrder]:
    """Return three orders a supervisor might have given this week."""
    today = now.date()
    bars = next((place for place in there if place.kind == "segment"), there[0])
    school = next((place for place in there if place.kind == "school"), there[0])
    pier = next((place for place in there if "码头" in place.name), there[-1])
    return [
        NewOrder(
            "近两周电动车被盗警情集中，夜间加强巡逻",
            today - timedelta(days=3),
            today + timedelta(days=11),
            grid_id=bars.grid_id,
            priority=32.0,
            visits=2,
            hours=NIGHT,
        ),
        NewOrder(
            "学校周边施工占道，护学时段驻点疏导",
            today - timedelta(days=1),
            today + timedelta(days=20),
            place_id=school.id,
            priority=35.0,
            hours=AFTER_SCHOOL,
            must=True,
        ),
        NewOrder(
            "开渔节期间码头周边安全巡查",
            today,
            today + timedelta(days=6),
            place_id=pier.id,
            priority=25.0,
            visits=2,
        ),
    ]
