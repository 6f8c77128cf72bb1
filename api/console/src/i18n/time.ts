// Times in the site's zone, ages, distances, numbers. The zone comes from /county, never from the browser.
import { currentLanguage, t } from "./index.svelte";

let zone = "Asia/Shanghai";
const formats = new Map<string, Intl.DateTimeFormat>();

export function setSiteZone(next: string): void {
  zone = next;
  formats.clear();
}

function parts(at: number, options: Intl.DateTimeFormatOptions): Record<string, string> {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options });
    formats.set(key, format);
  }
  return Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
}

const ms = (at: string | number): number => (typeof at === "number" ? at : Date.parse(at));

/** 23:24:46 */
export function clockTime(at: string | number): string {
  const p = parts(ms(at), { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return `${p.hour}:${p.minute}:${p.second}`;
}

/** 23:24 */
export const shortTime = (at: string | number): string => clockTime(at).slice(0, 5);

/** 11-23 23:24:46 */
export function dayTime(at: string | number): string {
  const p = parts(ms(at), { month: "2-digit", day: "2-digit" });
  return `${p.month}-${p.day} ${clockTime(at)}`;
}

/** 2026-11-23 */
export function isoDay(at: string | number): string {
  const p = parts(ms(at), { year: "numeric", month: "2-digit", day: "2-digit" });
  return `${p.year}-${p.month}-${p.day}`;
}

/** 11月23日 周一, or Mon 23 Nov */
export function longDay(at: number): string {
  const chinese = currentLanguage() === "zh";
  return new Intl.DateTimeFormat(chinese ? "zh-CN" : "en-GB", {
    timeZone: zone,
    month: chinese ? "long" : "short",
    day: "numeric",
    weekday: "short",
  }).format(at);
}

/** Minutes east of UTC that the site is at a moment. */
export function offsetMinutes(at: number): number {
  const p = parts(at, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const asUtc = Date.UTC(+p.year!, +p.month! - 1, +p.day!, +p.hour!, +p.minute!, +p.second!);
  return Math.round((asUtc - Math.floor(at / 1000) * 1000) / 60000);
}

/** +08 */
export function offsetLabel(at: number): string {
  const minutes = offsetMinutes(at);
  const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, "0");
  const rest = Math.abs(minutes) % 60;
  return (minutes < 0 ? "−" : "+") + hours + (rest ? ":" + String(rest).padStart(2, "0") : "");
}

/** Read what a datetime-local field holds as a moment at the site; give ISO UTC. */
export function fromSiteInput(text: string): string {
  const naive = Date.parse(text + (text.length === 16 ? ":00Z" : "Z"));
  const guess = naive - offsetMinutes(naive) * 60000;
  return new Date(naive - offsetMinutes(guess) * 60000).toISOString();
}

/** Write a moment as a datetime-local field wants it, at the site. */
export const toSiteInput = (at: string | number): string => `${isoDay(at)}T${shortTime(at)}`;

/** 12s, 3m, 1h47, 2d */
export function age(at: string | number, now: number): string {
  const seconds = Math.max(0, Math.round((now - ms(at)) / 1000));
  if (seconds < 60) return t("age.s", { n: seconds });
  if (seconds < 3600) return t("age.m", { n: Math.floor(seconds / 60) });
  if (seconds < 86400) return t("age.h", { n: Math.floor(seconds / 3600), m: String(Math.floor((seconds % 3600) / 60)).padStart(2, "0") });
  return t("age.d", { n: Math.floor(seconds / 86400) });
}

/** 45 s, 6 min */
export const duration = (seconds: number): string =>
  seconds < 90 ? t("dur.s", { n: Math.round(seconds) }) : t("dur.m", { n: Math.round(seconds / 60) });

/** 850 m, 3.2 km */
export const distance = (metres: number): string =>
  metres < 995 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`;

/** +0.3 s */
export const clockOffset = (seconds: number): string => `${seconds < 0 ? "−" : "+"}${Math.abs(seconds).toFixed(1)} s`;

export const count = (n: number): string => n.toLocaleString("en-US");
