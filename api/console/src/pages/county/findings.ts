// What a finding says in the language of the screen: Chinese from our table, English from the server.
import type { ImportReport } from "../../api/types";
import { currentLanguage, t, word } from "../../i18n/index.svelte";
import { count } from "../../i18n/time";
import { findingsInChinese } from "../../i18n/zh_county_findings";
import { LAYERS } from "./files";

type Finding = ImportReport["findings"][number];

/** Give a number or word of a finding; names of layers, and counts by kind of record, in our words. */
function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return listed("county.recorded", value as Record<string, number>);
  const parts = String(value ?? "").split(", ");
  const layers = parts.every((part) => (LAYERS as readonly string[]).includes(part));
  return layers ? parts.map((part) => word("county.layers", part)).join(t("county.comma")) : String(value ?? "");
}

/** Say counts by name: 3 alerts, 12 sightings. */
export const listed = (group: string, counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, n]) => `${word(group, name)} ${count(n)}`)
    .join(t("county.comma"));

export function sentence(found: Finding): { says: string; fix: string } {
  const words = currentLanguage() === "zh" ? findingsInChinese[found.code] : undefined;
  if (!words) return { says: found.says, fix: found.fix };
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => shown(found.numbers[name]));
  return { says: fill(words[0]), fix: fill(words[1]) };
}
