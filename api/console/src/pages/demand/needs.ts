// What is wanted, counted for the eye: points of a grid in an hour, the visits to one place together. Pure.
import type { Need } from "../../api/demand";

/** The visits wanted at one grid, key place or order, the weightiest first. */
export interface Wish {
  key: string;
  needs: Need[];
  priority: number;
}

export const ALL_DAY = null;
export const HOURS = Array.from({ length: 28 }, (_, hour) => hour);

/** How many of a visit's points fall into an hour (null: all of them), spread evenly over its window. */
export function pointsIn(need: Need, hour: number | null): number {
  if (hour === ALL_DAY) return need.priority;
  const [from, until] = [need.window_from_s / 3600, (need.window_until_s + need.dwell_s) / 3600];
  const overlap = Math.min(until, hour + 1) - Math.max(from, hour);
  return overlap <= 0 ? 0 : (need.priority * overlap) / (until - from);
}

/** The points of every grid in an hour, by the grid's code. */
export function gridPoints(needs: Need[], hour: number | null): Map<string, number> {
  const points = new Map<string, number>();
  for (const need of needs) {
    const here = pointsIn(need, hour);
    if (here > 0) points.set(need.grid_code, (points.get(need.grid_code) ?? 0) + here);
  }
  return points;
}

/** Steps of a ramp: each the least points of its colour. Few grids are hot, so the upper steps hold few. */
export function steps(points: Iterable<number>): number[] {
  const sorted = [...points].sort((a, b) => a - b);
  if (sorted.length === 0) return [];
  return [0.5, 0.75, 0.88, 0.95, 0.985].map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
}

export const stepOf = (points: number, limits: number[]): number => limits.filter((limit) => points >= limit).length;

/** The wishes that have points in an hour, the most points first. */
export function wishes(needs: Need[], hour: number | null): Wish[] {
  const found = new Map<string, Wish>();
  for (const need of needs) {
    const points = pointsIn(need, hour);
    if (points <= 0) continue;
    const wish = found.get(need.revisit) ?? { key: need.revisit, needs: [], priority: 0 };
    wish.needs.push(need);
    wish.priority += points;
    found.set(need.revisit, wish);
  }
  for (const wish of found.values()) wish.needs.sort((a, b) => b.priority - a.priority);
  return [...found.values()].sort((a, b) => b.priority - a.priority || a.key.localeCompare(b.key));
}

/** Whether a wish has a place of its own kind: a key place or an order; else it is the grid's. */
export const kindOf = (key: string): string => key.split(":")[0]!;
