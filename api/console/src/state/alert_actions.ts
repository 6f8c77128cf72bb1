// What a person does to an alert: shown at once, confirmed or taken back by the server's answer.
import { get, post } from "../api/client";
import type { Alert, AlertDetail, AlertState } from "../api/types";
import { queue, take } from "./alerts.svelte";
import { session } from "./session.svelte";

async function act(alert: Alert, action: string, body: unknown, soon: Partial<Alert>): Promise<void> {
  take({ ...alert, ...soon });
  try {
    take(await post<Alert>(`/alerts/${alert.id}/${action}`, body));
  } catch (error) {
    take(await get<AlertDetail>(`/alerts/${alert.id}`).catch(() => alert));
    throw error;
  }
}

export const acknowledge = (alert: Alert): Promise<void> =>
  act(alert, "acknowledge", {}, { state: "acknowledged", acknowledged_by: session.user?.name ?? null });

/** Send a unit; without one the server takes the nearest that is available. */
export const dispatch = (alert: Alert, unit: number | null = null): Promise<void> =>
  act(alert, "dispatch", { unit_id: unit }, {});

export const arrive = (alert: Alert): Promise<void> => act(alert, "arrive", {}, { state: "on_scene" });
export const resolve = (alert: Alert, outcome: string): Promise<void> => act(alert, "resolve", { outcome }, {});

/** What a person says after a look at the two pictures. The read-error model learns from it. */
export interface Verdict {
  /** What the plate really says; null: as the alert has it (confirm), or nobody can tell (reject). */
  truePlate: string | null;
  sighting: string | null;
}
const said = ({ truePlate, sighting }: Verdict) => ({ ...(truePlate && { true_plate: truePlate }), ...(sighting && { sighting }) });

/** It is the watched vehicle: the alert goes on. */
export const confirm = (alert: Alert, verdict: Verdict): Promise<void> => act(alert, "confirm", said(verdict), {});

/** It is another vehicle: closes the alert as a false alarm. */
export const reject = (alert: Alert, reason: string, verdict: Verdict): Promise<void> => act(alert, "reject", { reason, ...said(verdict) }, {});

export type ActionName = "acknowledge" | "dispatch" | "arrive" | "resolve" | "false_alarm";
const ALLOWED: Record<AlertState, ActionName[]> = {
  new: ["acknowledge", "dispatch", "resolve", "false_alarm"],
  acknowledged: ["dispatch", "resolve", "false_alarm"],
  dispatched: ["arrive", "resolve", "false_alarm"],
  on_scene: ["resolve", "false_alarm"],
  resolved: [],
  false_alarm: [],
};

/** The buttons that make sense now; the server has the last word. */
export const allowed = (alert: Alert): ActionName[] => ALLOWED[alert.state];

/** The next or previous alert of the list as shown. */
export function neighbour(id: number | null, step: 1 | -1): number | null {
  const ids = queue.shown.map((alert) => alert.id);
  if (ids.length === 0) return null;
  const at = id === null ? -1 : ids.indexOf(id);
  if (at < 0) return ids[0]!;
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))]!;
}
