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

/** What a field of problem+json is about: `calibration.ground.2.x` is the third point. */
export function partOf(field: string | null): { list: "ground" | "lanes"; index: number | null } | null {
  const found = /^calibration\.(ground|lanes)(?:\.(\d+))?/.exec(field ?? "");
  return found ? { list: found[1] as "ground" | "lanes", index: found[2] === undefined ? null : Number(found[2]) } : null;
}
