// Whom the board follows after midnight, and the kinds of change a re-plan has. Pure functions.
import type { Change, Followed } from "../../api/plans";

/** lost: nobody makes it any more; handed: another unit does; came: somebody does now; later: same unit, another time. */
export const KINDS = ["lost", "handed", "came", "later"] as const;
export type Kind = (typeof KINDS)[number];

export function kindOf({ from_unit, to_unit }: Change): Kind {
  if (to_unit === null) return "lost";
  return from_unit === null ? "came" : from_unit === to_unit ? "later" : "handed";
}

/** After midnight the night shift still drives the plan of the day before: those units are followed in it. */
export function withNight(today: Followed[], late: Followed[]): Followed[] {
  const driving = new Map(late.map((item) => [item.unit.id, item]));
  const kept = today.filter((item) => !driving.has(item.unit.id));
  return [...kept, ...driving.values()];
}
