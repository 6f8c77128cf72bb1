// What a finding says in the language of the screen: Chinese from our table, English from the server.
import type { ImportReport } from "../../api/types";
import { currentLanguage } from "../../i18n/index.svelte";
import { findingsInChinese } from "../../i18n/zh_county_findings";

type Finding = ImportReport["findings"][number];

export function sentence(found: Finding): { says: string; fix: string } {
  const words = currentLanguage() === "zh" ? findingsInChinese[found.code] : undefined;
  if (!words) return { says: found.says, fix: found.fix };
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(found.numbers[name] ?? ""));
  return { says: fill(words[0]), fix: fill(words[1]) };
}
