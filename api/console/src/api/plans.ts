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
export type Cost = Schemas["PlanCost"];
export type Edit = Pick<Schemas["EditQuestion"], "change" | "stop_id" | "unserved_key" | "unit_id" | "position">;
export type EditAnswer = Schemas["EditAnswer"];
export type Comparison = Schemas["PlanComparison"];
/** A code and the numbers of its sentence. */
export type Coded = { [name: string]: unknown };

export type Followed = Schemas["Adhering"];
export type UnvisitedGrid = Schemas["UnvisitedGrid"];
export type Adherence = Schemas["AdherenceAnswer"];

export interface ReportSums {
  planned: number;
  done: number;
  doubted: number;
  done_share: number | null;
  dwell_kept_share: number | null;
  response_s_median: number | null;
  response_s_p90: number | null;
  alerts: number;
  grids: number;
  grids_visited: number;
  coverage_share: number | null;
  distance_m: number;
}
export interface TownReport extends ReportSums {
  town_id: number;
  name: string;
}
export interface Report {
  month: string;
  towns: TownReport[];
  county: ReportSums;
  definitions: string[];
}

export interface Change {
  stop_id: number | null;
  key: string | null;
  from_unit: number | null;
  to_unit: number | null;
  from_at: string | null;
  to_at: string | null;
}
export interface Replanned {
  took_ms: number;
  moved: number;
  inserted: number;
  dropped: number;
  cost: Cost;
  changes: Change[];
  plan: FullPlan | null;
}
export interface Closure {
  id: number;
  places: number[][];
  reason: string;
  from_at: string;
  until_at: string | null;
  closed_by: string;
  lifted_at: string | null;
}
