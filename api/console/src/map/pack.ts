// Turns what the server sends (GeoJSON, delta-coded roads, camera columns) into flat Mercator arrays for fast drawing.
import type { Areas, MapCameras, Places, Roads } from "../api/types";
import type { Drawing } from "../state/county.svelte";

const RADIUS_M = 6378137;
const RAD = Math.PI / 180;
export const mercatorX = (lon: number): number => RADIUS_M * lon * RAD;
export const mercatorY = (lat: number): number => RADIUS_M * Math.log(Math.tan(Math.PI / 4 + (lat * RAD) / 2));

/** Lines or rings: points of line i are xy[2*starts[i] .. 2*starts[i+1]), its box is boxes[4*i ..]. */
export interface Lines {
  xy: Float64Array;
  starts: Uint32Array;
  boxes: Float64Array;
  /** What each line belongs to: index of its feature, or the road class. */
  tags: Uint16Array;
}

export interface Cameras {
  x: Float64Array;
  y: Float64Array;
  hd: Uint8Array;
  live: Uint8Array;
  columns: MapCameras;
}

export interface Place {
  x: number;
  y: number;
  code: string;
  name: string;
}

export interface Packed {
  towns: Lines;
  coast: Lines;
  grids: Lines;
  gridCodes: string[];
  subGrids: Lines;
  roads: Lines;
  cameras: Cameras;
  townLabels: Place[];
  gridLabels: Place[];
  pointLabels: Place[];
  stations: Place[];
}

function packLines(lines: number[][], tags: number[]): Lines {
  const total = lines.reduce((sum, line) => sum + line.length, 0);
  const packed: Lines = {
    xy: new Float64Array(total),
    starts: new Uint32Array(lines.length + 1),
    boxes: new Float64Array(lines.length * 4),
    tags: Uint16Array.from(tags),
  };
  let at = 0;
  lines.forEach((line, i) => {
    packed.xy.set(line, at);
    packed.boxes.set(boxOf(line), i * 4);
    at += line.length;
    packed.starts[i + 1] = at / 2;
  });
  return packed;
}

function boxOf(line: number[]): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let k = 0; k < line.length; k += 2) {
    const x = line[k]!;
    const y = line[k + 1]!;
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x > box[2]) box[2] = x;
    if (y > box[3]) box[3] = y;
  }
  return box;
}

/** Give the tag of the area whose rings hold a place (even-odd: holes are out), null outside all. */
export function tagAt({ xy, starts, boxes, tags }: Lines, x: number, y: number): number | null {
  const crossed = new Map<number, number>();
  for (let i = 0; i < tags.length; i++) {
    const b = i * 4;
    if (boxes[b]! > x || boxes[b + 2]! < x || boxes[b + 1]! > y || boxes[b + 3]! < y) continue;
    for (let k = starts[i]!, j = starts[i + 1]! - 1; k < starts[i + 1]!; j = k++) {
      const [xk, yk, xj, yj] = [xy[2 * k]!, xy[2 * k + 1]!, xy[2 * j]!, xy[2 * j + 1]!];
      if (yk > y !== yj > y && x < ((xj - xk) * (y - yk)) / (yj - yk) + xk) crossed.set(tags[i]!, (crossed.get(tags[i]!) ?? 0) + 1);
    }
  }
  return [...crossed].find(([, times]) => times % 2 === 1)?.[0] ?? null;
}

type Ring = [number, number][];

function ringsOf(geometry: Areas["features"][number]["geometry"]): Ring[] {
  if (geometry.type === "Polygon") return geometry.coordinates as Ring[];
  return (geometry.coordinates as Ring[][]).flat();
}

const flat = (ring: Ring): number[] => ring.flatMap(([lon, lat]) => [mercatorX(lon), mercatorY(lat)]);

function packShapes(shapes: Areas): Lines {
  const lines: number[][] = [];
  const tags: number[] = [];
  shapes.features.forEach((feature, i) => {
    for (const ring of ringsOf(feature.geometry)) {
      lines.push(flat(ring));
      tags.push(i);
    }
  });
  return packLines(lines, tags);
}

/** Edges that only one town has: the county's outline. */
function packCoast(towns: Areas): Lines {
  const edges = new Map<string, [number[], number]>();
  const name = ([lon, lat]: [number, number]) => `${lon.toFixed(5)},${lat.toFixed(5)}`;
  for (const feature of towns.features) {
    for (const ring of ringsOf(feature.geometry)) {
      for (let i = 1; i < ring.length; i++) {
        const ends = [ring[i - 1]!, ring[i]!];
        const key = ends.map(name).sort().join(" ");
        edges.set(key, [flat(ends), (edges.get(key)?.[1] ?? 0) + 1]);
      }
    }
  }
  const outer = [...edges.values()].filter(([, times]) => times === 1).map(([line]) => line);
  return packLines(outer, outer.map(() => 0));
}

function packRoads(roads: Roads): Lines {
  const lines = roads.lines.map(({ xy }) => {
    const out = new Array<number>(xy.length);
    let lon = 0;
    let lat = 0;
    for (let k = 0; k < xy.length; k += 2) {
      lon += xy[k]!;
      lat += xy[k + 1]!;
      out[k] = mercatorX(lon / roads.scale);
      out[k + 1] = mercatorY(lat / roads.scale);
    }
    return out;
  });
  return packLines(lines, roads.lines.map((line) => line.class));
}

function packCameras(columns: MapCameras): Cameras {
  return {
    x: Float64Array.from(columns.lon, mercatorX),
    y: Float64Array.from(columns.lat, mercatorY),
    hd: Uint8Array.from(columns.kind, (kind) => (kind === "hd" ? 1 : 0)),
    live: Uint8Array.from(columns.live, (live) => (live ? 1 : 0)),
    columns,
  };
}

function labelOf(shapes: Areas, lines: Lines): Place[] {
  const best = new Map<number, { area: number; i: number }>();
  for (let i = 0; i < lines.tags.length; i++) {
    const [w, s, e, n] = lines.boxes.subarray(i * 4, i * 4 + 4) as unknown as [number, number, number, number];
    const area = (e - w) * (n - s);
    const tag = lines.tags[i]!;
    if (area > (best.get(tag)?.area ?? 0)) best.set(tag, { area, i });
  }
  return shapes.features.map((feature, tag) => {
    const [x, y] = middle(lines, best.get(tag)?.i ?? 0);
    return { x, y, code: feature.properties.code, name: feature.properties.name ?? feature.properties.code };
  });
}

/** The centroid of a ring: good enough for a label. */
function middle(lines: Lines, i: number): [number, number] {
  const { xy } = lines;
  const first = lines.starts[i]! * 2;
  const ox = xy[first]!;
  const oy = xy[first + 1]!;
  let twice = 0;
  let x = 0;
  let y = 0;
  for (let k = first; k < lines.starts[i + 1]! * 2 - 2; k += 2) {
    const ax = xy[k]! - ox;
    const ay = xy[k + 1]! - oy;
    const bx = xy[k + 2]! - ox;
    const by = xy[k + 3]! - oy;
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return twice === 0 ? [ox, oy] : [ox + x / (3 * twice), oy + y / (3 * twice)];
}

function places(shapes: Places): Place[] {
  return shapes.features.map(({ geometry, properties }) => {
    const [lon, lat] = geometry.coordinates as [number, number];
    return { x: mercatorX(lon), y: mercatorY(lat), code: properties.code, name: properties.name ?? properties.code };
  });
}

export function pack(drawing: Drawing): Packed {
  const towns = packShapes(drawing.towns);
  const grids = packShapes(drawing.grids);
  return {
    towns,
    grids,
    coast: packCoast(drawing.towns),
    gridCodes: drawing.grids.features.map((feature) => feature.properties.code),
    subGrids: packShapes(drawing.sub_grids),
    roads: packRoads(drawing.roads),
    cameras: packCameras(drawing.cameras),
    townLabels: labelOf(drawing.towns, towns),
    gridLabels: labelOf(drawing.grids, grids),
    pointLabels: places(drawing.points),
    stations: places(drawing.stations),
  };
}
