// Proves that what a phone keeps is sent in order and once, and that a route goes on while nothing can be sent.
import type { PatrolStop } from "../../api/types";
import { equal, near, truthy } from "../../testing";
import { dwellOf, metresBetween, minutes, nextStop, standingAt, stillAhead, wayTo, withWaiting, type LonLat } from "./progress";
import { allDue, nextDue, openPositions, pauseMs, triedInVain, waitingOf, waitMs, type Item, type Kind } from "./queue";

const NOON = Date.parse("2026-11-23T04:00:00Z");
const item = (order: number, kind: Kind, more: Partial<Item> = {}): Item => ({ id: `item-${order}`, order, kind, user: 5, made_at: NOON, body: {}, photo: null, tries: 0, due_at: 0, refused: null, ...more });
const stop = (id: number, more: Partial<PatrolStop> = {}) =>
  ({ id, position: id, lon: 121.3, lat: 28.15, arrive_at: iso(60 * id), window_until: iso(60 * id + 30), dwell_s: 600, checked_in_at: null, left_at: null, ...more }) as PatrolStop;
const iso = (minutes: number) => new Date(NOON + minutes * 60_000).toISOString();

export const tests: Record<string, () => void> = {
  "help goes first, positions last, and within a lane the order of saying is kept"() {
    const items = [item(1, "positions"), item(2, "check_in"), item(3, "check_in"), item(4, "distress")];
    equal(nextDue(items, 5, NOON)?.id, "item-4");
    equal(nextDue(items.slice(0, 3), 5, NOON)?.id, "item-2");
    const held = triedInVain(items[1]!, NOON);
    equal(nextDue([items[0]!, held, items[2]!], 5, NOON)?.id, "item-1");
    equal(nextDue([held, items[2]!], 5, NOON), null);
    equal(nextDue([items[2]!, held], 5, NOON + 2_000)?.id, "item-2");
  },
  "what cannot be sent is tried again, later each time; help at least every five seconds"() {
    equal([1, 2, 3, 9, 500].map((tries) => pauseMs("check_in", tries)), [2_000, 4_000, 8_000, 60_000, 60_000]);
    equal([1, 2, 3, 4, 500].map((tries) => pauseMs("distress", tries)), [1_000, 2_000, 4_000, 5_000, 5_000]);
    const held = triedInVain(triedInVain(item(1, "check_in"), NOON), NOON);
    equal([held.tries, waitMs([held], 5, NOON), waitMs(allDue([held], NOON), 5, NOON), waitMs([], 5, NOON)], [2, 4_000, 0, null]);
  },
  "what another user said waits for that user, and what was refused waits for nobody"() {
    const items = [item(1, "check_in", { user: 6 }), item(2, "check_in", { refused: "no such stop" }), item(3, "check_in"), item(4, "positions")];
    equal(nextDue(items, 5, NOON)?.id, "item-3");
    equal(waitingOf(items, 5).map((one) => one.id), ["item-3"]);
  },
  "positions gather in one item until it is tried, under way or full"() {
    const some = item(1, "positions", { body: { positions: [{}] } });
    equal(openPositions([some], 5, null)?.id, "item-1");
    equal(openPositions([some], 5, "item-1"), null);
    equal(openPositions([triedInVain(some, NOON)], 5, null), null);
    equal(openPositions([item(1, "positions", { body: { positions: Array(100).fill({}) } })], 5, null), null);
  },
  "a check-in that waits counts on the phone, at our time"() {
    const waiting = [item(1, "check_in", { body: { stop_id: 1, kind: "arrive" } }), item(2, "check_in", { body: { stop_id: 1, kind: "leave" }, made_at: NOON + 660_000 })];
    const [first, second] = withWaiting([stop(1), stop(2)], waiting, 3_000) as [PatrolStop, PatrolStop];
    equal([first.checked_in_at, first.left_at], [new Date(NOON + 3_000).toISOString(), new Date(NOON + 663_000).toISOString()]);
    equal(second.checked_in_at, null);
    equal(withWaiting([stop(1, { checked_in_at: iso(-5) })], waiting, 0)[0]!.checked_in_at, iso(-5));
  },
  "the next stop is one that can still be in time, unless the team chooses"() {
    const stops = [stop(1), stop(2), stop(3)];
    equal(nextStop(stops, NOON, null)?.id, 1);
    equal(nextStop(stops, NOON + 130 * 60_000, null)?.id, 2);
    equal(nextStop(stops, NOON, 3)?.id, 3);
    equal(nextStop(stops, NOON + 900 * 60_000, null)?.id, 1);
    equal(nextStop([stop(1, { checked_in_at: iso(1) })], NOON, 1), null);
  },
  "a team stands where it arrived last and has not left; the dwell counts from there"() {
    const here = stop(2, { checked_in_at: iso(60) });
    equal(standingAt([stop(1, { checked_in_at: iso(1), left_at: iso(12) }), here, stop(3)])?.id, 2);
    equal(standingAt([here, stop(3, { checked_in_at: iso(90), left_at: iso(99) })]), null);
    equal(dwellOf(here, NOON + 64 * 60_000), { spent_s: 240, left_s: 360, kept: false });
    truthy(dwellOf(here, NOON + 70 * 60_000).kept);
    equal(minutes(247.9), "4:07");
  },
  "the way to a stop follows the route's line, and is straight when the team is elsewhere"() {
    const line: LonLat[] = [[121.3, 28.1], [121.31, 28.1], [121.31, 28.11], [121.32, 28.11]];
    const way = wayTo(line, [121.3005, 28.1], [121.31, 28.111]);
    equal(way.line.length, 5);
    near(way.metres, 980 + 49 + 1112 + 111, 120);
    const done = stop(1, { lon: 121.31, lat: 28.1, checked_in_at: iso(1) });
    equal(stillAhead(line, [done, stop(2)], stop(2)).length, 3);
    equal(stillAhead(line, [stop(1), stop(2)], stop(2)).length, 4);
    equal(wayTo(line, [121.5, 28.3], [121.31, 28.11]).line.length, 2);
    equal(wayTo([], [121.3, 28.1], [121.31, 28.11]).line.length, 2);
    near(metresBetween([121.3, 28.1], [121.3, 28.2]), 11_119.5, 2);
  },
};
