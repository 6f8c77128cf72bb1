// What of an answer is on screen: the trip, plate, companion, point or conflict that is chosen, and what the map draws of it.
import type { Conflict, NextPoint, QueryAnswer } from "../../api/questions";
import type { Playhead, Route, Stop } from "../../map/layers";
import { route, setQuery } from "../../state/router.svelte";
import { encounterStops, nextRoutes, nextStops, otherRoutes, tripRoutes, tripStops } from "./drawn";
import { boundsOf, lanesOf, ms, placeAt, rankedConflicts, tripsOf, tripWith, type Lane, type Trip } from "./lanes";

export class Shown {
  answer = $state.raw<QueryAnswer | null>(null);
  /** The moment of the playback once it was moved; until then it stands at the chosen reading. */
  private at = $state.raw<{ query: string; moment: number } | null>(null);
  site = $state<number | null>(null);
  conflict = $state.raw<Conflict | null>(null);

  sightingId = $derived(route.query.sighting ?? null);
  plate = $derived(route.query.plate ?? null);
  allLanes = $derived<Lane[]>(this.answer?.state === "answered" ? lanesOf(this.answer) : []);
  /** In a search, only the chosen vehicle; with companions, the case's vehicle. */
  lanes = $derived<Lane[]>(this.listsVehicles ? this.allLanes.filter((lane) => lane.plate === this.vehicle) : this.allLanes);
  trips = $derived<Trip[]>(tripsOf(this.lanes));
  /** In a clone's answer the clearest conflict comes first. */
  private clearest = $derived(this.answer?.clone ? rankedConflicts(this.answer.clone)[0] : undefined);
  trip = $derived<Trip | null>(tripWith(this.trips, this.sightingId ?? this.clearest?.to ?? null));
  /** Several lanes share one time axis only where they are compared. */
  timeLanes = $derived<Lane[]>(this.lanes.length === 1 || this.comparesTwo ? this.lanes : this.lanes.filter((lane) => lane.trips.includes(this.trip!)));
  companion = $derived(this.answer?.companions?.find((one) => one.plate === this.plate) ?? (this.plate === null ? this.answer?.companions?.[0] : undefined));
  point = $derived<NextPoint | undefined>(this.answer?.next?.find((one) => one.site === this.site));
  routes = $derived<Route[]>(this.makeRoutes());
  stops = $derived<Stop[]>(this.makeStops());
  selection = $derived(this.makeSelection());
  playheads = $derived<Playhead[]>(this.makePlayheads());
  bounds = $derived(this.makeBounds());

  /** Show another answer, or none; what was chosen of the one before is forgotten. */
  open(answer: QueryAnswer | null): void {
    this.answer = answer;
    this.at = null;
    this.site = null;
    this.conflict = null;
  }

  get listsVehicles(): boolean {
    const answer = this.answer;
    return answer !== null && (answer.kind === "search" || answer.kind === "area" || (answer.kind === "path" && answer.vehicles.length > 1));
  }
  get comparesTwo(): boolean {
    return this.answer?.kind === "compare" || this.answer?.clone?.verdict === "cloned";
  }
  /** The vehicle of a search whose readings are shown. */
  get vehicle(): string | null {
    return this.plate ?? this.answer?.vehicles[0]?.plate ?? null;
  }

  get moment(): number | null {
    if (this.at && this.at.query === this.answer?.id) return this.at.moment;
    const selected = this.answer?.items.find((one) => one.id === this.sightingId);
    return selected ? ms(selected) : (this.trip?.startMs ?? null);
  }
  set moment(moment: number | null) {
    this.at = moment === null || !this.answer ? null : { query: this.answer.id, moment };
  }

  choosePlate(plate: string): void {
    this.at = null;
    setQuery({ plate: plate === this.plate ? null : plate, sighting: null });
  }

  chooseSite(site: number): void {
    this.site = this.site === site ? null : site;
  }

  chooseConflict(conflict: Conflict): void {
    this.conflict = this.conflict?.to === conflict.to ? null : conflict;
    setQuery({ sighting: conflict.to });
  }

  /** Where a reading is; the playback goes there with the choice. */
  placeOf(id: string): { lon: number; lat: number } | null {
    this.at = null;
    return this.answer?.items.find((one) => one.id === id) ?? this.companion?.encounters_list.find((one) => one.sighting === id)?.camera ?? null;
  }

  /** The reading before or after the chosen one: in time, across trips and lanes. */
  neighbour(by: 1 | -1): string | null {
    const all = [...(this.comparesTwo ? this.trips.flatMap((trip) => trip.ordered) : (this.trip?.ordered ?? []))].sort((a, b) => ms(a) - ms(b));
    const at = all.findIndex((one) => one.id === this.sightingId);
    return all[Math.min(all.length - 1, Math.max(0, at + by))]?.id ?? null;
  }

  /** The trips drawn in full: the chosen one, and in a comparison what the others did in its time. */
  private get drawn(): Trip[] {
    const trip = this.trip;
    if (!trip) return [];
    if (!this.comparesTwo) return [trip];
    const beside = this.trips.filter((one) => one.second !== trip.second && one.startMs <= trip.endMs && one.endMs >= trip.startMs);
    return [trip, ...beside];
  }

  private makeRoutes(): Route[] {
    const drawn = this.drawn;
    const others = otherRoutes(this.lanes, (trip) => drawn.includes(trip));
    return [...others, ...drawn.flatMap(tripRoutes), ...nextRoutes(this.point)];
  }

  private makeStops(): Stop[] {
    if (this.answer?.kind === "companions" && this.companion) return encounterStops(this.companion, this.sightingId);
    if (this.answer?.next) return [...(this.trip ? tripStops(this.trip, this.sightingId).slice(-3) : []), ...nextStops(this.answer.next, this.site)];
    return this.drawn.flatMap((trip) => tripStops(trip, this.sightingId));
  }

  private makeSelection(): { lon: number; lat: number; radius: number }[] {
    const ids = this.conflict ? [this.conflict.from, this.conflict.to] : [this.sightingId];
    const found = this.answer?.items.filter((one) => ids.includes(one.id)) ?? [];
    return found.map(({ lon, lat }) => ({ lon, lat, radius: 17 }));
  }

  private makePlayheads(): Playhead[] {
    if (this.at === null || this.moment === null) return []; // at rest the chosen reading's own mark says where
    const moment = this.moment;
    return this.lanes.flatMap((lane) => {
      const place = placeAt(lane, moment);
      return place ? [{ place, second: lane.second }] : [];
    });
  }

  private makeBounds(): [number, number, number, number] | null {
    if (this.answer?.next?.length) return boundsOf([...this.answer.next, ...(this.trip?.ordered.slice(-1) ?? [])]);
    if (this.answer?.companions && this.companion) return boundsOf(encounterStops(this.companion, null));
    return boundsOf(this.drawn.flatMap((trip) => trip.ordered));
  }
}
