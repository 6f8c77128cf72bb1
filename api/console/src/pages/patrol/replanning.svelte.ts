// Mending a published plan: what it would change is asked and shown first, driven only when somebody says so.
import { get, post, words } from "../../api/client";
import type { Change, FullPlan, PlanStop, Replanned, ReplanQuestion, UnservedVisit } from "../../api/plans";
import { t } from "../../i18n/index.svelte";
import { shortTime } from "../../i18n/time";
import type { Stop } from "../../map/layers";

export type Visit = PlanStop | UnservedVisit;

export class Replanning {
  question = $state.raw<ReplanQuestion | null>(null);
  answer = $state.raw<Replanned | null>(null);
  plan = $state.raw<FullPlan | null>(null);
  busy = $state(false);
  problem = $state("");
  codes = $derived(new Map((this.plan?.routes ?? []).map((route) => [route.unit.id, route.unit.code])));
  private visits = $derived(visitsOf(this.plan));

  constructor(private readonly done: () => void) {}

  async ask(question: ReplanQuestion): Promise<void> {
    this.drop();
    this.question = question;
    this.busy = true;
    await Promise.all([this.send(question, false), get<FullPlan>(`/patrol/plans/${question.plan_id}`)]).then(
      ([answer, plan]) => [this.answer, this.plan] = [answer, plan],
      (error: unknown) => (this.problem = words(error, t("error.unreachable"))),
    );
    this.busy = false;
  }

  async apply(): Promise<void> {
    if (!this.question) return;
    this.busy = true;
    await this.send(this.question, true).then(
      () => {
        this.drop();
        this.done();
      },
      (error: unknown) => (this.problem = words(error, t("error.unreachable"))),
    );
    this.busy = false;
  }

  drop = (): void => {
    this.question = this.answer = this.plan = null;
    this.problem = "";
  };

  visitOf = (change: Change): Visit | null => this.visits.get(String(change.stop_id)) ?? this.visits.get(change.key ?? "") ?? null;
  unitOf = (id: number | null): string => (id === null ? t("none") : (this.codes.get(id) ?? `#${id}`));

  /** Where something changes, with who comes when; a square is a visit that nobody makes any more. */
  marks(): Stop[] {
    return (this.answer?.changes ?? []).flatMap((change, i) => {
      const visit = this.visitOf(change);
      if (!visit) return [];
      const lost = change.to_unit === null;
      const note = lost ? "" : `→ ${this.unitOf(change.to_unit)} ${change.to_at ? shortTime(change.to_at) : ""}`;
      return [{ id: `change ${i}`, lon: visit.lon, lat: visit.lat, label: lost ? "✕" : String(i + 1), done: false, strong: !lost, square: lost, note }];
    });
  }

  private send = (question: ReplanQuestion, apply: boolean): Promise<Replanned> => post<Replanned>("/patrol/replan", { ...question, apply });
}

function visitsOf(plan: FullPlan | null): Map<string, Visit> {
  const stops = (plan?.routes ?? []).flatMap((route) => route.stops.map((stop): [string, Visit] => [String(stop.id), stop]));
  return new Map([...stops, ...(plan?.unserved ?? []).map((visit): [string, Visit] => [visit.key, visit])]);
}
