// The board's facts: how the day's plans are kept, which plans those are, closed roads; taken anew as events come.
import { get } from "../../api/client";
import { on, onReturn, type EventType } from "../../api/events.svelte";
import type { Adherence, Closure, Followed, FullPlan, PlanSummary } from "../../api/plans";
import type { Page, PatrolRoute } from "../../api/types";
import { dayPlus } from "../planning/words";
import { withNight } from "./changes";

/** Check-ins of sixty teams come in bursts: what they change is fetched once for all of them. */
const GATHER_MS = 1500;
const EVERY_MS = 60_000;
const EVENTS: EventType[] = ["patrol.checked_in", "patrol.published", "patrol.changed", "roads.changed"];

async function ofDay(day: string): Promise<{ adherence: Adherence; plans: PlanSummary[] }> {
  const [adherence, plans] = await Promise.all([get<Adherence>("/patrol/adherence", { day }), get<Page<PlanSummary>>("/patrol/plans", { day, state: "published" })]);
  return { adherence, plans: plans.items };
}

export class Board {
  adherence = $state.raw<Adherence | null>(null);
  plans = $state.raw<PlanSummary[]>([]);
  closures = $state.raw<Closure[]>([]);
  byUnit = $derived(new Map<number, Followed>((this.adherence?.items ?? []).map((item) => [item.unit.id, item])));
  doubted = $derived((this.adherence?.items ?? []).filter((item) => item.doubted > 0));
  /** Counts up with each new state of things, for those who look at one unit. */
  version = $state(0);
  private day = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly fail: (error: unknown) => void) {}

  async load(day: string): Promise<void> {
    this.day = day;
    const [today, before, closures] = await Promise.all([ofDay(day), ofDay(dayPlus(day, -1)), get<Page<Closure>>("/roads/closures")]);
    const late = before.adherence.items.filter((item) => item.next !== null);
    this.adherence = { ...today.adherence, items: withNight(today.adherence.items, late) };
    this.plans = late.length > 0 ? [...today.plans, ...before.plans] : today.plans;
    this.closures = closures.items.filter((one) => one.in_force);
    this.version += 1;
  }

  /** The route of a unit in today's published plans, also of one that is out and whose phone no longer shows it. */
  async routeOf(unit: number): Promise<PatrolRoute["plan"]> {
    if (!this.byUnit.has(unit)) return null;
    for (const { id } of this.plans) {
      const { revision, day, routes } = await get<FullPlan>(`/patrol/plans/${id}`);
      const route = routes.find((one) => one.unit.id === unit);
      if (route) return { ...route, id, revision, day, stops: route.stops.filter((stop) => stop.dropped_at === null) };
    }
    return null;
  }

  reload = (): void => void this.load(this.day).catch(this.fail);
  private soon = (): void => {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.reload();
    }, GATHER_MS);
  };

  follow(): () => void {
    const stops = [...EVENTS.map((type) => on(type, this.soon)), onReturn(this.reload)];
    const every = setInterval(() => document.hidden || this.reload(), EVERY_MS);
    return () => {
      clearInterval(every);
      clearTimeout(this.timer);
      stops.forEach((stop) => stop());
    };
  }
}
