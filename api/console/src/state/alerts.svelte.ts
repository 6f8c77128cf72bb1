// The alert queue: what is open, in which order, what is held back while the user reads. Actions are in alert_actions.ts.
import { get } from "../api/client";
import { on, onReturn, type EventType } from "../api/events.svelte";
import type { Alert, AlertState, Page, Severity } from "../api/types";
import { chime } from "./sound";

export const SEVERITIES: Severity[] = ["red", "orange", "yellow"];
export const level = (severity: Severity): number => SEVERITIES.indexOf(severity) + 1;
const CLOSED: AlertState[] = ["resolved", "false_alarm"];
export const isOpen = (alert: Alert): boolean => !CLOSED.includes(alert.state);

/** Minutes after which an alert nobody has taken counts as late. */
export const LATE_MIN: Record<Severity, number> = { red: 1, orange: 5, yellow: 15 };

class Queue {
  all = $state.raw<Alert[]>([]);
  loaded = $state(false);
  /** True while the pointer is over the list: nothing may move under it. */
  held = $state(false);
  /** The order shown; ids that came later wait until the user lets go or asks for them. */
  order = $state.raw<number[]>([]);
  shown = $derived(this.order.map((id) => this.all.find((alert) => alert.id === id)).filter((alert) => alert !== undefined));
  waiting = $derived(this.all.filter((alert) => isOpen(alert) && !this.order.includes(alert.id)).length);
  open = $derived(this.all.filter(isOpen));
  unacknowledged = $derived(this.open.filter((alert) => alert.state === "new"));
}
export const queue = new Queue();

const rank = (alert: Alert): number => (alert.state === "new" ? 0 : 10) + level(alert.severity);

function sorted(alerts: Alert[]): number[] {
  const open = alerts.filter(isOpen);
  open.sort((a, b) => rank(a) - rank(b) || Date.parse(b.raised_at) - Date.parse(a.raised_at));
  return open.map((alert) => alert.id);
}

/** Put the list in its right order now, with everything that waited. */
export function settle(): void {
  queue.order = sorted(queue.all);
}

export function hold(held: boolean): void {
  queue.held = held;
  if (!held) settle();
}

/** Take a row from the server into the queue. */
export function take(alert: Alert): void {
  const known = queue.all.some((old) => old.id === alert.id);
  queue.all = known ? queue.all.map((old) => (old.id === alert.id ? alert : old)) : [alert, ...queue.all];
  if (!queue.held) settle();
}

export async function loadAlerts(): Promise<void> {
  queue.all = (await get<Page<Alert>>("/alerts", { state: "open", limit: 200 })).items;
  queue.loaded = true;
  settle();
}

/** How often a red alert that nobody has taken sounds again. */
const INSIST_MS = 10_000;

const ALERT_EVENTS: EventType[] = [
  "alert.raised", "alert.seen_again", "alert.acknowledged", "alert.dispatched", "alert.on_scene", "alert.resolved",
  "alert.false_alarm", "alert.confirmed", "alert.escalated", "assignment.answered",
];

/** Load the open alerts and follow their events; returns how to stop. */
export function followAlerts(): () => void {
  void loadAlerts();
  const stops = ALERT_EVENTS.map((type) => on<{ alert: Alert }>(type, ({ alert }) => take(alert)));
  stops.push(on<{ alert: Alert }>("alert.raised", ({ alert }) => chime(alert.severity)));
  const insist = setInterval(() => queue.unacknowledged.some((alert) => alert.severity === "red") && chime("red"), INSIST_MS);
  stops.push(() => clearInterval(insist));
  stops.push(onReturn(() => void loadAlerts()));
  return () => stops.forEach((stop) => stop());
}
