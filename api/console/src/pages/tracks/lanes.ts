// A query's answer as what can be drawn and played: lanes (one vehicle each) of trips of readings and legs. Pure functions.
import type { Clone, Conflict, Found, Leg as AnswerLeg, QueryAnswer, Trip as AnswerTrip, VehicleTrack } from "../../api/questions";
import type { Line } from "../../api/types";

export interface Leg extends Omit<AnswerLeg, "from_sighting" | "to_sighting"> {
  from: Found;
  to: Found;
}
export interface Trip {
  /** Unique among the trips of the answer. */
  key: string;
  number: number;
  plate: string;
  second: boolean;
  ordered: Found[];
  /** What was driven between its readings. */
  legs: Leg[];
  /** The gap before it. */
  before: Leg | null;
  /** Legs that no vehicle can have driven: one end of each is not this vehicle's. */
  contradicted: Leg[];
  distance_m: number;
  startMs: number;
  endMs: number;
}
export interface Lane {
  plate: string;
  /** Drawn in the second style: the other vehicle under the plate, or the other plate of a comparison. */
  second: boolean;
  trips: Trip[];
  /** Readings that no trip holds: quarantined ones. */
  aside: Found[];
}

export const ms = (one: Found): number => Date.parse(one.seen_at);
const plateOf = (one: Found): string => one.read.plate;

/** Make the lanes of an answer. A trip's readings are those of its legs, or those of its plate within its time. */
export function lanesOf(answer: QueryAnswer): Lane[] {
  const items = new Map(answer.items.map((one) => [one.id, one]));
  const second = new Set(answer.clone?.vehicles[1] ?? []);
  const plates = [...new Set(answer.tracks.map((track) => track.plate))];
  if (answer.tracks.length === 0) return lanesWithoutWays(answer);
  const lanes = answer.tracks.map((track): Lane => {
    const isSecond = track.vehicle === 2 || (answer.kind === "compare" && plates.indexOf(track.plate) === 1);
    const own = answer.items.filter((one) => plateOf(one) === track.plate && (!answer.clone || second.has(one.id) === (track.vehicle === 2)));
    const trips = track.trips.map((trip) => tripOf(trip, track, { items, own, second: isSecond }));
    return { plate: track.plate, second: isSecond, trips, aside: own.filter((one) => one.quarantined) };
  });
  return lanes.filter((lane) => lane.trips.length > 0 || lane.aside.length > 0);
}

/** Readings are told by their camera's clock, trips by ours. */
const CLOCK_MS = 1000;
/** The conflicts of a clone, the clearest first; of those that are as clear the latest, whose ways are known. */
export function rankedConflicts(clone: Clone): Conflict[] {
  const clear = (one: Conflict) => Math.round(one.p_clone * 20);
  return clone.conflicts.map((one, i) => ({ one, i })).sort((a, b) => clear(b.one) - clear(a.one) || b.i - a.i).map(({ one }) => one);
}

const APART_MS = 60 * 60_000;

/** Where no ways were made of the readings: a lane per plate, its readings an hour apart at most in each trip, no legs. */
function lanesWithoutWays(answer: QueryAnswer): Lane[] {
  const lanes = new Map<string, Lane>();
  const ordered = [...answer.items].sort((a, b) => ms(a) - ms(b));
  for (const one of ordered) {
    const plate = plateOf(one);
    const lane = lanes.get(plate) ?? { plate, second: answer.kind === "compare" && lanes.size === 1, trips: [], aside: [] };
    lanes.set(plate, lane);
    const last = lane.trips[lane.trips.length - 1];
    if (one.quarantined) lane.aside.push(one);
    else if (last && ms(one) - last.endMs <= APART_MS) {
      last.ordered.push(one);
      last.endMs = ms(one);
    } else {
      const number = lane.trips.length + 1;
      lane.trips.push({ key: `${plate} ${number}`, number, plate, second: lane.second, ordered: [one], legs: [], before: null, contradicted: [], distance_m: 0, startMs: ms(one), endMs: ms(one) });
    }
  }
  return [...lanes.values()];
}

interface Known {
  items: Map<string, Found>;
  own: Found[];
  second: boolean;
}

/** The first leg of a later trip is the gap before it; an impossible leg leads to a reading that is not this vehicle's. */
function tripOf(trip: AnswerTrip, track: VehicleTrack, { items, own, second }: Known): Trip {
  const all = trip.legs.flatMap(({ from_sighting, to_sighting, ...rest }): Leg[] => {
    const [from, to] = [items.get(from_sighting), items.get(to_sighting)];
    return from && to ? [{ ...rest, from, to }] : [];
  });
  const [startMs, endMs] = [Date.parse(trip.from), Date.parse(trip.to)];
  const before = all[0]?.verdict === "gap" && ms(all[0].from) < startMs - CLOCK_MS ? all[0] : null;
  const contradicted = all.filter((leg) => leg.verdict === "impossible");
  const legs = all.filter((leg) => leg !== before && leg.verdict !== "impossible");
  const ends = [...(before ? [before.to] : []), ...legs.flatMap((leg) => [leg.from, leg.to])];
  const known = new Map((ends.length > 0 ? ends : nearest(own, startMs)).map((one) => [one.id, one]));
  const ordered = [...known.values()].sort((a, b) => ms(a) - ms(b));
  return { key: `${track.plate} ${track.vehicle} ${trip.number}`, number: trip.number, plate: track.plate, second, ordered, legs, before, contradicted, distance_m: trip.distance_m, startMs, endMs };
}

/** The reading of a trip that has no legs. */
function nearest(own: Found[], moment: number): Found[] {
  return [...own].filter((one) => !one.quarantined).sort((a, b) => Math.abs(ms(a) - moment) - Math.abs(ms(b) - moment)).slice(0, 1);
}

/** Every trip of the lanes, the latest first. */
export const tripsOf = (lanes: Lane[]): Trip[] => lanes.flatMap((lane) => lane.trips).sort((a, b) => b.startMs - a.startMs);

/** The trip that a sighting belongs to; the latest where it is in none. */
export function tripWith(trips: Trip[], sighting: string | null): Trip | null {
  return trips.find((trip) => trip.ordered.some((one) => one.id === sighting)) ?? trips[0] ?? null;
}

/** A leg that has a road under it. */
export const isDriven = (leg: Leg): boolean => leg.verdict !== "gap" && leg.verdict !== "impossible" && leg.ways.length > 0;
/** Twice at one place: there is no way to draw. */
export const isStanding = (leg: Leg): boolean => leg.from.lon === leg.to.lon && leg.from.lat === leg.to.lat;
/** Driven, but its way was not looked for: only the newest legs of a long answer are routed. */
export const isUnrouted = (leg: Leg): boolean => leg.verdict !== "gap" && leg.ways.length === 0 && !isStanding(leg);

/** The ways of a leg, the likeliest first. */
export const waysOf = (leg: Leg) => [...leg.ways].sort((a, b) => b.probability - a.probability);

export const straight = (from: Found, to: Found): Line => ({ type: "LineString", coordinates: [[from.lon, from.lat], [to.lon, to.lat]] });

/** Where the vehicle would be at a moment. Between trips, in gaps and on impossible legs nobody knows: null. */
export function placeAt(lane: Lane, moment: number): [number, number] | null {
  for (const trip of lane.trips) {
    if (moment < trip.startMs - 1 || moment > trip.endMs + 1) continue;
    const leg = trip.legs.find((one) => ms(one.from) <= moment && moment <= ms(one.to));
    if (!leg) return standing(trip, moment);
    if (isStanding(leg)) return [leg.from.lon, leg.from.lat];
    return isDriven(leg) ? onLeg(leg, moment) : null;
  }
  return null;
}

function standing(trip: Trip, moment: number): [number, number] | null {
  const at = trip.ordered.find((one) => Math.abs(ms(one) - moment) < 1000);
  return at ? [at.lon, at.lat] : null;
}

/** A stop is taken at its end: the vehicle drives as usual, then stands until it is seen. */
function onLeg(leg: Leg, moment: number): [number, number] {
  const driving = Math.max(1, ms(leg.to) - ms(leg.from) - (leg.stop_s ?? 0) * 1000);
  return along(waysOf(leg)[0]!.geometry, Math.min(1, (moment - ms(leg.from)) / driving));
}

/** The point at a part (0..1) of a line, by length in degrees. */
export function along(line: Line, part: number): [number, number] {
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

/** The box [w, s, e, n] that holds every place, with a margin; null of none. */
export function boundsOf(places: { lon: number; lat: number }[]): [number, number, number, number] | null {
  if (places.length === 0) return null;
  const lons = places.map((one) => one.lon);
  const lats = places.map((one) => one.lat);
  const margin = 0.004;
  return [Math.min(...lons) - margin, Math.min(...lats) - margin, Math.max(...lons) + margin, Math.max(...lats) + margin];
}
