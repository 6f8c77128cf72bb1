// The shapes of questions about vehicle data and of quarantine by the names the console uses. It holds no logic.
import type { components } from "../../.types/schema";
import type { Area } from "../map/area";
import type { NamedPlace } from "./types";

type Schemas = components["schemas"];

export type Slip = Schemas["SlipAnswer"];
export type Found = Schemas["FoundSighting"];
export type LikelyVehicle = Schemas["VehicleAnswer"];
export type VehicleTrack = Schemas["TrackAnswer"];
export type Trip = Schemas["TripAnswer"];
export type Leg = Schemas["LegAnswer"];
export type Clone = Schemas["CloneAnswer"];
export type Conflict = Schemas["ConflictAnswer"];
export type ConflictReading = Schemas["ReadingAnswer"];
export type Companion = Schemas["CompanionAnswer"];
export type NextPoint = Schemas["NextAnswer"];

export type Question = Omit<Schemas["VehicleQuestion"], "area"> & { area?: Area };
export type QueryKind = Schemas["VehicleQuestion"]["kind"];
export type GradeAnswer = Schemas["GradeAnswer"];
export type Why = GradeAnswer["grade_why"][number];
export type PastQuestion = Schemas["PastQuery"];
export type QueryAnswer = Schemas["QueryAnswer"];
/** What is kept of a question: without what it found. */
export type AskedQuery = Omit<PastQuestion, "result_count">;

export type QuarantineState = "in_force" | "ended" | "lifted";
export interface Quarantined {
  id: number;
  kind: "phantom" | "clock" | "lane" | "person";
  state: QuarantineState;
  camera: NamedPlace;
  plate: string | null;
  lane: number | null;
  reason: string;
  code: string;
  numbers: Record<string, unknown>;
  since: string;
  until: string | null;
  made_at: string;
  made_by: string | null;
  held: number;
  lifted_at: string | null;
  lifted_by: string | null;
  lifted_reason: string | null;
}

export interface Hours {
  from: string;
  until: string;
  days: number[];
}
export interface Preview {
  exact: number;
  fuzzy: number;
  plates: { plate: string; probability: number; why: Slip[]; sightings: number }[];
  per_day: { day: string; exact: number; fuzzy: number }[];
  alerts_per_day: number;
  truncated: boolean;
}
