// English words of the patrol pages: board, planning, report.
import type { zhPlanning } from "./zh_planning";

export const enPlanning: typeof zhPlanning = {
  "tab.patrol": "Patrol",
  "page.patrol": "Patrol board",
  "page.planning": "Planning",
  "page.report": "Monthly report",
};
