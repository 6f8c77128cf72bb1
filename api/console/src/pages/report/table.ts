// The columns of the monthly report, its CSV and its months. Pure functions.
import type { ReportSums } from "../../api/plans";

export interface Column {
  key: keyof ReportSums;
  label: string;
  say: (row: ReportSums) => string;
  /** A share to draw as a bar. */
  bar?: (row: ReportSums) => number | null;
}

/** A spreadsheet would run a cell that begins like a formula; names come from imported files. */
const cell = (value: unknown): string => {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

/** Rows as CSV with the numbers as they are (shares 0–1, seconds, metres), headed by the server's names. */
export function csvOf(rows: (ReportSums & { name: string })[], columns: Column[], town: string): string {
  const keys: (keyof ReportSums)[] = [...columns.map((column) => column.key), "grids"];
  const lines = [[town, ...keys], ...rows.map((row) => [row.name, ...keys.map((key) => row[key])])];
  return lines.map((line) => line.map(cell).join(",") + "\r\n").join("");
}

/** 2026-11, 2 -> 2027-01 */
export function monthPlus(month: string, months: number): string {
  const [year, number] = month.split("-").map(Number);
  const all = year! * 12 + number! - 1 + months;
  return `${Math.floor(all / 12)}-${String((all % 12) + 1).padStart(2, "0")}`;
}
