"""Own unit: the one unit that a team speaks for. Nobody else, the desk included, may say what it says."""

from sqlalchemy import select

from operations.audit import Actor
from operations.facts import NotAllowed
from operations.store import Session
from operations.tables import Unit


def locked_own_unit(session: Session, actor: Actor, unit_id: int | None = None) -> Unit:
    """Return the team's unit, locked. Raises NotAllowed when it has none, or `unit_id` is another's."""
    if actor.role != "patrol":
        raise NotAllowed(f"A {actor.role} has no team in the field.")
    own = select(Unit).where(Unit.user_id == actor.user_id)
    if actor.user_id is None:  # the demo's crews have no login: they name their unit
        own = select(Unit).where(Unit.id == unit_id, Unit.user_id.is_(None))
    unit = session.scalar(own.with_for_update().execution_options(populate_existing=True))
    if unit is None or unit_id not in (None, unit.id):
        raise NotAllowed("This is another team's unit, or you have none.")
    return unit
