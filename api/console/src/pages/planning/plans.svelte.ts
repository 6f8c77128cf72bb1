// The plans of the day looked at, and the two that are open: loaded, followed while they are made, taken anew when they change.
import { get } from "../../api/client";
import { on, onReturn } from "../../api/events.svelte";
import type { FullPlan, PlanSummary, Shift } from "../../api/plans";
import type { Page } from "../../api/types";

const WHILE_PLANNING_MS = 1000;
export const isMade = (plan: PlanSummary): boolean => plan.state === "draft" || plan.state === "published" || plan.state === "superseded";
export const isUnderWay = (plan: PlanSummary): boolean => plan.state === "wanted" || plan.state === "planning";

export class Plans {
  day = $state("");
  items = $state.raw<PlanSummary[]>([]);
  shifts = $state.raw<Shift[]>([]);
  loaded = $state(false);
  /** Whole plans by id. */
  open = $state.raw<Record<number, FullPlan>>({});
  /** What is shown: made and being made, newest first; discarded ones are gone. */
  shown = $derived(this.items.filter((plan) => plan.state !== "discarded"));
  past = $derived(this.shown.filter((plan) => plan.state === "superseded"));
  current = $derived(this.shown.filter((plan) => !this.past.includes(plan)));
  underWay = $derived(this.items.some(isUnderWay));

  constructor(private readonly fail: (error: unknown) => void) {}

  async load(day: string): Promise<void> {
    if (day !== this.day) [this.items, this.loaded] = [[], false];
    this.day = day;
    const { items } = await get<Page<PlanSummary>>("/patrol/plans", { day });
    if (day !== this.day) return;
    this.items = items;
    this.loaded = true;
    const stale = items.filter((plan) => this.isStale(plan));
    await Promise.all(stale.map((plan) => this.fetch(plan.id)));
  }

  reload = (): void => void this.load(this.day).catch(this.fail);

  async loadShifts(): Promise<void> {
    this.shifts = (await get<Page<Shift>>("/patrol/shifts")).items;
  }

  private isStale({ id, revision, state }: PlanSummary): boolean {
    const open = this.open[id];
    return open !== undefined && (open.revision !== revision || open.state !== state);
  }

  async fetch(id: number): Promise<void> {
    this.take(await get<FullPlan>(`/patrol/plans/${id}`));
  }

  /** Take a plan as the server has just told it. */
  take(plan: PlanSummary | FullPlan): void {
    const known = this.items.some((old) => old.id === plan.id);
    if (plan.day === this.day) this.items = known ? this.items.map((old) => (old.id === plan.id ? { ...old, ...plan } : old)) : [plan, ...this.items];
    if ("routes" in plan) this.open = { ...this.open, [plan.id]: plan };
  }

  /** Follow events, and each second while a plan is being made; returns how to stop. */
  follow(): () => void {
    const stops = [on("patrol.planned", this.reload), on("patrol.published", this.reload), on("patrol.changed", this.reload), onReturn(this.reload)];
    const timer = setInterval(() => this.underWay && this.reload(), WHILE_PLANNING_MS);
    return () => {
      clearInterval(timer);
      stops.forEach((stop) => stop());
    };
  }
}
