// The one EventSource of the console: hands events to listeners by type, knows how old the link is.
import { signedOut } from "./client";
import { clock } from "../state/clock.svelte";

type Listener = (data: never) => void;
const TYPES = [
  "alert.raised", "alert.seen_again", "alert.acknowledged", "alert.dispatched", "alert.on_scene", "alert.resolved",
  "alert.false_alarm", "alert.confirmed", "alert.escalated", "units.moved", "unit.changed", "camera.state_changed", "sightings.counted",
  "watchlist.changed", "quarantine.changed", "patrol.checked_in", "patrol.planned", "patrol.published", "patrol.changed",
  "distress.raised", "distress.changed", "assignment.answered", "roads.changed",
] as const;
export type EventType = (typeof TYPES)[number];

const listeners = new Map<string, Set<Listener>>();
const onGap = new Set<() => void>();
export const link = $state({ lastAt: 0, open: false });
let source: EventSource | null = null;
let lostAt = 0;
const LONG_GAP_MS = 20_000;
const RETRY_MS = 3_000;

/** Call `listener` with the data of each event of a type; returns how to stop. */
export function on<T>(type: EventType, listener: (data: T) => void): () => void {
  const set = listeners.get(type) ?? new Set<Listener>();
  listeners.set(type, set);
  set.add(listener as Listener);
  return () => set.delete(listener as Listener);
}

/** Call `act` when the link returns after so long that lists must be fetched anew. */
export function onReturn(act: () => void): () => void {
  onGap.add(act);
  return () => onGap.delete(act);
}

function reload(): void {
  onGap.forEach((act) => act());
}

function opened(): void {
  if (lostAt && Date.now() - lostAt > LONG_GAP_MS) reload();
  lostAt = 0;
  link.open = true;
  link.lastAt = clock.now;
}

function failed(): void {
  link.open = false;
  lostAt ||= Date.now();
  if (source?.readyState === EventSource.CLOSED) setTimeout(() => source && connect(), RETRY_MS);
}

function take(event: MessageEvent<string>): void {
  link.lastAt = clock.now;
  const data = JSON.parse(event.data) as never;
  listeners.get(event.type)?.forEach((listener) => listener(data));
}

/** Open the link; the browser itself resumes with Last-Event-ID. */
export function connect(): void {
  source?.close();
  source = new EventSource("/api/v1/events");
  source.onopen = opened;
  source.onerror = failed;
  source.addEventListener("resync", reload);
  source.addEventListener("signed_out", signedOut);
  for (const type of TYPES) source.addEventListener(type, take);
}

export function disconnect(): void {
  source?.close();
  source = null;
  link.open = false;
}
