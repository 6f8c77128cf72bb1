// Tests of health.ts, run by tests.mjs: every code that the server is known to give has words in both languages.
import type { Camera } from "../api/types";
import { en } from "../i18n/en";
import { setLanguage } from "../i18n/index.svelte";
import { zh } from "../i18n/zh";
import { equal, truthy } from "../testing";
import { isOverloaded, whyOf } from "./health";

const CODES = ["unreported", "frozen", "covered", "partly_covered", "black", "white", "one_colour", "blurred", "another_view", "turned", "clock_off", "silent", "silent_plates", "overloaded", "no_picture", "main_stream_away"];

const camera = (state: Camera["state"], code: string | null, numbers: Record<string, number | string> = {}): Camera =>
  ({ state, enabled: true, state_reason: "The worker's sentence.", health: { code, numbers } }) as unknown as Camera;

export const tests = {
  "every code has words": () => {
    for (const code of CODES) truthy(`why.${code}` in zh && `why.${code}` in en);
  },
  "a turned camera says which way": () => {
    const turned = camera("moved", "turned", { right_percent: -12, down_percent: 0, degrees: 3 });
    setLanguage("zh");
    equal(whyOf(turned)?.said, "视野偏移：向左 12%，转了约 3°");
    setLanguage("en");
    equal(whyOf(turned)?.said, "The view has moved: 12% to the left, turned by about 3°");
  },
  "a clock says how far and which way": () => {
    setLanguage("zh");
    equal(whyOf(camera("wrong_clock", "clock_off", { offset_s: -61.4 }))?.said, "摄像机时钟慢 61 秒");
  },
  "without a code the worker is quoted, in English as it is": () => {
    setLanguage("zh");
    equal(whyOf(camera("offline", null)), { said: zh["fault.offline"], raw: "The worker's sentence.", todo: zh["todo.offline"] });
    setLanguage("en");
    equal(whyOf(camera("offline", null)), { said: "The worker's sentence.", raw: null, todo: en["todo.offline"] });
  },
  "nothing is said of a camera that is well": () => {
    equal(whyOf({ ...camera("online", null), state_reason: null }), null);
    truthy(!isOverloaded(camera("online", null)));
    truthy(isOverloaded(camera("online", "overloaded", { fps: 2.1, fps_wanted: 5 })));
  },
};
