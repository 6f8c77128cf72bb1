// Chinese words of the patrol pages: board, planning, report.
export const zhPlanning = {
  "tab.patrol": "巡防",
  "page.patrol": "巡线看板",
  "page.planning": "巡线计划",
  "page.report": "巡防月报",
};
