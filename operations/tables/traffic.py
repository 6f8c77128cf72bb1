"""Tables of the county's traffic as it is learned: counts between sites, never a plate.

A site is where cameras stand together: the id of a monitoring point, or minus the id of a camera without one.
"""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from operations.tables.foundation import Table


class Movement(Table):
    """How many vehicles went from one site to the next in an hour of the day (UTC) in so many seconds.

    bin: see operations.tracks.travel. to_site 0: seen nowhere again in time. count: what is newer weighs
    more (operations.tracks.travel.weight_at): the shares are right as they stand, the sums want division.
    """

    __tablename__ = "movements"
    from_site: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    to_site: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bin: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[float]


class Turn(Table):
    """How many vehicles that came from one site went from a second to a third, in a part of the day.

    part: operations.tracks.travel.part_of an hour. Weighted as movements are; previous_site 0: none before.
    """

    __tablename__ = "turns"
    previous_site: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_site: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    to_site: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[float]


class LearnedUntil(Table):
    """Up to which time (by seen_at, exclusive) a named learner has counted the sightings."""

    __tablename__ = "learned_until"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    until: Mapped[datetime]


class LearnedTraffic(Table):
    """What the movements say of the roads, as arrays (operations.tracks.travel): read in one go, no plate."""

    __tablename__ = "learned_traffic"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    until: Mapped[datetime]
    road_version: Mapped[str] = mapped_column(String(64))
    arrays: Mapped[bytes] = mapped_column(LargeBinary)
