// What demand says in the user's words: why, when, where.
import type { Need, NeedReason, Span } from "../../api/demand";
import { phrase, t, word } from "../../i18n/index.svelte";
import { hourOf, percent, span } from "../planning/words";
import type { Wish } from "./needs";
import { kindOf } from "./needs";

/** One reason with its numbers. */
export function whyWords(reason: NeedReason): string {
  if (reason.code === "unvisited" && reason.days === null) return t("why.never");
  const numbers = {
    chance: percent(reason.chance),
    from: hourOf((reason.from_h ?? 0) * 3600),
    until: hourOf((reason.until_h ?? 0) * 3600),
    expected: (reason.expected ?? 0).toFixed(2),
    seen: reason.seen ?? 0,
    visit: reason.visit ?? 0,
    days: reason.days ?? 0,
    share: percent(reason.share),
    kind: word("placekind", reason.kind),
    reason: reason.reason ?? "",
  };
  return phrase(`why.${reason.code}`, { ...numbers, ...(reason.until ? { until: reason.until } : {}) }) ?? reason.code;
}

/** 20:30, or 次日 01:00 past midnight. */
export const momentWords = (seconds: number): string => (seconds >= 86_400 ? t("demand.nextMorning", { time: hourOf(seconds) }) : hourOf(seconds));

/** When a visit may begin. */
export function windowOf(need: Need): string {
  if (need.window_from_s === 0 && need.window_until_s >= 86_400) return t("demand.anyTime");
  return t("demand.window", { from: momentWords(need.window_from_s), until: momentWords(need.window_until_s) });
}

export const apartWords = (need: Need): string => (need.spacing_s > 0 ? t("demand.apart", { span: span(need.spacing_s) }) : "");
export const wishKind = (wish: Wish): string => word("demand.kind", kindOf(wish.key));

/** 06:00–11:00 一二三 */
export function hoursWords(hours: Span[] | null | undefined): string {
  if (!hours) return t("place.always");
  return hours.map((one) => `${one.from}–${one.until}${one.days.length === 7 ? "" : ` ${one.days.map((day) => t(`day.${day as 1}`)).join("")}`}`).join(t("list.and"));
}
