// A query's answer as something that can be drawn and played: journeys of one plate each. Pure functions.
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
/** A journey: sightings of one plate, none long after the one before. */
export interface Track {
  plate: string;
  ordered: Sighting[];
  legs: Leg[];
}
const JOURNEY_GAP_MS = 30 * 60_000;

const at = (sighting: Sighting): number => Date.parse(sighting.seen_at);
type LineFeature = PathFeature & { geometry: Line };
const isLine = (feature: PathFeature): feature is LineFeature => feature.geometry.type === "LineString";

/** Split the sightings into journeys, the latest first, and give each step of a journey its road. */
export function journeysOf(result: QueryResult): Track[] {
  const ordered = [...result.items].sort((a, b) => at(a) - at(b));
  const roads = new Map(result.path.features.filter(isLine).map((road) => [`${road.properties.from_sighting} ${road.properties.to_sighting}`, road]));
  const open = new Map<string, Track>();
  const journeys: Track[] = [];
  for (const sighting of ordered) {
    const plate = sighting.plate ?? "";
    const journey = open.get(plate);
    const before = journey?.ordered[journey.ordered.length - 1];
    if (journey && before && at(sighting) - at(before) <= JOURNEY_GAP_MS) {
      journey.legs.push(legBetween(before, sighting, roads));
      journey.ordered.push(sighting);
    } else {
      const fresh: Track = { plate, ordered: [sighting], legs: [] };
      open.set(plate, fresh);
      journeys.push(fresh);
    }
  }
  return journeys.reverse();
}

/** The journey that a sighting belongs to; the latest where it is in none. */
export function journeyWith(journeys: Track[], sighting: string | null): Track | null {
  return journeys.find((journey) => journey.ordered.some((one) => one.id === sighting)) ?? journeys[0] ?? null;
}

function legBetween(from: Sighting, to: Sighting, roads: Map<string, LineFeature>): Leg {
  const road = roads.get(`${from.id} ${to.id}`);
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
