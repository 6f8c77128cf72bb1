// What an entry asks of a vehicle beside its plate, in words. Pure functions.
import type { Hours } from "../../api/questions";
import { t, word } from "../../i18n/index.svelte";
import type { Area } from "../../map/area";
import { areaKm2 } from "../../parts/area";

export interface Conditions {
  fuzzy: boolean;
  vehicle_class?: string | null;
  colour?: string | null;
  area?: Area | null;
  hours?: Hours | null;
}

/** How many characters an entry must name for misreads of it to count; the server has the last word. */
export const LEAST_FIXED_FUZZY = 5;
export const fixedCharacters = (pattern: string): number => [...pattern.trim()].filter((char) => char !== "?" && char !== "*").length;

const EVERY_DAY = 7;

/** 22:00–05:00, or 22:00–05:00 Mon Fri where it is not every day. */
export function hoursWords(hours: Hours): string {
  const span = `${hours.from}–${hours.until}`;
  const days = hours.days ?? [];
  if (days.length === 0 || days.length === EVERY_DAY) return span;
  return `${span} ${days.map((day) => word("day", String(day))).join(" ")}`;
}

/** Each condition as a few words; an entry without any gives only whether misreads count. */
export function conditionWords(of: Conditions): string[] {
  return [
    of.fuzzy ? t("watch.withFuzzy") : t("watch.exactOnly"),
    of.colour && word("colour", of.colour),
    of.vehicle_class && word("class", of.vehicle_class),
    of.area && t("watch.inArea", { km2: areaKm2(of.area).toFixed(1) }),
    of.hours && hoursWords(of.hours),
  ].filter((one): one is string => Boolean(one));
}
