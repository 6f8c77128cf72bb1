// Where this phone is: asked of the browser while the page is open; told to the command centre on shift only.
import { sayPosition } from "./outbox.svelte";

export interface Fix {
  lon: number;
  lat: number;
  accuracy_m: number;
  heading_deg: number | null;
  /** By the phone's clock. */
  at: number;
}
export type WhereState = "off" | "asking" | "on" | "refused" | "none";
const SHARE_EVERY_MS = 5_000;
const KEEP_EVERY_MS = 15_000;
/** A fix older than this is where the phone was, not where it is. */
export const FRESH_MS = 15_000;

class Where {
  fix = $state.raw<Fix | null>(null);
  state = $state<WhereState>("off");
  /** The unit whose place is shared; null: nobody is told. */
  unit = $state<number | null>(null);
}
export const where = new Where();
let watcher: number | null = null;
let toldAt = 0;

/** Follow this phone's place; the browser asks its user the first time. Needs HTTPS or localhost. */
export function startWhere(): void {
  if (watcher !== null) return;
  if (!("geolocation" in navigator) || !isSecureContext) {
    where.state = "none";
    return;
  }
  where.state = "asking";
  watcher = navigator.geolocation.watchPosition(took, failed, { enableHighAccuracy: true, maximumAge: 2_000, timeout: 30_000 });
}

export function stopWhere(): void {
  if (watcher !== null) navigator.geolocation.clearWatch(watcher);
  watcher = null;
  where.unit = null;
  where.state = "off";
}

/** Tell the command centre where this unit is from now on; null: no longer. */
export function shareFor(unit: number | null): void {
  where.unit = unit;
  if (unit !== null && where.fix) share(where.fix);
}

function took({ coords, timestamp }: GeolocationPosition): void {
  const fix = { lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy), heading_deg: coords.heading, at: Math.min(timestamp || Date.now(), Date.now()) };
  where.fix = fix;
  where.state = "on";
  share(fix);
}

/** Only a user's no is final: without a view of the sky the browser keeps trying. */
function failed(error: GeolocationPositionError): void {
  if (error.code !== error.PERMISSION_DENIED) return;
  stopWhere();
  where.state = "refused";
}

function share(fix: Fix): void {
  const every = navigator.onLine ? SHARE_EVERY_MS : KEEP_EVERY_MS;
  if (where.unit === null || Date.now() - toldAt < every) return;
  toldAt = Date.now();
  void sayPosition(where.unit, { at: new Date(fix.at).toISOString(), lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, heading_deg: fix.heading_deg ?? 0 });
}

/** The place as a check-in says it; nothing when it is not known or too old. */
export function placeSaid(): Record<string, unknown> {
  const { fix } = where;
  return fix && Date.now() - fix.at < FRESH_MS * 4 ? { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m } : {};
}
