// The route as the phone knows it: what the server said last, with what waits on the phone taken as done.
import { get, Problem, words } from "../../api/client";
import type { Alert, PatrolRoute } from "../../api/types";
import { t } from "../../i18n/index.svelte";
import { clock, setClock } from "../../state/clock.svelte";
import { forgetKept } from "../../state/kept";
import { outbox } from "./outbox.svelte";
import { nextStop, standingAt, withWaiting } from "./progress";

/** kept_at: the server's time of an answer that was kept for dead zones; it is there only when that is what is shown. */
type Shown = PatrolRoute & { kept_at?: string };

class Today {
  shown = $state.raw<Shown | null>(null);
  alert = $state.raw<Alert | null>(null);
  problem = $state("");
  chosen = $state<number | null>(null);
  stops = $derived(withWaiting(this.shown?.plan?.stops ?? [], outbox.items.filter((item) => item.user === outbox.user && item.refused === null), clock.now - Date.now()));
  done = $derived(this.stops.filter((stop) => stop.checked_in_at !== null).length);
  standing = $derived(standingAt(this.stops));
  next = $derived(nextStop(this.stops, clock.now, this.chosen));
  offDuty = $derived(this.shown?.unit.state === "off_duty");
}
export const today = new Today();
let looked = "";

export async function loadRoute(): Promise<void> {
  try {
    const found = await get<Shown>("/patrol/route");
    setClock(found.server_time);
    today.shown = found;
    today.problem = "";
    await lookAtAlert(found);
  } catch (error) {
    if (error instanceof Problem && error.status === 403) await forgetKept();
    if (!today.shown || error instanceof Problem) today.problem = words(error, t("error.unreachable"));
  }
}

/** Fetch the alert when the task or the unit's state has changed only: each look is audited. */
async function lookAtAlert({ assignment, unit }: PatrolRoute): Promise<void> {
  const look = assignment ? `${assignment.alert_id} ${unit.state}` : "";
  if (look === looked) return;
  looked = look;
  today.alert = assignment ? await get<Alert>(`/alerts/${assignment.alert_id}`).catch(() => null) : null;
  if (assignment && !today.alert) looked = "";
}

export function forgetRoute(): void {
  today.shown = today.alert = null;
  today.chosen = null;
  looked = "";
}
