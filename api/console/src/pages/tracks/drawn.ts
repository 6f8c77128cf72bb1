// What of an answer is drawn on the map: ways, marks, areas. Pure functions; how a kind of line looks is the map's.
import type { Companion, NextPoint } from "../../api/questions";
import { shortTime } from "../../i18n/time";
import type { Route, Stop } from "../../map/layers";
import { isDriven, isStanding, straight, waysOf, type Lane, type Leg, type Trip } from "./lanes";

const percent = (p: number): string => `${Math.round(p * 100)}%`;
/** Alternatives below this are not worth a line. */
const LEAST_WAY = 0.03;

/** The chosen trip by road: the likeliest way solid, others thin with their probability, gaps dashed. An impossible leg has no line. */
export function tripRoutes(trip: Trip): Route[] {
  return trip.legs.flatMap((leg) => legRoutes(leg, trip.second));
}

function legRoutes(leg: Leg, second: boolean): Route[] {
  if (isStanding(leg)) return [];
  if (!isDriven(leg)) return [{ kind: second ? "secondgap" : "gap", line: straight(leg.from, leg.to) }];
  const [best, ...others] = waysOf(leg);
  const thin = others.filter((way) => way.probability >= LEAST_WAY);
  const main: Route = { kind: second ? "second" : "track", line: best!.geometry, label: "" };
  return [...thin.map((way): Route => ({ kind: "alternative", line: way.geometry, label: percent(way.probability) })), main];
}

/** Trips that are not chosen: only a thin trace of where they went. */
export function otherRoutes(lanes: Lane[], chosen: (trip: Trip) => boolean): Route[] {
  const trips = lanes.flatMap((lane) => lane.trips).filter((trip) => !chosen(trip));
  return trips.flatMap((trip) => trip.legs.filter(isDriven).map((leg): Route => ({ kind: trip.second ? "secondother" : "other", line: waysOf(leg)[0]!.geometry })));
}

/** Numbered marks; readings at one place share a mark that names the first. A crossed mark is a reading that cannot be this vehicle's. */
export function tripStops(trip: Trip, selected: string | null): Stop[] {
  const places = new Map<string, Stop>();
  trip.ordered.forEach((sighting, i) => {
    const key = `${sighting.lon} ${sighting.lat}`;
    const strong = sighting.id === selected;
    const place = places.get(key);
    if (place) {
      place.label = place.label.replace("…", "") + "…";
      place.strong ||= strong;
      place.done = place.strong;
    } else {
      places.set(key, { id: sighting.id, lon: sighting.lon, lat: sighting.lat, label: String(i + 1), done: strong, strong, square: trip.second });
    }
  });
  const own = new Set(trip.ordered.map((one) => one.id));
  const others = new Map(trip.contradicted.flatMap((leg) => [leg.from, leg.to]).filter((one) => !own.has(one.id)).map((one) => [one.id, one]));
  const crossed = [...others.values()].map((one): Stop => ({ id: one.id, lon: one.lon, lat: one.lat, label: "✕", done: false, strong: one.id === selected, square: !trip.second }));
  return [...crossed, ...places.values()];
}

/** Where it will pass next: the chance as a mark, the minutes beneath. */
export function nextStops(points: NextPoint[], chosen: number | null): Stop[] {
  return points.map((point) => ({
    id: `next ${point.site}`,
    lon: point.lon,
    lat: point.lat,
    label: percent(point.probability),
    note: `${shortTime(point.early)}–${shortTime(point.late)}`,
    done: point.site === chosen,
    strong: point.site === chosen,
  }));
}

export const nextRoutes = (point: NextPoint | undefined): Route[] => (point?.interception?.route ? [{ kind: "dispatch", line: point.interception.route }] : []);

/** Where a companion was met: its number in time, or how often where it was several times. */
export function encounterStops(companion: Companion, selected: string | null): Stop[] {
  const places = new Map<string, { first: Stop; times: number }>();
  companion.encounters_list.forEach(({ sighting, at, camera }, i) => {
    const key = `${camera.lon} ${camera.lat}`;
    const on = sighting === selected;
    const known = places.get(key);
    if (!known) {
      places.set(key, { first: { id: sighting, lon: camera.lon, lat: camera.lat, label: String(i + 1), note: shortTime(at), done: on, strong: on }, times: 1 });
      return;
    }
    known.times += 1;
    Object.assign(known.first, { label: `${known.times}×`, note: "", done: known.first.done || on, strong: known.first.strong || on });
  });
  return [...places.values()].map((place) => place.first);
}
