// Tests of reasons.ts, run by tests.mjs.
import { setLanguage } from "../i18n/index.svelte";
import { equal } from "../testing";
import { chance, percent, significanceWords, slipWords } from "./reasons";

export const tests = {
  "a misread says which character, where and how likely": () => {
    const slip = { position: 5, read: "B", true: "8", probability: 0.12 };
    setLanguage("zh");
    equal(slipWords(slip), "8 被读作 B，第 5 位，p = 0.12");
    setLanguage("en");
    equal(slipWords(slip), "8 read as B at position 5, p = 0.12");
  },
  "an unread, dropped or added character is not said to be misread": () => {
    setLanguage("zh");
    const slip = { position: 3, read: "-", true: "K", probability: 0.04 };
    equal(slipWords(slip), "K 未能读出，第 3 位，p = 0.040");
    equal(slipWords({ ...slip, read: "" }), "漏读 K，第 3 位，p = 0.040");
    equal(slipWords({ ...slip, read: "7", true: "" }), "多读出 7，第 3 位，p = 0.040");
  },
  "probabilities are honest at both ends": () => {
    equal([percent(0.004), percent(0.996), percent(1), percent(0.46)], ["<1%", ">99%", ">99%", "46%"]);
    equal([chance(2e-7), chance(0.998)], ["p < 0.001", "p > 0.99"]);
  },
  "what chance explains is said to be chance": () => {
    setLanguage("en");
    equal([significanceWords(0.3), significanceWords(1e-5)], ["as chance would have it", "far beyond chance"]);
  },
};
