// Tests of words.ts, run by tests.mjs.
import type { Leg } from "../../api/questions";
import { setLanguage } from "../../i18n/index.svelte";
import { setSiteZone } from "../../i18n/time";
import { equal } from "../../testing";
import { gradeWhy, legWords, longDuration, spanProblem, spanWords } from "./words";

const leg = (verdict: string, more: object = {}) => ({ verdict, seconds: 130, shortest_s: 60, usual_s: 100, slow_s: 180, stop_s: null, ...more }) as unknown as Leg;

export const tests = {
  "a leg says how long it took beside what is usual": () => {
    setLanguage("zh");
    equal(legWords(leg("driven")), "2 分 10 秒，平时 1 分 40 秒–3 分 0 秒");
    equal(legWords(leg("impossible", { shortest_s: 1440 })), "不可能的行程：用时 2 分 10 秒，最快也要 24 分钟");
    equal(legWords(leg("gap", { seconds: 39_180 })), "10 小时 53 分 无记录：不推断路线");
  },
  "a question's grade is explained with its numbers; an unknown rule by its name": () => {
    setLanguage("en");
    equal(gradeWhy({ code: "further_back", grade: "supervisor", days_back: 120, own_days: 90 }), "120 days back, more than the 90 days that are yours");
    equal(gradeWhy({ code: "a_new_rule" }), "a_new_rule");
  },
  "times are the site's, and the first lies before the second": () => {
    setSiteZone("Asia/Shanghai");
    equal(spanWords("2026-11-20T16:30:00Z", "2026-11-20T18:00:00Z"), "11-21 00:30–02:00");
    equal(spanProblem("2026-11-20T08:00", "2026-11-20T09:00"), null);
    equal(spanProblem("2026-11-20T09:00", "2026-11-20T09:00") === null, false);
  },
  "long times are rounded, short ones are not": () => {
    setLanguage("en");
    equal([longDuration(45), longDuration(600), longDuration(200_000)], ["45 s", "10 min", "2 d 7 h"]);
  },
};
