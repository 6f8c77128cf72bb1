// The shapes of patrol plans, of following them and of the month's report, by the names the console uses. No logic.
import type { components } from "../../.types/schema";

type Schemas = components["schemas"];

export type Shift = Schemas["ShiftAnswer"];
export type PlanSummary = Schemas["PlanSummary"];
export type PlanState = PlanSummary["state"];
export type Figures = Schemas["PlanFigures"];
export type FullPlan = Schemas["PlanAnswer"];
export type PlanRoute = Schemas["PlannedRoute"];
export type RouteUnit = Schemas["PlannedUnit"];
export type PlanStop = Schemas["PlannedStop"];
export type UnservedVisit = Schemas["UnservedVisit"];
export type Cost = NonNullable<EditAnswer["cost"]>;
export type Edit = Pick<Schemas["EditQuestion"], "change" | "stop_id" | "unserved_key" | "unit_id" | "position">;
export type EditAnswer = Schemas["EditAnswer"];
export type Comparison = Schemas["PlanComparison"];
/** A code and the numbers of its sentence. */
export type Coded = { [name: string]: unknown };

export type Followed = Schemas["Adhering"];
export type UnvisitedGrid = Schemas["UnvisitedGrid"];
export type Adherence = Schemas["AdherenceAnswer"];
export type ReportSums = Schemas["ReportSums"];
export type TownReport = Schemas["TownReport"];
export type Report = Schemas["ReportAnswer"];

export type ReplanQuestion = Pick<Schemas["ReplanQuestion"], "plan_id" | "revision" | "why" | "unit_id">;
export type Replanned = Schemas["ReplanAnswer"];
export type Change = Schemas["ReplanChange"];
export type Closure = Schemas["ClosureAnswer"];
