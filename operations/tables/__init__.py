"""Tables: what is stored, and nothing about how it is asked or changed. Times are aware UTC."""

from operations.tables.county import Camera, CountyRow, Grid, Point, RoadNetworkRow, Station, SubGrid, Town
from operations.tables.foundation import Table, UtcTime
from operations.tables.patrols import Assignment, PatrolPlan, PatrolStop, Unit
from operations.tables.people import Case, CaseMember, QueryRow, SignIn, User, WatchlistEntry
from operations.tables.seen import Alert, AlertSighting, CameraHour, SightingRow
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
    "CountyRow",
    "Grid",
    "PatrolPlan",
    "PatrolStop",
    "Point",
    "QueryRow",
    "RoadNetworkRow",
    "SightingRow",
    "SignIn",
    "Station",
    "SubGrid",
    "Table",
    "Town",
    "Unit",
    "User",
    "UtcTime",
    "WatchlistEntry",
]
