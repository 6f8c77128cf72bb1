// Tests of lanes.ts, run by tests.mjs: what of an answer is drawn, and where a played vehicle is.
import type { Found, QueryAnswer } from "../../api/questions";
import { equal, near, truthy } from "../../testing";
import { lanesOf, placeAt, tripsOf, tripWith } from "./lanes";
import { tripRoutes, tripStops } from "./drawn";

const START = Date.parse("2026-11-20T00:00:00Z");
const at = (minute: number) => new Date(START + minute * 60_000).toISOString();
const found = (id: string, minute: number, more: Partial<Found> = {}): Found =>
  ({ id, seen_at: at(minute), lon: 121 + minute / 1000, lat: 28, read: { plate: "A", probability: 1, why: [] }, quarantined: null, ...more }) as Found;
const line = (from: number, to: number) => ({ type: "LineString" as const, coordinates: [[121 + from / 1000, 28], [121 + to / 1000, 28]] });
const leg = (from: string, to: string, minutes: [number, number], verdict: string, ways = 1) => ({
  from_sighting: from,
  to_sighting: to,
  seconds: (minutes[1] - minutes[0]) * 60,
  road_seconds: null,
  shortest_s: null,
  usual_s: null,
  slow_s: null,
  verdict,
  stop_s: verdict === "stop" ? 300 : null,
  ways: Array.from({ length: ways }, (_, i) => ({ probability: i === 0 ? 0.8 : 0.2, distance_m: 1, seconds: 1, geometry: line(...minutes) })),
});
const answer = (more: object): QueryAnswer => ({ kind: "path", items: [], tracks: [], clone: null, ...more }) as unknown as QueryAnswer;
const items = [found("a", 0), found("b", 10), found("c", 20), found("d", 25), found("q", 5, { quarantined: { id: 1, kind: "phantom", reason: "" } })];
const legs = [leg("z", "a", [-500, 0], "gap", 0), leg("a", "b", [0, 10], "stop", 2), leg("b", "c", [10, 20], "impossible", 0), leg("b", "d", [10, 25], "driven", 0)];
const whole = answer({ items: [found("z", -500), ...items], tracks: [{ plate: "A", vehicle: 1, trips: [{ number: 1, from: at(0), to: at(25), sightings: 3, distance_m: 9, legs }] }] });

export const tests = {
  "a trip holds its own readings: not the one before the gap, not the impossible one, not the quarantined one": () => {
    const lane = lanesOf(whole)[0]!;
    equal(lane.trips[0]!.ordered.map((one) => one.id), ["a", "b", "d"]);
    equal([lane.trips[0]!.before!.from.id, lane.trips[0]!.contradicted[0]!.to.id], ["z", "c"]);
    equal(lane.aside.map((one) => one.id), ["q"]);
  },
  "an impossible leg is never drawn; what was not routed is dashed; the likeliest way is on top of its alternative": () => {
    const routes = tripRoutes(lanesOf(whole)[0]!.trips[0]!);
    equal(routes.map((one) => one.kind), ["alternative", "track", "gap"]);
    equal(routes[0]!.label, "20%");
    equal(tripStops(lanesOf(whole)[0]!.trips[0]!, null).map((stop) => stop.label), ["✕", "1", "2", "3"]);
  },
  "a vehicle that stops drives first, then stands": () => {
    const lane = lanesOf(whole)[0]!;
    near(placeAt(lane, START + 2.5 * 60_000)![0], 121.005, 1e-6);
    near(placeAt(lane, START + 8 * 60_000)![0], 121.01, 1e-6);
  },
  "nobody knows where it was where no way was looked for, or outside its trips": () => {
    const lane = lanesOf(whole)[0]!;
    equal(placeAt(lane, START + 15 * 60_000), null);
    equal(placeAt(lane, START + 23 * 60_000), null);
    equal(placeAt(lane, START + 99 * 60_000), null);
  },
  "two vehicles under one plate keep their own readings": () => {
    const trip = (from: string, to: string, minutes: [number, number]) => ({ number: 1, from: at(minutes[0]), to: at(minutes[1]), sightings: 2, distance_m: 1, legs: [leg(from, to, minutes, "driven")] });
    const lanes = lanesOf(
      answer({ kind: "clone", items: items.slice(0, 4), clone: { vehicles: [["a", "c"], ["b", "d"]] }, tracks: [{ plate: "A", vehicle: 1, trips: [trip("a", "c", [0, 20])] }, { plate: "A", vehicle: 2, trips: [trip("b", "d", [10, 25])] }] }),
    );
    equal(lanes.map((lane) => lane.trips[0]!.ordered.map((one) => one.id)), [["a", "c"], ["b", "d"]]);
    equal(lanes.map((lane) => lane.second), [false, true]);
    truthy(tripStops(lanes[1]!.trips[0]!, null).every((stop) => stop.square === true));
  },
  "without ways readings still make trips, parted by an hour": () => {
    const lanes = lanesOf(answer({ items: [found("a", 0), found("b", 30), found("c", 200)] }));
    const trips = tripsOf(lanes);
    equal(trips.map((trip) => trip.ordered.length), [1, 2]);
    equal(tripWith(trips, "b")!.ordered[0]!.id, "a");
    equal(tripWith(trips, null)!.ordered[0]!.id, "c");
  },
};
