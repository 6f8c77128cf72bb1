// What plans say in the user's words: why a visit is wanted, why nobody makes it, what a change costs.
import type { Coded, Cost, PlanSummary, UnservedVisit, PlanStop } from "../../api/plans";
import { phrase, t, word } from "../../i18n/index.svelte";
import { distance, isoDay, shortTime } from "../../i18n/time";

type Numbers = Record<string, string | number>;

export const percent = (share: number | null | undefined, digits = 0): string => (share === null || share === undefined ? t("none") : `${(share * 100).toFixed(digits)}%`);
export const hours = (seconds: number): string => t("plan.hours", { n: (seconds / 3600).toFixed(seconds < 36_000 ? 1 : 0) });
export const km = (metres: number): string => `${Math.round(metres / 1000).toLocaleString("en-US")} km`;
export const points = (priority: number): string => priority.toFixed(1);

/** With its sign, a true minus. */
export const signed = (n: number, digits = 0): string => (Number(n.toFixed(digits)) === 0 ? "±0" : `${n < 0 ? "−" : "+"}${Math.abs(n).toFixed(digits)}`);

/** 30600 -> 08:30; seconds from midnight, past 86,400 on the next day. */
export const hourOf = (seconds: number): string => `${String(Math.floor(seconds / 3600) % 24).padStart(2, "0")}:${String(Math.round((seconds % 3600) / 60)).padStart(2, "0")}`;
const round = (value: unknown): string | number => (typeof value === "number" ? Number(value.toFixed(1)) : String(value ?? ""));

/** One reason why a visit is wanted. A code without words is said as it is. */
export function reasonWords(reason: Coded): string {
  const numbers: Numbers = Object.fromEntries(Object.entries(reason).map(([name, value]) => [name, round(value)]));
  if (reason.code === "unvisited" && (reason.days === null || reason.days === undefined)) return t("visitwhy.never");
  if (typeof reason.share === "number") numbers.share = percent(reason.share);
  if (typeof reason.chance === "number") numbers.chance = percent(reason.chance);
  if (typeof reason.from_h === "number") numbers.from = hourOf(reason.from_h * 3600);
  if (typeof reason.until_h === "number") numbers.until = hourOf(reason.until_h * 3600);
  if (reason.code === "place") numbers.kind = word("placekind", String(reason.kind ?? ""));
  return phrase(`visitwhy.${reason.code}`, numbers) ?? String(reason.code);
}

/** One reason why a check-in is not simply believed. */
export function doubtWords(doubt: Coded): string {
  const numbers: Numbers = Object.fromEntries(Object.entries(doubt).map(([name, value]) => [name, round(value)]));
  for (const name of ["away_m", "moved_m", "limit_m"]) if (typeof doubt[name] === "number") numbers[name] = distance(doubt[name] as number);
  for (const name of ["took_s", "off_s", "drive_s"]) if (typeof doubt[name] === "number") numbers[name] = span(doubt[name] as number);
  return phrase(`doubt.${doubt.code}.${String(doubt.why ?? "")}`, numbers) ?? phrase(`doubt.${doubt.code}`, numbers) ?? String(doubt.code);
}

/** 45 s, 12 min, 3.5 h */
export const span = (seconds: number): string => (seconds < 90 ? t("dur.s", { n: Math.round(seconds) }) : seconds < 5400 ? t("dur.m", { n: Math.round(seconds / 60) }) : hours(seconds));

/** What a change costs, the good and the bad, in one line; the server counts priority lost, people what is gained. */
export function costWords(cost: Cost): string {
  const parts = [t("cost.priority", { n: signed(-cost.priority, 1) }), t("cost.driving", { n: signed(cost.driving_s / 60) })];
  if (cost.moved > 1) parts.push(t("cost.moved", { n: cost.moved }));
  if (cost.dropped > 0) parts.push(t("cost.dropped", { n: cost.dropped }));
  return parts.join(" · ");
}

export const placeWords = (visit: Pick<PlanStop | UnservedVisit, "name" | "grid_code">): string => visit.name || t("patrol.inGrid", { code: visit.grid_code });
export const planName = (plan: Pick<PlanSummary, "id" | "name">): string => (plan.name ? `${plan.name} #${plan.id}` : `#${plan.id}`);

/** 08:40–10:10, with the day where it is not the plan's. */
export function windowWords(visit: { window_from: string; window_until: string }, day: string): string {
  const one = (at: string) => (isoDay(at) === day ? shortTime(at) : t("plan.nextDay", { time: shortTime(at) }));
  return `${one(visit.window_from)}–${one(visit.window_until)}`;
}

/** The days before or after a local day: 2026-11-24, 1 -> 2026-11-25. */
export function dayPlus(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
