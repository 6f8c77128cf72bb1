// Says whether a key press is a command: not while typing, not with a modifier.
export function keysGoTo(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target as HTMLElement | null;
  return !target?.closest("input, select, textarea, dialog, [contenteditable]");
}
