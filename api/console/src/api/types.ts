// The shapes of the HTTP API as the console uses them. It holds no logic.
export type Role = "operator" | "patrol" | "investigator" | "supervisor" | "auditor" | "administrator";
export type Severity = "red" | "orange" | "yellow";
export type AlertState = "new" | "acknowledged" | "dispatched" | "on_scene" | "resolved" | "false_alarm";
export type CameraState = "online" | "offline" | "frozen" | "black" | "blurred" | "moved" | "wrong_clock" | "unknown";
export type UnitState = "available" | "assigned" | "on_scene" | "off_duty";

export interface User {
  id: number;
  login: string;
  name: string;
  role: Role;
  disabled?: boolean;
}
export interface Session {
  user: User;
  expires_at: string;
}
export interface DemoLogin {
  login: string;
  password: string;
  role: Role;
}
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
export interface County {
  name: string;
  bounds: [number, number, number, number];
  centre: [number, number];
  counts: Record<string, number>;
  version: string;
  site_timezone: string;
  server_time: string;
}
export interface NamedPlace {
  id: number;
  code: string;
  name: string;
}
export interface Line {
  type: "LineString";
  coordinates: [number, number][];
}
export interface MapCameras {
  id: number[];
  code: string[];
  lon: number[];
  lat: number[];
  kind: string[];
  state: CameraState[];
  live: boolean[];
}
export interface Roads {
  version: string;
  scale: number;
  lines: { class: number; xy: number[] }[];
}
export interface Camera {
  id: number;
  code: string;
  name: string;
  kind: "hd" | "social";
  town_id: number | null;
  grid_id: number | null;
  lon: number;
  lat: number;
  heading_deg: number | null;
  view_deg: number | null;
  range_m: number | null;
  live: boolean;
  enabled: boolean;
  state: CameraState;
  state_reason: string | null;
  state_since: string | null;
  last_frame_at: string | null;
  clock_offset_s: number | null;
  fps: number | null;
}
export interface CameraSummary {
  states: Partial<Record<CameraState, number>>;
  live: number;
}
export interface Alert {
  id: number;
  kind: string;
  severity: Severity;
  state: AlertState;
  plate: string;
  case_number: string;
  reason: string;
  camera: NamedPlace;
  lon: number;
  lat: number;
  grid_code: string | null;
  town: string | null;
  raised_at: string;
  last_seen_at: string;
  times_seen: number;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  dispatched_at: string | null;
  on_scene_at: string | null;
  closed_at: string | null;
  outcome: string | null;
  escalation_level: number;
  simulated: boolean;
  unit: NamedPlace | null;
}
export interface PlateCharacter {
  char: string;
  confidence: number;
}
export interface Sighting {
  id: string;
  seen_at: string;
  received_at: string;
  clock_offset_s: number | null;
  plate: string | null;
  plate_confidence: number | null;
  plate_characters: PlateCharacter[];
  vehicle_class: string;
  colour: string | null;
  direction: string | null;
  camera: NamedPlace;
  lon: number;
  lat: number;
  has_snapshot: boolean;
  has_plate_crop: boolean;
  box: [number, number, number, number] | null;
  simulated?: boolean;
  speed_kmh?: number | null;
}
export interface HistoryItem {
  at: string;
  actor: string;
  action: string;
  details: Record<string, unknown>;
}
export interface Assignment {
  id?: number;
  alert_id: number;
  unit_id?: number;
  eta_s: number;
  distance_m?: number;
  route: Line | null;
  assigned_at?: string;
  arrived_at?: string | null;
}
export interface AlertDetail extends Alert {
  sightings: Sighting[];
  history: HistoryItem[];
  assignment: Assignment | null;
}
export interface Unit {
  id: number;
  code: string;
  name: string;
  kind: string;
  state: UnitState;
  lon: number;
  lat: number;
  heading_deg: number | null;
  position_at: string | null;
  station_id: number | null;
  town_id: number | null;
  assignment: Assignment | null;
}
export interface NearestUnit {
  unit: Unit;
  eta_s: number;
  distance_m: number;
  route: Line | null;
}
export interface PatrolStop {
  id: number;
  position: number;
  grid_code: string;
  lon: number;
  lat: number;
  arrive_at: string;
  leave_at: string;
  checked_in_at: string | null;
  note: string | null;
}
export interface PatrolRoute {
  unit: Unit;
  plan: { day: string; stops: PatrolStop[]; line: Line | null } | null;
  assignment: Assignment | null;
}
export interface Case {
  id: number;
  number: string;
  title: string;
  legal_basis: string;
  state: "open" | "closed";
  ends_at: string | null;
}
export type EntryState = "pending" | "active" | "rejected" | "ended";
export interface Entry {
  id: number;
  pattern: string;
  case_number: string;
  reason: string;
  severity: Severity;
  state: EntryState;
  valid_from: string | null;
  valid_until: string | null;
  created_by: string;
  created_at: string;
  decided_by: string | null;
  decided_at: string | null;
}
export interface PathProperties {
  kind?: "leg" | "gap" | "stop";
  seconds?: number;
  implausible?: boolean;
  from_sighting?: string;
  to_sighting?: string;
  [key: string]: unknown;
}
export interface PathFeature {
  type: "Feature";
  geometry: Line | { type: "Point"; coordinates: [number, number] };
  properties: PathProperties;
}
export interface PathCollection {
  type: "FeatureCollection";
  features: PathFeature[];
}
export interface QueryResult {
  id: string;
  count: number;
  truncated: boolean;
  items: Sighting[];
  path: PathCollection;
}
export interface QueryQuestion {
  case_number: string;
  reason: string;
  plate: string;
  from: string;
  to: string;
}
export interface PastQuery {
  id: string;
  case_number: string;
  reason: string;
  asked_by: string;
  asked_at: string;
  question: Partial<QueryQuestion>;
  result_count: number;
}
export interface AuditRow {
  id: number;
  at: string;
  actor: string;
  actor_role: string | null;
  action: string;
  subject: string | null;
  subject_id: string | number | null;
  case_number: string | null;
  reason: string | null;
  details: Record<string, unknown> | null;
  sequence: number | null;
  hash: string | null;
}
export interface AuditVerdict {
  whole: boolean;
  sealed: number;
  unsealed: number;
  first_broken: { sequence: number; why: string } | null;
}
