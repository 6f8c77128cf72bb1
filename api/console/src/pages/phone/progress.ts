// How far a route is: what the server knows and what still waits on the phone, the next stop, the dwell, the way there.
import type { PatrolStop } from "../../api/types";
import type { Item } from "./queue";

export type LonLat = [number, number];
const EARTH_M = 6_371_008.8;
const RAD = Math.PI / 180;
/** Farther from the drawn way than this, a straight line is said, not a way. */
const OFF_THE_WAY_M = 1_500;
const PASSED_TWICE_M = 80;
/** A visit that could not begin in time by this much is let go of. */
const TOO_LATE_MS = 30 * 60_000;

/** Great-circle metres between two places. */
export function metresBetween(a: LonLat, b: LonLat): number {
  const [dLat, dLon] = [(b[1] - a[1]) * RAD, (b[0] - a[0]) * RAD];
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a[1] * RAD) * Math.cos(b[1] * RAD) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The stops with the check-ins that wait on the phone taken as done; offsetMs: our clock ahead of the phone's. */
export function withWaiting(stops: PatrolStop[], waiting: Item[], offsetMs: number): PatrolStop[] {
  return stops.map((stop) => {
    const said = (kind: string) => waiting.find((item) => item.kind === "check_in" && item.body.stop_id === stop.id && item.body.kind === kind);
    const at = (item: Item | undefined) => (item ? new Date(item.made_at + offsetMs).toISOString() : null);
    return { ...stop, checked_in_at: stop.checked_in_at ?? at(said("arrive")), left_at: stop.left_at ?? at(said("leave")) };
  });
}

/** Where the team stands now: arrived and not left; of several the one arrived at last. */
export function standingAt(stops: PatrolStop[]): PatrolStop | null {
  const here = stops.filter((stop) => stop.checked_in_at !== null && stop.left_at === null);
  const last = [...here].sort((a, b) => Date.parse(b.checked_in_at!) - Date.parse(a.checked_in_at!))[0] ?? null;
  const later = last && stops.some((stop) => stop.checked_in_at !== null && Date.parse(stop.checked_in_at) > Date.parse(last.checked_in_at!));
  return later ? null : last;
}

/** The stop to drive to: the chosen one, else the first that can still be in time, else the first not done. */
export function nextStop(stops: PatrolStop[], now: number, chosen: number | null): PatrolStop | null {
  const open = stops.filter((stop) => stop.checked_in_at === null);
  return open.find((stop) => stop.id === chosen) ?? open.find((stop) => Date.parse(stop.window_until) + TOO_LATE_MS > now) ?? open[0] ?? null;
}

/** How long the team has stood there of what is wanted. */
export function dwellOf(stop: PatrolStop, now: number): { spent_s: number; left_s: number; kept: boolean } {
  const until = stop.left_at === null ? now : Date.parse(stop.left_at);
  const spent_s = Math.max(0, (until - Date.parse(stop.checked_in_at ?? stop.arrive_at)) / 1000);
  return { spent_s, left_s: Math.max(0, stop.dwell_s - spent_s), kept: spent_s >= stop.dwell_s };
}

/** 4:07 */
export const minutes = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** The last place of the line that is as near as the nearest, give or take slack_m: a way may pass a place twice. */
function closest(line: LonLat[], to: LonLat, slack_m: number): number {
  const away = line.map((place) => metresBetween(place, to));
  const least = Math.min(...away);
  return away.length - 1 - [...away].reverse().findIndex((one) => one <= least + slack_m);
}

/** The route's line from the last stop that is done on: what lies before it is driven. */
export function stillAhead(line: LonLat[], stops: PatrolStop[], next: PatrolStop): LonLat[] {
  const done = stops.filter((stop) => stop.checked_in_at !== null && stop.position < next.position).at(-1);
  return done && line.length > 1 ? line.slice(closest(line, [done.lon, done.lat], 0)) : line;
}

/** The way from here to a stop along the route's line, with its length; a straight line when here is far off the way. */
export function wayTo(line: LonLat[], here: LonLat, there: LonLat): { line: LonLat[]; metres: number } {
  const straight = { line: [here, there], metres: metresBetween(here, there) };
  if (line.length < 2) return straight;
  const goal = closest(line, there, 0);
  const start = closest(line.slice(0, goal + 1), here, PASSED_TWICE_M);
  if (metresBetween(line[start]!, here) > OFF_THE_WAY_M || metresBetween(line[goal]!, there) > OFF_THE_WAY_M) return straight;
  const way = [here, ...line.slice(start, goal + 1), there];
  return { line: way, metres: way.slice(1).reduce((sum, place, i) => sum + metresBetween(way[i]!, place), 0) };
}
