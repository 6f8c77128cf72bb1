"""Tables: what is stored, and nothing about how it is asked or changed. Times are aware UTC."""

from operations.tables.county import (
    Camera,
    CountyRow,
    Grid,
    Point,
    RoadClosure,
    RoadNetworkRow,
    Station,
    SubGrid,
    Town,
)
from operations.tables.demand import KeyPlace, PublicCall, StandingOrder
from operations.tables.foundation import Table, UtcTime
from operations.tables.patrols import Assignment, PatrolPlan, PatrolRoute, PatrolStop, Shift, Unit
from operations.tables.people import Case, CaseMember, SignIn, User, WatchlistEntry
from operations.tables.presence import CheckIn, DistressCall, UnitPosition
from operations.tables.quarantine import Quarantine
from operations.tables.questions import CaseSighting, EvidenceExport, QueryDecision, QueryRow
from operations.tables.reads import PlateRow, ReadConfusion, ReadCorrection
from operations.tables.seen import Alert, AlertSighting, CameraHour, SightingRow
from operations.tables.traffic import LearnedTraffic, LearnedUntil, Movement, Turn
from operations.tables.trail import AuditRow

__all__ = [
    "Alert",
    "AlertSighting",
    "Assignment",
    "AuditRow",
    "Camera",
    "CameraHour",
    "Case",
    "CaseMember",
    "CaseSighting",
    "CheckIn",
    "CountyRow",
    "DistressCall",
    "EvidenceExport",
    "Grid",
    "KeyPlace",
    "LearnedTraffic",
    "LearnedUntil",
    "Movement",
    "PatrolPlan",
    "PatrolRoute",
    "PatrolStop",
    "PlateRow",
    "Point",
    "PublicCall",
    "Quarantine",
    "QueryDecision",
    "QueryRow",
    "ReadConfusion",
    "ReadCorrection",
    "RoadClosure",
    "RoadNetworkRow",
    "Shift",
    "SightingRow",
    "SignIn",
    "StandingOrder",
    "Station",
    "SubGrid",
    "Table",
    "Town",
    "Turn",
    "Unit",
    "UnitPosition",
    "User",
    "UtcTime",
    "WatchlistEntry",
]
