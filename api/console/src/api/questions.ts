// The shapes of questions about vehicle data and of quarantine by the names the console uses. It holds no logic.
import type { components } from "../../.types/schema";
import type { Area } from "../map/area";

type Schemas = components["schemas"];

export type Slip = Schemas["SlipAnswer"];
export type Found = Schemas["FoundSighting"];
export type LikelyVehicle = Schemas["VehicleAnswer"];
export type VehicleTrack = Schemas["TrackAnswer"];
export type Trip = Schemas["TripAnswer"];
export type Leg = Schemas["LegAnswer"];
export type Clone = Schemas["CloneAnswer"];
export type Conflict = Schemas["ConflictAnswer"];
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

export type Quarantined = Schemas["QuarantineAnswer"];
export type QuarantineState = Quarantined["state"];
export type Preview = Schemas["PreviewAnswer"];
/** Hours of the week in site time; days are 1 (Monday) to 7. */
export interface Hours {
  from: string;
  until: string;
  days: number[];
}
