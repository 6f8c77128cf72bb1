// Draws the survey sheet (land, grids, roads, cameras) on a canvas. Pure drawing: no OpenLayers, no state of its own.
import type { CameraState } from "../api/types";
import { groupOf, type CameraGroup } from "../state/cameras.svelte";
import type { Lines, Packed } from "./pack";
import { NO_DATA, SANS, type Palette } from "./palette";

export interface SheetOptions {
  palette: Palette;
  /** Camera groups that are shown. */
  groups: ReadonlySet<CameraGroup>;
  /** One letter per state, written beside faulty cameras at street zoom. */
  letters: Partial<Record<CameraState, string>>;
  showGrids: boolean;
  showRoads: boolean;
  /** Codes of grids with an open alert. */
  watched: ReadonlySet<string>;
  /** Colour of grids by code, or NO_DATA: hatched. Null where grids are not coloured. */
  fills: ReadonlyMap<string, string> | null;
  /** Code of the one grid with an outline. */
  outlined: string | null;
}

const HATCH_PX = 6;
/** Above this, thousands of marks would hide the colours. */
const CAMERAS_ON_FILLS_BELOW = 14;

interface Pen {
  context: CanvasRenderingContext2D;
  extent: number[];
  /** Canvas pixels per map metre. */
  scale: number;
  /** Metres of the map per screen pixel. */
  resolution: number;
  ratio: number;
}

const SUB_GRIDS_BELOW = 14;
const ROADS_BELOW = [Infinity, Infinity, 90, 38, 16];
const LETTERS_BELOW = 8;
/** Where several cameras share a place, a fault must not drown in the dots of the others. */
const FAULTS_STAND_OUT_BELOW = 30;
const ROAD_PX = [2.2, 1.8, 1.3, 1, 0.8];

/** Draw the part of the county in `extent` (Mercator metres) on a canvas of `size` pixels. */
export function drawSheet(
  packed: Packed,
  options: SheetOptions,
  view: { extent: number[]; resolution: number; ratio: number; size: number[] },
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(view.size[0]!);
  canvas.height = Math.round(view.size[1]!);
  const context = canvas.getContext("2d")!;
  const scale = canvas.width / (view.extent[2]! - view.extent[0]!);
  const pen: Pen = { context, extent: view.extent, scale, resolution: view.resolution, ratio: view.ratio };
  drawLand(pen, packed, options);
  if (options.showRoads) drawRoads(pen, packed.roads, options.palette);
  stroke(pen, packed.towns, options.palette.town, 1, [7, 3, 1.5, 3]);
  stroke(pen, packed.coast, options.palette.coast, 1.3);
  if (options.outlined) {
    trace(pen, packed.grids, (tag) => packed.gridCodes[tag] === options.outlined);
    strokeTraced(pen, options.palette.accent, 2.5);
  }
  if (!options.fills || pen.resolution < CAMERAS_ON_FILLS_BELOW) drawCameras(pen, packed, options);
  return canvas;
}

function drawLand(pen: Pen, packed: Packed, options: SheetOptions): void {
  const { palette, watched } = options;
  pen.context.fillStyle = palette.land;
  trace(pen, packed.towns);
  pen.context.fill("evenodd");
  if (watched.size > 0) {
    pen.context.fillStyle = palette.watched;
    trace(pen, packed.grids, (tag) => watched.has(packed.gridCodes[tag]!));
    pen.context.fill("evenodd");
  }
  if (options.fills) fillGrids(pen, packed, options.fills, palette);
  if (!options.showGrids) return;
  if (pen.resolution < SUB_GRIDS_BELOW) stroke(pen, packed.subGrids, palette.subGrid, 1);
  stroke(pen, packed.grids, palette.grid, pen.resolution < 40 ? 1.2 : 0.8);
}

/** Fill grids, all of one colour at a time. */
function fillGrids(pen: Pen, packed: Packed, fills: ReadonlyMap<string, string>, palette: Palette): void {
  for (const colour of new Set(fills.values())) {
    trace(pen, packed.grids, (tag) => fills.get(packed.gridCodes[tag]!) === colour);
    pen.context.fillStyle = colour === NO_DATA ? hatch(pen, palette) : colour;
    pen.context.fill("evenodd");
  }
}

function hatch({ context, ratio }: Pen, palette: Palette): CanvasPattern {
  const tile = document.createElement("canvas");
  const size = (tile.width = tile.height = Math.round(HATCH_PX * ratio));
  const ink = tile.getContext("2d")!;
  ink.strokeStyle = palette.town;
  ink.lineWidth = ratio * 0.8;
  for (const shift of [-size, 0, size]) {
    ink.moveTo(shift, size);
    ink.lineTo(shift + size, 0);
  }
  ink.stroke();
  return context.createPattern(tile, "repeat")!;
}

function drawRoads(pen: Pen, roads: Lines, palette: Palette): void {
  const wider = pen.resolution < 8 ? 2.4 : pen.resolution < 20 ? 1.6 : 1;
  for (let level = 4; level >= 0; level--) {
    if (pen.resolution > ROADS_BELOW[level]!) continue;
    trace(pen, roads, (tag) => tag === level);
    strokeTraced(pen, palette.roads[level]!, ROAD_PX[level]! * wider);
  }
}

function stroke(pen: Pen, lines: Lines, colour: string, px: number, dash: number[] = []): void {
  trace(pen, lines);
  strokeTraced(pen, colour, px, dash);
}

function strokeTraced(pen: Pen, colour: string, px: number, dash: number[] = []): void {
  const { context, ratio } = pen;
  context.strokeStyle = colour;
  context.lineWidth = px * ratio;
  context.lineJoin = context.lineCap = "round";
  context.setLineDash(dash.map((length) => length * ratio));
  context.stroke();
  context.setLineDash([]);
}

/** Put the lines that touch the extent on the context's path. */
function trace(pen: Pen, lines: Lines, wanted: (tag: number) => boolean = () => true): void {
  const { context, extent, scale } = pen;
  const [w, s, e, n] = extent as [number, number, number, number];
  const { xy, starts, boxes, tags } = lines;
  context.beginPath();
  for (let i = 0; i < tags.length; i++) {
    const b = i * 4;
    if (boxes[b]! > e || boxes[b + 2]! < w || boxes[b + 1]! > n || boxes[b + 3]! < s || !wanted(tags[i]!)) continue;
    const first = starts[i]! * 2;
    context.moveTo((xy[first]! - w) * scale, (n - xy[first + 1]!) * scale);
    for (let k = first + 2; k < starts[i + 1]! * 2; k += 2) context.lineTo((xy[k]! - w) * scale, (n - xy[k + 1]!) * scale);
  }
}

/** Radius in screen pixels of a camera's mark. */
export const cameraRadius = (resolution: number): number =>
  resolution > 60 ? 0.9 : resolution > 30 ? 1.4 : resolution > 12 ? 2.2 : resolution > 5 ? 3.2 : 4.2;

/** What is drawn later lies above. */
const PASSES: [CameraGroup, boolean][] = [["unknown", false], ["online", false], ["offline", false], ["fault", false], ["silent", false], ["clock", false], ["online", true]];

function drawCameras(pen: Pen, packed: Packed, options: SheetOptions): void {
  const { cameras } = packed;
  const { palette } = options;
  for (const [group, live] of PASSES) {
    if (!options.groups.has(group)) continue;
    const radius = cameraRadius(pen.resolution) * pen.ratio;
    const letters: [string, number, number][] = [];
    pen.context.beginPath();
    for (let i = 0; i < cameras.x.length; i++) {
      if ((cameras.live[i] === 1) !== live && group === "online") continue;
      const state = cameras.columns.state[i]!;
      if (groupOf(state) !== group) continue;
      const x = (cameras.x[i]! - pen.extent[0]!) * pen.scale;
      const y = (pen.extent[3]! - cameras.y[i]!) * pen.scale;
      if (x < -9 || y < -9 || x > pen.context.canvas.width + 9 || y > pen.context.canvas.height + 9) continue;
      mark(pen.context, group, x, y, radius * (cameras.hd[i] === 1 ? 1.2 : 0.85));
      if (options.letters[state]) letters.push([options.letters[state], x, y]);
    }
    inkMarks(pen, group, live, palette);
    if (pen.resolution < LETTERS_BELOW) writeLetters(pen, letters, palette);
  }
  markLive(pen, packed, options);
}

function writeLetters(pen: Pen, letters: [string, number, number][], palette: Palette): void {
  const { context, ratio } = pen;
  context.font = `600 ${12 * ratio}px ${SANS}`;
  context.textBaseline = "middle";
  context.strokeStyle = palette.halo;
  context.fillStyle = palette.text;
  context.lineWidth = 3 * ratio;
  for (const [letter, x, y] of letters) {
    context.strokeText(letter, x + 10 * ratio, y);
    context.fillText(letter, x + 10 * ratio, y);
  }
}

/** Each group has a shape of its own: dot, ring, cross, triangle on its point, square. */
function mark(context: CanvasRenderingContext2D, group: CameraGroup, x: number, y: number, r: number): void {
  if (group === "fault") {
    const d = Math.max(r, 1.6) * 1.05;
    context.moveTo(x - d, y - d);
    context.lineTo(x + d, y + d);
    context.moveTo(x + d, y - d);
    context.lineTo(x - d, y + d);
  } else if (group === "silent") {
    const d = Math.max(r, 1.8) * 1.2;
    context.moveTo(x - d, y - d * 0.75);
    context.lineTo(x + d, y - d * 0.75);
    context.lineTo(x, y + d);
    context.closePath();
  } else if (group === "clock") {
    const d = Math.max(r, 1.5);
    context.rect(x - d, y - d, d * 2, d * 2);
  } else {
    context.moveTo(x + r, y);
    context.arc(x, y, r, 0, Math.PI * 2);
  }
}

function inkMarks(pen: Pen, group: CameraGroup, live: boolean, palette: Palette): void {
  const { context, ratio, resolution } = pen;
  if (group === "online" || group === "unknown") {
    context.fillStyle = live ? palette.live : group === "online" ? palette.camera : palette.cameraDim;
    context.fill();
    return;
  }
  const width = (resolution > 30 ? 0.9 : 1.5) * ratio;
  if (resolution < FAULTS_STAND_OUT_BELOW) {
    context.strokeStyle = palette.halo;
    context.lineWidth = width + 3 * ratio;
    context.stroke();
  }
  context.strokeStyle = group === "offline" ? palette.camera : palette[group];
  context.lineWidth = width;
  context.stroke();
}

/** A second ring around cameras with a live picture: they are few and matter at every zoom. */
function markLive(pen: Pen, packed: Packed, options: SheetOptions): void {
  const { cameras } = packed;
  const { context, ratio } = pen;
  context.beginPath();
  for (let i = 0; i < cameras.x.length; i++) {
    if (cameras.live[i] !== 1 || !options.groups.has(groupOf(cameras.columns.state[i]!))) continue;
    const x = (cameras.x[i]! - pen.extent[0]!) * pen.scale;
    const y = (pen.extent[3]! - cameras.y[i]!) * pen.scale;
    const r = (cameraRadius(pen.resolution) * 1.2 + 2.6) * ratio;
    context.moveTo(x + r, y);
    context.arc(x, y, r, 0, Math.PI * 2);
  }
  context.strokeStyle = options.palette.live;
  context.lineWidth = 1.2 * ratio;
  context.stroke();
}
