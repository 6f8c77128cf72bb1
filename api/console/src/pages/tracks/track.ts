// A query's answer as something that can be drawn and played: one journey per plate. Pure functions.
import type { Line, PathFeature, QueryResult, Sighting } from "../../api/types";
import type { Route, Stop } from "../../map/layers";

export interface Leg {
  from: Sighting;
  to: Sighting;
  line: Line;
  /** No road is known to have been driven: too long ago, or impossible. */
  unknown: boolean;
  implausible: boolean;
}
export interface Track {
  ordered: Sighting[];
  legs: Leg[];
  plates: string[];
}

const at = (sighting: Sighting): number => Date.parse(sighting.seen_at);
type LineFeature = PathFeature & { geometry: Line };
const isLine = (feature: PathFeature): feature is LineFeature => feature.geometry.type === "LineString";

/** Order the sightings in time and give each step between two of one plate its road. */
export function trackOf(result: QueryResult): Track {
  const ordered = [...result.items].sort((a, b) => at(a) - at(b));
  const plates = [...new Set(ordered.map((one) => one.plate ?? ""))];
  const roads = result.path.features.filter(isLine);
  const legs = plates.flatMap((plate) => {
    const seen = ordered.filter((one) => (one.plate ?? "") === plate);
    return seen.slice(1).map((to, i) => legBetween(seen[i]!, to, roads));
  });
  return { ordered, legs, plates };
}

function legBetween(from: Sighting, to: Sighting, roads: LineFeature[]): Leg {
  const road = roads.find(({ properties }) => properties.from_sighting === from.id && properties.to_sighting === to.id);
  const straight: Line = { type: "LineString", coordinates: [[from.lon, from.lat], [to.lon, to.lat]] };
  return { from, to, line: road?.geometry ?? straight, unknown: road?.properties.kind !== "leg", implausible: road?.properties.implausible ?? false };
}

export const routesOf = (track: Track): Route[] =>
  track.legs.map((leg) => ({ kind: leg.unknown || leg.implausible ? ("gap" as const) : ("track" as const), line: leg.line }));

/** Numbered marks; sightings at one place share a mark that names the first and last number. */
export function stopsOf(track: Track, selected: string | null): Stop[] {
  const places = new Map<string, { first: number; last: number; sighting: Sighting; strong: boolean }>();
  track.ordered.forEach((sighting, i) => {
    const key = `${sighting.lon} ${sighting.lat}`;
    const place = places.get(key) ?? { first: i + 1, last: i + 1, sighting, strong: false };
    place.last = i + 1;
    place.strong ||= sighting.id === selected;
    places.set(key, place);
  });
  return [...places.values()].map(({ first, last, sighting, strong }) => ({
    id: sighting.id,
    lon: sighting.lon,
    lat: sighting.lat,
    label: first === last ? String(first) : `${first}…`,
    done: strong,
    strong,
  }));
}

/** Where the vehicle would be at a moment, if it drove each leg evenly; null outside its journeys. */
export function placeAt(track: Track, moment: number): [number, number] | null {
  const leg = track.legs.find((one) => at(one.from) <= moment && moment <= at(one.to));
  if (!leg) return null;
  const span = at(leg.to) - at(leg.from);
  return along(leg.line, span === 0 ? 1 : (moment - at(leg.from)) / span);
}

function along(line: Line, part: number): [number, number] {
  const points = line.coordinates as [number, number][];
  const lengths = points.slice(1).map((point, i) => Math.hypot(point[0] - points[i]![0], point[1] - points[i]![1]));
  let left = lengths.reduce((sum, length) => sum + length, 0) * part;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!;
    if (left <= length && length > 0) {
      const f = left / length;
      const [a, b] = [points[i]!, points[i + 1]!];
      return [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f];
    }
    left -= length;
  }
  return points[points.length - 1]!;
}

/** The box [w, s, e, n] that holds every sighting, with a margin. */
export function boundsOf(track: Track): [number, number, number, number] {
  const lons = track.ordered.map((one) => one.lon);
  const lats = track.ordered.map((one) => one.lat);
  const margin = 0.004;
  return [Math.min(...lons) - margin, Math.min(...lats) - margin, Math.max(...lons) + margin, Math.max(...lats) + margin];
}
