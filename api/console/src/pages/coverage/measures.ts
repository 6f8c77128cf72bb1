// What the grids may be coloured by: the value of each measure, its classes, its words. No drawing and no fetching.
import type { components } from "../../../.types/schema";
import { t } from "../../i18n/index.svelte";
import { duration } from "../../i18n/time";
import { NO_DATA } from "../../map/palette";

export type Coverage = components["schemas"]["CoverageAnswer"];
export type BlindReason = components["schemas"]["BlindReason"];
export type MeasureName = "points" | "unseen" | "unseen_all" | "lost" | "unvisited" | "station" | "unit";

export interface Measure {
  /** Null where nothing is known of the grid, which is not zero. */
  value(found: Coverage, i: number): number | null;
  /** Lower ends of the classes after the first. */
  from: number[];
  said(value: number): string;
  /** The words of a class between two ends; null: open. */
  between(low: number | null, high: number | null): string;
}

const percent = (share: number): string => `${(share * 100).toFixed(share > 0.9 && (share * 1000) % 10 > 0.05 ? 1 : 0)}%`;
const range =
  (said: (value: number) => string) =>
  (low: number | null, high: number | null): string =>
    low === null ? `< ${said(high!)}` : high === null ? `≥ ${said(low)}` : `${said(low)} – ${said(high)}`;
const measure = (from: number[], said: (value: number) => string, value: Measure["value"]): Measure => ({ value, from, said, between: range(said) });
const hours = (h: number): string => (h < 48 ? t("coverage.hours", { n: h.toFixed(h < 10 && h % 1 ? 1 : 0) }) : t("coverage.days", { n: (h / 24).toFixed(h < 240 && h % 24 ? 1 : 0) }));
const minutes = (m: number): string => duration(m * 60);

/** Nobody watches the cameras that look there: whether they see is not known. */
const onlyUnknown = (found: Coverage, i: number): boolean => found.seen_now[i] === 0 && found.seen_hoped[i]! > 0;

export const MEASURES: Record<MeasureName, Measure> = {
  points: measure([30, 40, 50, 60, 70], (n) => n.toFixed(n % 1 ? 1 : 0), (found, i) => (found.blind_rank[i] === null ? null : found.blind_points[i]!)),
  unseen: measure([0.9, 0.95, 0.98, 0.995, 1], percent, (found, i) => (onlyUnknown(found, i) ? null : 1 - found.seen_now[i]!)),
  unseen_all: measure([0.9, 0.95, 0.98, 0.995, 1], percent, (found, i) => 1 - found.seen_all[i]!),
  lost: measure([0.001, 0.1, 0.25, 0.5, 1], percent, (found, i) => (found.seen_all[i] ? 1 - found.seen_hoped[i]! / found.seen_all[i]! : null)),
  unvisited: measure([8, 24, 48, 96, 168], hours, (found, i) => found.unvisited_h[i]!),
  station: measure([1, 3, 5, 10, 20], minutes, (found, i) => (found.station_s[i] === null ? null : found.station_s[i]! / 60)),
  unit: measure([1, 3, 5, 10, 20], minutes, (found, i) => (found.unit_s[i] === null ? null : found.unit_s[i]! / 60)),
};
export const NAMES = Object.keys(MEASURES) as MeasureName[];
export const isMeasure = (name: string | undefined): name is MeasureName => NAMES.includes(name as MeasureName);

/** Give the class of a value: 0 for the least. */
export const classOf = (name: MeasureName, value: number): number => MEASURES[name].from.filter((end) => value >= end - 1e-9).length;

/** Give the words of each class, the least first. */
export function classWords(name: MeasureName): string[] {
  const { from, between } = MEASURES[name];
  const said = [null, ...from].map((low, k) => between(low, from[k] ?? null));
  if (from.at(-1) === 1) said[from.length] = percent(1);
  return name === "lost" ? [percent(0), between(null, from[1]!), ...said.slice(2)] : said;
}

export const valueOf = (found: Coverage, name: MeasureName, i: number): number | null => MEASURES[name].value(found, i);
export const saidOf = (found: Coverage, name: MeasureName, i: number): string => {
  const value = valueOf(found, name, i);
  return value === null ? t("coverage.noData") : MEASURES[name].said(value);
};

/** Give the colour of every grid by its code. */
export function fillsOf(found: Coverage, name: MeasureName, ramp: readonly string[]): Map<string, string> {
  return new Map(
    found.code.map((code, i) => {
      const value = valueOf(found, name, i);
      return [code, value === null ? NO_DATA : ramp[classOf(name, value)]!];
    }),
  );
}

/** Give how many grids each class holds, and how many hold nothing known. */
export function counts(found: Coverage, name: MeasureName): { classes: number[]; unknown: number } {
  const classes = MEASURES[name].from.map(() => 0).concat(0);
  let unknown = 0;
  found.code.forEach((_, i) => {
    const value = valueOf(found, name, i);
    if (value === null) unknown += 1;
    else classes[classOf(name, value)]! += 1;
  });
  return { classes, unknown };
}

/** Give the grids, the worst by the measure first, equals by their rank; without data last. */
export function ordered(found: Coverage, name: MeasureName, town: number | null): number[] {
  const rank = (i: number): number => found.blind_rank[i] ?? Infinity;
  const worth = (i: number): number => valueOf(found, name, i) ?? -Infinity;
  const shown = found.code.map((_, i) => i).filter((i) => town === null || found.town_id[i] === town);
  return shown.sort((a, b) => (worth(a) === worth(b) ? 0 : worth(b) - worth(a)) || (rank(a) === rank(b) ? a - b : rank(a) - rank(b)));
}

/** Say a reason of a blind spot with its numbers. */
export function reasonWords({ code, share, hours: h, minutes: m }: BlindReason): string {
  if (code === "unseen") return t(share ? "coverage.why.unseen" : "coverage.why.unseenAtAll", { n: ((share ?? 0) * 100).toFixed(1) });
  if (code === "lost") return t("coverage.why.lost", { n: ((share ?? 0) * 100).toFixed(0) });
  if (code === "unknown") return t("coverage.why.unknown");
  if (code === "unvisited") return h == null ? t("coverage.why.never") : t("coverage.why.unvisited", { n: hours(h) });
  if (code === "far") return m == null ? t("coverage.why.unreached") : t("coverage.why.far", { n: m.toFixed(1) });
  return t("coverage.why.noRoad");
}
