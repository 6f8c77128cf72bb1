// What is being drawn on a camera's picture: points with metres, lanes, what is chosen; and how it is compared and sent.
import type { Calibration } from "../api/types";
import type { GroundPoint } from "./ground";

export type Place = [number, number];
export interface Lane {
  number: number;
  outline: Place[];
}
export interface Drawing {
  ground: GroundPoint[];
  lanes: Lane[];
}
/** A handle on the picture: a ground point, or a corner of a lane. */
export type Handle = { kind: "point"; index: number } | { kind: "corner"; lane: number; index: number };

export const MOST_POINTS = 24;
export const MOST_LANES = 20;

export function drawingOf(calibration: Calibration | null): Drawing {
  return {
    ground: (calibration?.ground ?? []).map(({ x, y, right_m, ahead_m }) => ({ x, y, right_m, ahead_m })),
    lanes: (calibration?.lanes ?? []).map(({ number, outline }) => ({ number, outline: outline.map(([x, y]): Place => [x!, y!]) })),
  };
}

const fine = (fraction: number): number => Number(fraction.toFixed(5));

/** Give the drawing as the API takes it. */
export function toSend({ ground, lanes }: Drawing): Drawing {
  return {
    ground: ground.map((point) => ({ ...point, x: fine(point.x), y: fine(point.y) })),
    lanes: lanes.map((lane) => ({ number: lane.number, outline: lane.outline.map(([x, y]): Place => [fine(x), fine(y)]) })),
  };
}

export const isSame = (a: Drawing, b: Drawing): boolean => JSON.stringify(toSend(a)) === JSON.stringify(toSend(b));

export const isSameHandle = (a: Handle | null, b: Handle): boolean => JSON.stringify(a) === JSON.stringify(b);

const inside = (fraction: number): number => Math.min(1, Math.max(0, fraction));

/** Put a handle at a place, kept inside the picture. */
export function moveHandle(drawing: Drawing, handle: Handle, [x, y]: Place): void {
  if (handle.kind === "point") {
    const point = drawing.ground[handle.index];
    if (point) [point.x, point.y] = [inside(x), inside(y)];
  } else {
    const lane = drawing.lanes[handle.lane];
    if (lane) lane.outline[handle.index] = [inside(x), inside(y)];
  }
}

export function placeOf(drawing: Drawing, handle: Handle): Place | null {
  if (handle.kind === "corner") return drawing.lanes[handle.lane]?.outline[handle.index] ?? null;
  const point = drawing.ground[handle.index];
  return point ? [point.x, point.y] : null;
}

/** Take a handle away; a lane of three corners keeps them. */
export function removeHandle(drawing: Drawing, handle: Handle): void {
  if (handle.kind === "point") drawing.ground.splice(handle.index, 1);
  else if ((drawing.lanes[handle.lane]?.outline.length ?? 0) > 3) drawing.lanes[handle.lane]!.outline.splice(handle.index, 1);
}

export type LaneFault = { lane: number; kind: "badNumber" | "twice" | "crosses" | "small" };
const LEAST_LANE = 0.0005;

/** The first lane that the server would refuse, and why. */
export function laneFault(lanes: readonly Lane[]): LaneFault | null {
  for (const [lane, { number, outline }] of lanes.entries()) {
    if (!Number.isInteger(number) || number < 1 || number > 99) return { lane, kind: "badNumber" };
    if (lanes.findIndex((other) => other.number === number) < lane) return { lane, kind: "twice" };
    if (crossesItself(outline)) return { lane, kind: "crosses" };
    if (areaOf(outline) < LEAST_LANE) return { lane, kind: "small" };
  }
  return null;
}

const turn = ([ax, ay]: Place, [bx, by]: Place, [cx, cy]: Place): number => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);

function crossesItself(outline: readonly Place[]): boolean {
  const sides = outline.map((corner, i): [Place, Place] => [corner, outline[(i + 1) % outline.length]!]);
  return sides.some(([a, b], i) =>
    sides.some(([c, d], k) => {
      const neighbours = k <= i + 1 || (i === 0 && k === sides.length - 1);
      return !neighbours && turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
    }),
  );
}

function areaOf(outline: readonly Place[]): number {
  return Math.abs(outline.reduce((sum, [x, y], i) => sum + x * outline[(i + 1) % outline.length]![1] - y * outline[(i + 1) % outline.length]![0], 0)) / 2;
}

/** What a field of problem+json is about: `calibration.ground.2.x` is the third point. */
export function partOf(field: string | null): { list: "ground" | "lanes"; index: number | null } | null {
  const found = /^calibration\.(ground|lanes)(?:\.(\d+))?/.exec(field ?? "");
  return found ? { list: found[1] as "ground" | "lanes", index: found[2] === undefined ? null : Number(found[2]) } : null;
}
