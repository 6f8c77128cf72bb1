// Tests of why.ts, run by tests.mjs.
import { setLanguage } from "../../i18n/index.svelte";
import { equal } from "../../testing";
import { quarantineWhy } from "./why";

const of = (code: string, numbers: Record<string, unknown>, kind = code) => ({ kind: kind as "phantom", code, numbers, reason: "The server's words.", lane: 2 });

export const tests = {
  "a phantom says how often it was read, and where else": () => {
    setLanguage("zh");
    equal(quarantineWhy(of("phantom", { visits: 41, linked: 0, usual_linked: 0.83, looks: 17, days: 3, every_s: null, p: 1e-9 })), "3 天内读到 41 次，车辆外观 17 种；45 分钟内在别处只读到 0 次，该处车辆平时有 83%：不是真实车牌");
  },
  "a clock says which way it is off": () => {
    setLanguage("en");
    equal(quarantineWhy(of("clock", { offset_s: -312, error_s: 4.2, legs: 40, agree: 38, neighbours: 5 })), "Its times are 312 s behind, as 38 of 40 legs with 5 cameras say: set its clock");
  },
  "a person's words are quoted, an unknown code gives the server's": () => {
    equal(quarantineWhy(of("person", {})), "The server's words.");
    equal(quarantineWhy(of("somethingnew", {}, "phantom")), "The server's words.");
  },
};
