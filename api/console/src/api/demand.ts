// The shapes of demand for patrols, by the names the console uses. No logic.
import type { components } from "../../.types/schema";

type Schemas = components["schemas"];

export type Demand = Schemas["DemandAnswer"];
export type Need = Schemas["NeedAnswer"];
export type NeedReason = Schemas["ReasonAnswer"];
export type KeyPlace = Schemas["PlaceAnswer"];
export type PlaceKind = KeyPlace["kind"];
export type NewKeyPlace = Schemas["PlaceQuestion"];
export type StandingOrder = Schemas["OrderAnswer"];
export type NewOrder = Schemas["OrderQuestion"];
export type CallSummary = Schemas["CallSummary"];
export type CallsTaken = Schemas["CallsAnswer"];
/** Hours of the week in site time, as the server takes them. */
export interface Span {
  from: string;
  until: string;
  days: number[];
}
