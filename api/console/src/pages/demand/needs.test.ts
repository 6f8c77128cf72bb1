// Tests of needs.ts, run by tests.mjs: points of an hour add up over the day; a wish holds all visits to one place.
import type { Need } from "../../api/demand";
import { equal } from "../../testing";
import { gridPoints, HOURS, pointsIn, stepOf, steps, wishes } from "./needs";

const need = (changed: Partial<Need>): Need => ({
  grid_id: 1, grid_code: "G1", place_id: null, name: "", town_id: 1, lon: 0, lat: 0, priority: 12, dwell_s: 720,
  window_from_s: 20 * 3600, window_until_s: 23 * 3600 - 720, must: false, revisit: "grid:1", spacing_s: 0, reasons: [], ...changed,
});

export const tests = {
  "the points of a visit spread over its hours and add up": () => {
    const one = need({});
    equal(pointsIn(one, 19), 0);
    equal(Math.round(pointsIn(one, 21)), 4);
    equal(Math.round(HOURS.reduce((sum, hour) => sum + pointsIn(one, hour), 0)), 12);
    equal(pointsIn(one, null), 12);
  },
  "a grid has the points of all its visits, a wish those of one place": () => {
    const all = [need({}), need({ revisit: "place:3", place_id: 3, priority: 30 }), need({ priority: 10 })];
    equal(gridPoints(all, null).get("G1"), 52);
    const found = wishes(all, null);
    equal(found.map((wish) => [wish.key, wish.needs.length, wish.priority]), [["place:3", 1, 30], ["grid:1", 2, 22]]);
    equal(found[1]!.needs.map((one) => one.priority), [12, 10]);
    equal(wishes(all, 3).length, 0);
  },
  "the ramp keeps its upper colours for the few": () => {
    const limits = steps(Array.from({ length: 1000 }, (_, i) => i));
    equal(stepOf(10, limits), 0);
    equal(stepOf(999, limits), 5);
    equal(stepOf(960, limits), 4);
    equal(steps([]), []);
  },
};
