// A change by hand: asked first, with what it costs; done only when the supervisor says so.
import { post, words } from "../../api/client";
import type { Edit, EditAnswer, FullPlan } from "../../api/plans";
import { phrase, t } from "../../i18n/index.svelte";
import { costWords } from "./words";

const REST_MS = 180;

export class Edits {
  edit = $state.raw<Edit | null>(null);
  answer = $state.raw<EditAnswer | null>(null);
  busy = $state(false);
  problem = $state("");
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  said = $derived(this.answer ? verdict(this.answer) : "");

  constructor(private readonly plan: () => FullPlan | null, private readonly take: (plan: FullPlan) => void) {}

  /** Ask what a change costs; `later` waits until the hand rests. */
  ask(edit: Edit, later = false): void {
    clearTimeout(this.timer);
    this.edit = edit;
    this.answer = null;
    this.problem = "";
    this.timer = setTimeout(() => void this.send(edit, false), later ? REST_MS : 0);
  }

  async apply(): Promise<void> {
    if (this.edit && this.answer?.feasible) await this.send(this.edit, true);
  }

  drop = (): void => {
    clearTimeout(this.timer);
    this.asked += 1;
    this.edit = this.answer = null;
    this.problem = "";
    this.busy = false;
  };

  private async send(edit: Edit, apply: boolean): Promise<void> {
    const plan = this.plan();
    if (!plan) return;
    const number = ++this.asked;
    this.busy = true;
    try {
      const answer = await post<EditAnswer>(`/patrol/plans/${plan.id}/edits`, { revision: plan.revision, apply, ...edit });
      if (number !== this.asked) return;
      if (apply && answer.feasible && answer.plan) {
        this.take(answer.plan);
        this.drop();
      } else this.answer = answer;
    } catch (error) {
      if (number === this.asked) this.problem = words(error, t("error.unreachable"));
    } finally {
      if (number === this.asked) this.busy = false;
    }
  }
}

function verdict(answer: EditAnswer): string {
  if (!answer.feasible) return t("edit.cannot", { why: phrase(`cannot.${answer.why_not}`) ?? answer.why_not ?? "" });
  return answer.cost ? costWords(answer.cost) : "";
}
