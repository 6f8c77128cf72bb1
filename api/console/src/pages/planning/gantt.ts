// A plan in time: what each unit does from when until when, where a stop would be put, which hours are shown. Pure functions.
import type { FullPlan, PlanRoute, PlanStop } from "../../api/plans";

export interface Block {
  kind: "drive" | "wait" | "dwell" | "rest" | "spare";
  fromMs: number;
  untilMs: number;
  stop?: PlanStop;
}
export interface Span {
  fromMs: number;
  untilMs: number;
}
const HOUR_MS = 3_600_000;
const STEPS_MIN = [15, 30, 60, 120, 180, 240, 360];
const ms = (at: string): number => Date.parse(at);

/** The stops still driven to, in order. */
export const stopsOf = (route: PlanRoute): PlanStop[] => route.stops.filter((stop) => stop.dropped_at === null).sort((a, b) => a.position - b.position);

/**
 * What the unit does, in order and without holes; `spare` is the way back and what is left of the shift.
 * since: when the plan was made or published: of a shift under way then, what came before was not this plan's.
 */
export function blocksOf(route: PlanRoute, since: string | null = null): Block[] {
  const blocks: Block[] = [];
  let at = ms(route.shift_from);
  let rest = route.rest_from !== null && route.rest_until !== null ? { fromMs: ms(route.rest_from), untilMs: ms(route.rest_until) } : null;
  const add = (kind: Block["kind"], untilMs: number, stop?: PlanStop) => {
    if (untilMs > at) blocks.push({ kind, fromMs: at, untilMs, stop });
    at = Math.max(at, untilMs);
  };
  const takeRest = () => {
    add("drive", rest!.fromMs);
    add("rest", rest!.untilMs);
    rest = null;
  };
  const stops = stopsOf(route);
  if (since !== null && stops.every((stop) => stop.arrive_at >= since)) add("spare", Math.min(ms(since), ms(route.shift_until)));
  for (const stop of stops) {
    if (rest && rest.fromMs < ms(stop.arrive_at)) takeRest();
    add("drive", ms(stop.arrive_at));
    add("wait", ms(stop.start_at), stop);
    add("dwell", ms(stop.leave_at), stop);
  }
  if (rest) takeRest();
  add("spare", ms(route.shift_until));
  return blocks;
}

/** Seconds of each kind. */
export function sums(blocks: Block[]): Record<Block["kind"], number> {
  const total = { drive: 0, wait: 0, dwell: 0, rest: 0, spare: 0 };
  for (const block of blocks) total[block.kind] += (block.untilMs - block.fromMs) / 1000;
  return total;
}

/** Whole hours around the shifts of all routes. */
export function spanOf(routes: PlanRoute[]): Span {
  if (routes.length === 0) return { fromMs: 0, untilMs: HOUR_MS };
  const from = Math.min(...routes.map((route) => ms(route.shift_from)));
  const until = Math.max(...routes.map((route) => ms(route.shift_until)));
  return { fromMs: Math.floor(from / HOUR_MS) * HOUR_MS, untilMs: Math.ceil(until / HOUR_MS) * HOUR_MS };
}

export const share = (span: Span, at: number): number => Math.min(1, Math.max(0, (at - span.fromMs) / (span.untilMs - span.fromMs)));

/** Moments to write on the axis: as many as fit `leastPx` apart on `widthPx`. */
export function ticks(span: Span, widthPx: number, leastPx = 62): number[] {
  const most = Math.max(1, widthPx / leastPx);
  const minutes = (span.untilMs - span.fromMs) / 60_000;
  const step = (STEPS_MIN.find((one) => minutes / one <= most) ?? 720) * 60_000;
  return Array.from({ length: Math.floor((span.untilMs - span.fromMs) / step) + 1 }, (_, i) => span.fromMs + i * step);
}

/** The place [1, …] among the other stops of a route that a stop dropped at a moment takes. */
export function positionAt(route: PlanRoute, moment: number, moved: number | null): number {
  const others = stopsOf(route).filter((stop) => stop.id !== moved);
  return 1 + others.filter((stop) => (ms(stop.start_at) + ms(stop.leave_at)) / 2 < moment).length;
}

/** The moment of the gap that a place among the other stops is. */
export function momentOf(route: PlanRoute, position: number, moved: number | null): number {
  const others = stopsOf(route).filter((stop) => stop.id !== moved);
  const before = others[position - 2];
  const after = others[position - 1];
  if (before && after) return (ms(before.leave_at) + ms(after.start_at)) / 2;
  return before ? ms(before.leave_at) : after ? ms(after.arrive_at) : ms(route.shift_from);
}

/** The stop that an arrow key leads to: beside it in its row, or nearest in time in the row above or below. */
export function neighbour(routes: PlanRoute[], stop: PlanStop, key: string): PlanStop | null {
  const row = routes.findIndex((route) => route.stops.some((one) => one.id === stop.id));
  if (row < 0) return null;
  const own = stopsOf(routes[row]!);
  const at = own.findIndex((one) => one.id === stop.id);
  if (key === "ArrowRight") return own[at + 1] ?? null;
  if (key === "ArrowLeft") return own[at - 1] ?? null;
  if (key === "Home") return own[0] ?? null;
  if (key === "End") return own.at(-1) ?? null;
  const step = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
  for (let next = row + step; step !== 0 && next >= 0 && next < routes.length; next += step) {
    const found = nearest(stopsOf(routes[next]!), ms(stop.start_at));
    if (found) return found;
  }
  return null;
}

function nearest(stops: PlanStop[], moment: number): PlanStop | null {
  const away = (stop: PlanStop) => Math.abs(ms(stop.start_at) - moment);
  return stops.reduce<PlanStop | null>((best, stop) => (best === null || away(stop) < away(best) ? stop : best), null);
}

/** The stop of a plan and its route, by id. */
export function findStop(plan: FullPlan | null, id: number | null): { stop: PlanStop; route: PlanRoute } | null {
  if (id === null) return null;
  for (const route of plan?.routes ?? []) {
    const stop = route.stops.find((one) => one.id === id);
    if (stop) return { stop, route };
  }
  return null;
}
