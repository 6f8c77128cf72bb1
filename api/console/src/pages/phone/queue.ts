// What waits on the phone to be sent, as values: which comes next, when it is tried again. Sending is in outbox.svelte.ts.
export type Kind = "distress" | "check_in" | "positions";

/** One thing said by this phone. `id` is the same each time it is sent; `order` is that of saying. Times in ms by its clock. */
export interface Item {
  id: string;
  order: number;
  kind: Kind;
  user: number;
  made_at: number;
  body: Record<string, unknown>;
  photo: Blob | null;
  tries: number;
  due_at: number;
  /** Why the server will not take it; it stays until its user has seen that. */
  refused: string | null;
}

/** Help goes first; positions never keep a check-in waiting. Within a lane the order of saying is kept. */
const LANES: Kind[] = ["distress", "check_in", "positions"];
const FIRST_PAUSE_MS: Record<Kind, number> = { distress: 1_000, check_in: 2_000, positions: 5_000 };
const LONGEST_PAUSE_MS: Record<Kind, number> = { distress: 5_000, check_in: 60_000, positions: 60_000 };
export const MOST_POSITIONS = 100;

/** How long to wait after the n-th failure: twice as long each time, up to a limit. */
export function pauseMs(kind: Kind, tries: number): number {
  return Math.min(FIRST_PAUSE_MS[kind] * 2 ** Math.max(0, Math.min(tries, 16) - 1), LONGEST_PAUSE_MS[kind]);
}

/** The oldest item of each lane that this user may send; the others wait behind it. */
function heads(items: Item[], user: number): Item[] {
  const own = items.filter((item) => item.user === user && item.refused === null).sort((a, b) => a.order - b.order);
  return LANES.map((lane) => own.find((item) => item.kind === lane)).filter((item) => item !== undefined);
}

/** What to send now; null: nothing, or it is not time yet. */
export function nextDue(items: Item[], user: number, now: number): Item | null {
  return heads(items, user).find((item) => item.due_at <= now) ?? null;
}

/** How long until something is due; null when nothing waits. */
export function waitMs(items: Item[], user: number, now: number): number | null {
  const due = heads(items, user).map((item) => Math.max(0, item.due_at - now));
  return due.length > 0 ? Math.min(...due) : null;
}

/** The item after it could not be sent. */
export function triedInVain(item: Item, now: number): Item {
  return { ...item, tries: item.tries + 1, due_at: now + pauseMs(item.kind, item.tries + 1) };
}

/** The network is back: everything is due now. */
export const allDue = (items: Item[], now: number): Item[] => items.map((item) => (item.refused === null ? { ...item, due_at: Math.min(item.due_at, now) } : item));

/** How many things a person said wait; positions are not counted, they are many and nobody waits for them. */
export const waitingOf = (items: Item[], user: number): Item[] => items.filter((item) => item.user === user && item.refused === null && item.kind !== "positions");

/** The item of positions that one more can go into: not under way, and not full. */
export function openPositions(items: Item[], user: number, sending: string | null): Item | null {
  const last = items.filter((item) => item.user === user && item.kind === "positions" && item.refused === null).at(-1);
  return last && last.id !== sending && last.tries === 0 && (last.body.positions as unknown[]).length < MOST_POSITIONS ? last : null;
}
