// Tests of gantt.ts, run by tests.mjs: a unit's day without holes, where a dropped stop goes, what arrow keys reach.
import type { PlanRoute, PlanStop } from "../../api/plans";
import { equal, truthy } from "../../testing";
import { blocksOf, momentOf, neighbour, positionAt, share, spanOf, stopsOf, sums, ticks } from "./gantt";

const START = Date.parse("2026-11-24T00:00:00Z");
const at = (minute: number) => new Date(START + minute * 60_000).toISOString();
const stop = (id: number, position: number, [arrive, start, leave]: number[], more: Partial<PlanStop> = {}): PlanStop =>
  ({ id, position, arrive_at: at(arrive!), start_at: at(start!), leave_at: at(leave!), dropped_at: null, ...more }) as PlanStop;
const route = (stops: PlanStop[], rest: [number, number] | null = null): PlanRoute =>
  ({ stops, shift_from: at(0), shift_until: at(480), rest_from: rest && at(rest[0]), rest_until: rest && at(rest[1]) }) as PlanRoute;
const morning = route([stop(2, 2, [40, 40, 52]), stop(1, 1, [10, 20, 30]), stop(3, 3, [100, 100, 112])], [60, 90]);

export const tests = {
  "a unit's day is told without holes: drive, wait, dwell, the rest between the stops it lies between, what is left": () => {
    const blocks = blocksOf(morning);
    equal(blocks.map((block) => block.kind), ["drive", "wait", "dwell", "drive", "dwell", "drive", "rest", "drive", "dwell", "spare"]);
    truthy(blocks.every((block, i) => i === 0 || block.fromMs === blocks[i - 1]!.untilMs));
    equal(sums(blocks), { drive: 2280, wait: 600, dwell: 2040, rest: 1800, spare: 22080 });
  },
  "a rest after the last stop is still taken; a stop that was dropped is not driven to": () => {
    const short = route([stop(1, 1, [10, 10, 20]), stop(2, 2, [30, 30, 40], { dropped_at: at(5) })], [60, 90]);
    equal(blocksOf(short).map((block) => block.kind), ["drive", "dwell", "drive", "rest", "spare"]);
  },
  "a plan published in mid-shift says nothing of the hours before, unless a stop of them was kept": () => {
    equal(blocksOf(route([stop(1, 1, [100, 100, 112])]), at(90)).map((block) => block.kind), ["spare", "drive", "dwell", "spare"]);
    equal(blocksOf(morning, at(35))[0]!.kind, "drive");
  },
  "a stop dropped on a row goes between those before and after; its own old place does not count": () => {
    equal([positionAt(morning, START, null), positionAt(morning, START + 60 * 60_000, null), positionAt(morning, START + 300 * 60_000, null)], [1, 3, 4]);
    equal(positionAt(morning, START + 60 * 60_000, 1), 2);
    equal(momentOf(morning, 2, null), START + 35 * 60_000);
    equal(positionAt(morning, momentOf(morning, 3, 1), 1), 3);
  },
  "arrow keys go along a row and to the nearest stop of the next row that has any": () => {
    const late = route([stop(7, 1, [45, 45, 55]), stop(8, 2, [200, 200, 212])]);
    const rows = [morning, route([]), late];
    const two = stopsOf(morning)[1]!;
    equal(["ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp"].map((key) => neighbour(rows, two, key)?.id ?? null), [1, 3, 7, null]);
  },
  "the axis covers whole hours and its marks keep their distance": () => {
    const span = spanOf([route([])]);
    equal([span.fromMs, span.untilMs], [START, START + 480 * 60_000]);
    equal(ticks(span, 640).length, 9);
    truthy(ticks(span, 200).length <= 4);
    equal([share(span, START - 1), share(span, START + 240 * 60_000), share(span, START + 1e9)], [0, 0.5, 1]);
  },
};
