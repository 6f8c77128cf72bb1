// Words for why a reading may mean another plate, and how sure that is. Pure functions.
import type { Slip } from "../api/questions";
import { t } from "../i18n/index.svelte";

/** p = 0.12, p = 0.034, p < 0.001: enough digits to compare, no more. */
export function chance(p: number): string {
  if (p < 0.001) return "p < 0.001";
  if (p >= 0.995 && p < 1) return "p > 0.99";
  return `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`;
}

/** A share of a hundred; what was estimated is never said to be certain. */
export function percent(p: number): string {
  if (p < 0.01) return "<1%";
  return p > 0.99 ? ">99%" : `${Math.round(p * 100)}%`;
}

/** "8 read as B at position 5, p = 0.12" in the user's language. */
export function slipWords(slip: Slip): string {
  const values = { ...slip, p: chance(slip.probability) };
  if (slip.read === "-") return t("slip.unread", values);
  if (slip.read === "") return t("slip.dropped", values);
  if (slip.true === "") return t("slip.added", values);
  return t("slip.swapped", values);
}

/** How surprising meetings are, in plain words; `p` is already corrected for how many vehicles were compared. */
export function significanceWords(p: number): string {
  if (p < 0.001) return t("signif.strong");
  if (p < 0.01) return t("signif.clear");
  if (p < 0.05) return t("signif.weak");
  return t("signif.none");
}
