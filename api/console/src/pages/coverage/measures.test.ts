// Tests of measures.ts and csv.ts, run by tests.mjs: classes, no data told from zero, order, cells.
import { setLanguage } from "../../i18n/index.svelte";
import { NO_DATA } from "../../map/palette";
import { equal, truthy } from "../../testing";
import { cell, csvOf } from "./csv";
import { classOf, classWords, counts, fillsOf, MEASURES, NAMES, ordered, saidOf, type Coverage } from "./measures";

const found = {
  code: ["G1", "G2", "G3"],
  town_id: [1, 1, 2],
  lon: [121, 121, 121],
  lat: [28, 28, 28],
  seen_now: [0, 0, 0.2],
  seen_hoped: [0.1, 0, 0.2],
  seen_all: [0.1, 0, 0.4],
  cameras: [4, 0, 9],
  cameras_alive: [0, 0, 8],
  cameras_dead: [0, 0, 1],
  cameras_unknown: [4, 0, 0],
  last_visit_at: [null, "2026-11-23T04:00:00.000Z", null],
  unvisited_h: [null, 0, 200],
  station_s: [null, 30, 500],
  station_1min: [null, 0.5, 0], station_3min: [null, 1, 0], station_5min: [null, 1, 0],
  unit_s: [null, 30, 500],
  unit_1min: [null, 0.5, 0], unit_3min: [null, 1, 0], unit_5min: [null, 1, 0],
  blind_rank: [null, 1, 2],
  blind_points: [60, 71.5, 20],
  reasons: [[{ code: "no_road", points: 0 }], [{ code: "unseen", points: 35, share: 0 }], []],
} as unknown as Coverage; // prettier-ignore

export const tests = {
  "a class holds its lower end": () => equal([0.5, 1, 4.99, 5, 60].map((value) => classOf("station", value)), [0, 1, 2, 3, 5]),
  "every measure has as many words as colours": () => {
    setLanguage("en");
    for (const name of NAMES) equal([classWords(name).length, MEASURES[name].from.length], [6, 5]);
    equal(classWords("unseen").at(-1), "100%");
    equal(classWords("lost"), ["0%", "< 10%", "10% – 25%", "25% – 50%", "50% – 100%", "100%"]);
    equal(classWords("station").at(-1), "≥ 20 min");
  },
  "what is not known is hatched, zero is not": () => {
    const ramp = ["0", "1", "2", "3", "4", "5"];
    equal([...fillsOf(found, "unvisited", ramp).values()], [NO_DATA, "0", "5"]);
    equal([...fillsOf(found, "unseen", ramp).values()], [NO_DATA, "5", "0"], );
    equal([...fillsOf(found, "lost", ramp).values()], ["0", NO_DATA, "4"]);
    equal(counts(found, "unvisited"), { classes: [1, 0, 0, 0, 0, 1], unknown: 1 });
    truthy(saidOf(found, "unvisited", 0) !== saidOf(found, "unvisited", 1));
  },
  "the worst come first, those without data last": () => {
    equal(ordered(found, "points", null), [1, 2, 0]);
    equal(ordered(found, "unvisited", null), [2, 1, 0]);
    equal(ordered(found, "points", 1), [1, 0]);
  },
  "an empty cell is no zero, and no cell is a formula": () => {
    equal([cell(null), cell(0), cell("=1+1"), cell('a "b", c')], ["", "0", "'=1+1", '"a ""b"", c"']);
    const lines = csvOf(found, [1, 0], new Map([[1, "城关镇"]])).split("\r\n");
    equal([lines.length, lines[1]!.startsWith("1,71.5,G2,城关镇,"), lines[2]!.startsWith(",60,G1")], [4, true, true]);
  },
};
