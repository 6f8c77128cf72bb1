// Tests of words.ts and drawn.ts, run by tests.mjs: signs and reasons in words, what only one of two plans visits.
import type { FullPlan } from "../../api/plans";
import { setLanguage } from "../../i18n/index.svelte";
import { equal, truthy } from "../../testing";
import { onlyIn } from "./drawn";
import { costWords, dayPlus, doubtWords, reasonWords, signed } from "./words";

const visit = (id: number, grid_id: number, window_from: string) => ({ id, grid_id, place_id: null, window_from, dropped_at: null });
const plan = (...stops: object[]): FullPlan => ({ routes: [{ stops }] }) as unknown as FullPlan;

export const tests = {
  "numbers carry their sign, and nothing is plus or minus nothing": () => {
    equal([signed(-3.24, 1), signed(2), signed(-0.2)], ["−3.2", "+2", "±0"]);
    setLanguage("en");
    const said = costWords({ priority: 8.26, driving_s: 540, moved: 1, dropped: 0 });
    truthy(said.includes("−8.3") && said.includes("+9") && !said.includes("drop"));
  },
  "a reason is said with its numbers; one without words is not hidden": () => {
    setLanguage("en");
    truthy(reasonWords({ code: "blind", share: 0.7, priority: 5 }).includes("70%"));
    truthy(reasonWords({ code: "unvisited", days: null, priority: 5 }) !== reasonWords({ code: "unvisited", days: 6, priority: 5 }));
    equal(reasonWords({ code: "tides", priority: 1 }), "tides");
    truthy(doubtWords({ code: "clock", why: "ahead", off_s: 420 }).includes("7 min"));
    setLanguage("zh");
  },
  "a visit is the same in two plans where place and window are, whoever makes it": () => {
    const a = plan(visit(1, 5, "08:00"), visit(2, 6, "08:00"));
    const b = plan(visit(9, 6, "08:00"), visit(8, 5, "10:00"));
    equal([onlyIn(a, b).map((stop) => stop.id), onlyIn(b, a).map((stop) => stop.id)], [[1], [8]]);
  },
  "days pass over months": () => equal([dayPlus("2026-11-30", 1), dayPlus("2026-03-01", -1)], ["2026-12-01", "2026-02-28"]),
};
