// Mending a published plan: what it would change is asked and shown first, driven only when somebody says so.
import { get, post, words } from "../../api/client";
import type { Change, FullPlan, PlanStop, Replanned, ReplanQuestion, UnservedVisit } from "../../api/plans";
import { t } from "../../i18n/index.svelte";
import { shortTime } from "../../i18n/time";
import type { Stop } from "../../map/layers";
import { kindOf, KINDS, type Kind } from "./changes";

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

  /** The changes of a kind, in time. */
  of = (kind: Kind): Change[] =>
    (this.answer?.changes ?? []).filter((change) => kindOf(change) === kind).sort((a, b) => (a.to_at ?? a.from_at ?? "").localeCompare(b.to_at ?? b.from_at ?? ""));

  /** Where something changes: handed on with who comes when, lost as a crossed square, the rest as points. */
  marks(): Stop[] {
    return [...KINDS].reverse().flatMap((kind) => this.of(kind).flatMap((change, i) => this.mark(change, kind, i)));
  }

  private mark(change: Change, kind: Kind, i: number): Stop[] {
    const visit = this.visitOf(change);
    if (!visit || kind === "later") return [];
    const handed = kind === "handed";
    const note = handed ? `${this.unitOf(change.to_unit)} ${change.to_at ? shortTime(change.to_at) : ""}` : "";
    return [{ id: `${kind} ${i}`, lon: visit.lon, lat: visit.lat, label: kind === "lost" ? "✕" : handed ? String(i + 1) : "", done: handed, strong: handed, square: kind === "lost", note }];
  }

  private send = (question: ReplanQuestion, apply: boolean): Promise<Replanned> => post<Replanned>("/patrol/replan", { ...question, apply });
}

function visitsOf(plan: FullPlan | null): Map<string, Visit> {
  const stops = (plan?.routes ?? []).flatMap((route) => route.stops.map((stop): [string, Visit] => [String(stop.id), stop]));
  return new Map([...stops, ...(plan?.unserved ?? []).map((visit): [string, Visit] => [visit.key, visit])]);
}
