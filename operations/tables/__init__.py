"""Tables: what is stored, and nothing about how it is asked or changed. Times are aware UTC."""

from operations.tables.county import Camera, CountyRow, Grid, Point, RoadNetworkRow, Station, SubGrid, Town
from operations.tables.foundation import Table, UtcTime
from operations.tables.patrols import Assignment, PatrolPlan, PatrolStop, Unit
from operations.tables.people import Case, CaseMember, SignIn, User, WatchlistEntry
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
    "CountyRow",
    "EvidenceExport",
    "Grid",
    "LearnedTraffic",
    "LearnedUntil",
    "Movement",
    "PatrolPlan",
    "PatrolStop",
    "PlateRow",
    "Point",
    "Quarantine",
    "QueryDecision",
    "QueryRow",
    "ReadConfusion",
    "ReadCorrection",
    "RoadNetworkRow",
    "SightingRow",
    "SignIn",
    "Station",
    "SubGrid",
    "Table",
    "Town",
    "Turn",
    "Unit",
    "User",
    "UtcTime",
    "WatchlistEntry",
]
