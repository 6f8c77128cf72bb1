// Tests of changes.ts, run by tests.mjs: whom it follows after midnight, and what kinds of change a re-plan has.
import type { Change, Followed } from "../../api/plans";
import { equal } from "../../testing";
import { kindOf, withNight } from "./changes";

const followed = (id: number, planned: number) => ({ unit: { id }, planned }) as Followed;
const change = (from_unit: number | null, to_unit: number | null) => ({ from_unit, to_unit }) as Change;

export const tests = {
  "after midnight the night shift is followed in the plan of the day before, all others in today's": () => {
    equal(withNight([followed(1, 20), followed(2, 18)], [followed(2, 25)]).map((one) => [one.unit.id, one.planned]), [[1, 20], [2, 25]]);
    equal(withNight([followed(1, 20)], []).length, 1);
  },
  "a change is lost, handed on, new, or only at another time": () => {
    equal([change(1, null), change(1, 2), change(null, 2), change(3, 3)].map(kindOf), ["lost", "handed", "came", "later"]);
  },
};
