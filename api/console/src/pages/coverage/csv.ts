// The coverage as a CSV file: one row a grid, every figure, headings in the language of the screen.
import { t, type Key } from "../../i18n/index.svelte";
import { reasonWords, type Coverage } from "./measures";

const COLUMNS = [
  "blind_rank", "blind_points", "code", "town", "lon", "lat", "seen_now", "seen_hoped", "seen_all", "cameras", "cameras_alive", "cameras_dead",
  "cameras_unknown", "last_visit_at", "unvisited_h", "station_s", "station_1min", "station_3min", "station_5min", "unit_s", "unit_1min", "unit_3min", "unit_5min", "reasons",
] as const; // prettier-ignore

/** Quote a cell; a spreadsheet must not take text for a formula. */
export function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Give the file's text, in the order of the rows given; null cells are empty, zero is 0. */
export function csvOf(found: Coverage, rows: number[], towns: ReadonlyMap<number, string>): string {
  const value = (name: (typeof COLUMNS)[number], i: number): string | number | null => {
    if (name === "town") return towns.get(found.town_id[i]!) ?? "";
    if (name === "reasons") return found.reasons[i]!.map((why) => `${reasonWords(why)} (${why.points})`).join("; ");
    return found[name][i]!;
  };
  const head = COLUMNS.map((name) => cell(t(`coverage.csv.${name}` as Key)));
  const lines = rows.map((i) => COLUMNS.map((name) => cell(value(name, i))).join(","));
  return "\ufeff" + [head.join(","), ...lines].join("\r\n") + "\r\n";
}

/** Save text on the user's disk. */
export function saveText(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
