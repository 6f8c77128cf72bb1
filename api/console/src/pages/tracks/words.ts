// Sentences about questions and answers, made from the codes and numbers of the server. Pure functions.
import type { AskedQuery, Leg, Why } from "../../api/questions";
import { phrase, t } from "../../i18n/index.svelte";
import { duration, fromSiteInput, isoDay, shortTime, toSiteInput } from "../../i18n/time";

const plain = (why: Why): Record<string, string | number> =>
  Object.fromEntries(Object.entries(why).map(([key, value]) => [key, typeof value === "number" ? Math.round(value * 100) / 100 : String(value)]));

/** Why a question needs the approval that it needs. */
export const gradeWhy = (why: Why): string => phrase(`gradewhy.${why.code}`, plain(why)) ?? String(why.text ?? why.code);

/** What was asked, in a line: the plates, or the area. */
export function subjectOf(query: Pick<AskedQuery, "kind" | "question">): string[] {
  const { plate, other_plate } = query.question as { plate?: string | null; other_plate?: string | null };
  return [plate, other_plate].filter((one): one is string => Boolean(one));
}

/** 11-20 08:00 – 11-23 18:00, without the year and where days are the same without the day. */
export function spanWords(from: string, to: string): string {
  const [a, b] = [isoDay(from).slice(5), isoDay(to).slice(5)];
  return a === b ? `${a} ${shortTime(from)}–${shortTime(to)}` : `${a} ${shortTime(from)} – ${b} ${shortTime(to)}`;
}

/** What a leg is, in a short line: how long it took beside what is usual. */
export function legWords(leg: Pick<Leg, "verdict" | "seconds" | "shortest_s" | "usual_s" | "slow_s" | "stop_s">): string {
  const took = longDuration(leg.seconds);
  if (leg.verdict === "impossible") return t("leg.impossible", { took, least: leg.shortest_s === null ? t("none") : longDuration(leg.shortest_s) });
  if (leg.verdict === "gap") return t("leg.gap", { took });
  if (leg.verdict === "stop" && leg.stop_s) return t("leg.stop", { took, stop: longDuration(leg.stop_s) });
  if (leg.usual_s === null || leg.slow_s === null) return t("leg.plain", { took });
  return t("leg.driven", { took, usual: longDuration(leg.usual_s), slow: longDuration(leg.slow_s) });
}

/** 45 s, 2 min 10 s, 16 min, 3 h 20 min, 2 d 4 h: legs of a few minutes are told to the second. */
export function longDuration(seconds: number): string {
  if (seconds >= 90 && seconds < 600) return t("dur.ms", { m: Math.floor(Math.round(seconds) / 60), s: Math.round(seconds) % 60 });
  if (seconds < 5400) return duration(seconds);
  const hours = Math.floor(seconds / 3600);
  if (hours < 48) return t("dur.h", { n: hours, m: Math.round((seconds % 3600) / 60) });
  return t("dur.d", { n: Math.floor(hours / 24), h: hours % 24 });
}

/** The last so many hours until a minute from now, as datetime-local fields hold them. */
export const lastHours = (hours: number, now: number): { from: string; to: string } => ({ from: toSiteInput(now - hours * 3_600_000), to: toSiteInput(now + 60_000) });

/** What is wrong with the two times of a form (as datetime-local fields hold them), if anything. */
export function spanProblem(from: string, to: string): string | null {
  if (!from || !to) return t("ask.needTimes");
  return fromSiteInput(from) < fromSiteInput(to) ? null : t("ask.timesReversed");
}
