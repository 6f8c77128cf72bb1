// What of a plan is drawn on the map: every unit's way thin, the chosen one's strong with numbered stops. Pure functions.
import type { FullPlan, PlanRoute, PlanStop, UnservedVisit } from "../../api/plans";
import type { Route, Stop } from "../../map/layers";
import { shortTime } from "../../i18n/time";
import { stopsOf } from "./gantt";

/** All ways, the chosen unit's on top. */
export function planRoutes(plan: FullPlan | null, unit: number | null): Route[] {
  const drawn = (plan?.routes ?? []).filter((route) => route.line !== null && route.line.coordinates.length > 1);
  const others = drawn.filter((route) => route.unit.id !== unit).map((route): Route => ({ kind: "thin", line: route.line!, route: String(route.unit.id) }));
  const chosen = drawn.filter((route) => route.unit.id === unit).map((route): Route => ({ kind: "patrol", line: route.line!, route: String(route.unit.id) }));
  return [...others, ...chosen];
}

/** The chosen unit's stops by their number, done ones filled. */
export function unitStops(route: PlanRoute | undefined, selected: number | null): Stop[] {
  return (route ? stopsOf(route) : []).map((stop) => ({
    id: `s${stop.id}`,
    lon: stop.lon,
    lat: stop.lat,
    label: String(stop.position),
    done: stop.checked_in_at !== null || stop.id === selected,
    strong: stop.id === selected,
    note: stop.id === selected ? shortTime(stop.start_at) : "",
  }));
}

/** Visits that nobody makes: squares, the ones that had to be with a mark. */
export function unservedStops(visits: UnservedVisit[], selected: string | null): Stop[] {
  return visits.map((visit) => ({ id: `u${visit.key}`, lon: visit.lon, lat: visit.lat, label: visit.why === "must_impossible" ? "!" : "○", done: visit.key === selected, strong: visit.key === selected, square: true }));
}

const visitKey = (stop: PlanStop): string => `${stop.grid_id} ${stop.place_id ?? ""} ${stop.window_from}`;

/** The stops of a plan whose visit the other plan does not make at all. */
export function onlyIn(plan: FullPlan, other: FullPlan): PlanStop[] {
  const there = new Set(other.routes.flatMap((route) => stopsOf(route).map(visitKey)));
  return plan.routes.flatMap((route) => stopsOf(route).filter((stop) => !there.has(visitKey(stop))));
}

export const onlyStops = (stops: PlanStop[]): Stop[] => stops.map((stop) => ({ id: `s${stop.id}`, lon: stop.lon, lat: stop.lat, label: "○", done: false, strong: false, square: true }));

/** West, south, east, north of places. */
export function boundsOf(places: { lon: number; lat: number }[]): [number, number, number, number] {
  const [lons, lats] = [places.map((place) => place.lon), places.map((place) => place.lat)];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
