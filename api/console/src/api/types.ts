// The shapes of the HTTP API by the names the console uses. They come from api/openapi.json (npm run types), so that a
// change of the API that the console has not followed is a type error. It holds no logic.
import type { components } from "../../.types/schema";
import type { Area } from "../map/area";
import type { Hours } from "./questions";

type Schemas = components["schemas"];

export type User = Schemas["Me"] & { disabled?: boolean };
export type Role = User["role"];
export type Session = Schemas["SessionAnswer"];
export type SignIn = Schemas["SignInAnswer"];
export type DemoLogin = Schemas["DemoLogin"];
export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

export type County = Schemas["CountyAnswer"];
export type ImportReport = Schemas["ImportReport"];
export type Areas = Schemas["AreaCollection"];
export type Places = Schemas["PlaceCollection"];
export type Roads = Schemas["RoadsAnswer"];
export type MapCameras = Schemas["MapCameras"];
export type NamedPlace = Schemas["NamedPlace"];
export type Line = Schemas["LineString"];

export type Camera = Schemas["CameraAnswer"];
export type CameraState = Camera["state"];
export type Calibration = Schemas["CalibrationAnswer"];
export type CameraSummary = Schemas["CameraSummary"];

export type Alert = Schemas["AlertAnswer"];
export type AlertState = Alert["state"];
export type Severity = Alert["severity"];
export type AlertDetail = Schemas["AlertDetail"];
export type HistoryItem = Schemas["HistoryItem"];
export type Sighting = Schemas["SightingAnswer"];
export type PlateCharacter = Schemas["PlateCharacter"];

export type Unit = Schemas["UnitAnswer"];
export type UnitState = Unit["state"];
export type NearestUnit = Schemas["Recommended"];
/** An assignment with all that is known of it, or only where to and how far. */
export type Assignment = Schemas["Drive"] & Partial<Schemas["AssignmentAnswer"]>;
export type PatrolStop = Schemas["FieldStop"];
export type PatrolRoute = Schemas["PatrolRoute"];
export type CheckIn = Schemas["CheckInAnswer"];
export type Distress = Schemas["DistressAnswer"];

export type Case = Schemas["CaseAnswer"];
export type Entry = Omit<Schemas["EntryAnswer"], "area" | "hours"> & { area: Area | null; hours: Hours | null };
export type EntryState = Entry["state"];

export type AuditRow = Schemas["AuditAnswer"];
export type AuditVerdict = Schemas["AuditVerdict"];
export type Status = Schemas["StatusAnswer"];
