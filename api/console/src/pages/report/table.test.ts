// Tests of table.ts, run by tests.mjs: what a spreadsheet reads, and months over New Year.
import type { ReportSums } from "../../api/plans";
import { equal } from "../../testing";
import { csvOf, monthPlus, type Column } from "./table";

const column: Column = { key: "done_share", label: "", say: () => "" };
const row = (name: string, done_share: number | null) => ({ name, done_share, grids: 7 }) as ReportSums & { name: string };

export const tests = {
  "a share is a number, nothing is empty, a name with a comma stays one cell, a formula stays words": () => {
    const lines = csvOf([row("城关, 东", 0.5), row("=1+1", null)], [column], "乡镇").split("\r\n");
    equal(lines, ["乡镇,done_share,grids", '"城关, 东",0.5,7', "'=1+1,,7", ""]);
  },
  "months pass over New Year": () => equal([monthPlus("2026-11", 2), monthPlus("2026-01", -1)], ["2027-01", "2025-12"]),
};
