// Why readings are not believed, in the user's language, from the code and numbers of the server. Pure functions.
import type { Quarantined } from "../../api/questions";
import { phrase, t } from "../../i18n/index.svelte";

const SHARES = ["unknown", "sisters_unknown", "usual_linked"];

/** A person's reason is quoted; what the system found is said from its numbers; an unknown code gives the server's words. */
export function quarantineWhy({ kind, code, numbers, reason, lane }: Pick<Quarantined, "kind" | "code" | "numbers" | "reason" | "lane">): string {
  if (kind === "person") return reason;
  const said: Record<string, string | number> = { lane: lane ?? "" };
  for (const [key, value] of Object.entries(numbers)) {
    if (typeof value === "number") said[key] = SHARES.includes(key) ? Math.round(value * 100) : Math.round(value);
  }
  const offset = Number(numbers.offset_s ?? 0);
  said.way = t(offset < 0 ? "quarantine.behind" : "quarantine.ahead");
  said.offset = Math.abs(Math.round(offset));
  said.regular = typeof numbers.every_s === "number" ? t("quarantine.regular", { n: Math.round(numbers.every_s) }) : "";
  return phrase(`quarantine.why.${code}`, said) ?? reason;
}
