// What waits for this supervisor's decision: questions of others, watchlist entries of others. Deciding is on their pages.
import { get } from "../api/client";
import { on, onReturn } from "../api/events.svelte";
import type { PastQuestion } from "../api/questions";
import type { Entry, Page } from "../api/types";
import { session } from "./session.svelte";

class Approvals {
  questions = $state.raw<PastQuestion[]>([]);
  entries = $state(0);
  loaded = $state(false);
}
export const approvals = new Approvals();
const EVERY_MS = 30_000;

const own = (login: string): boolean => [session.user?.login, session.user?.name].includes(login);
/** Whether this user has said yes already, where two persons must. */
const decided = (query: PastQuestion): boolean => query.decisions.some((one) => own(one.user));

export async function loadApprovals(): Promise<void> {
  const [queries, entries] = await Promise.all([
    get<Page<PastQuestion>>("/queries", { state: "waiting", limit: 200 }),
    get<Page<Entry>>("/watchlist", { state: "pending", limit: 200 }),
  ]);
  approvals.questions = queries.items.filter((query) => !own(query.asked_by) && !decided(query));
  approvals.entries = entries.items.filter((entry) => !own(entry.created_by)).length;
  approvals.loaded = true;
}

/** Load what waits, again when something changes and every half minute; returns how to stop. */
export function followApprovals(): () => void {
  const load = () => void loadApprovals().catch(() => undefined); // the page itself says what is wrong
  load();
  const timer = setInterval(() => document.hidden || load(), EVERY_MS);
  const stops = [on("watchlist.changed", load), onReturn(load)];
  return () => {
    clearInterval(timer);
    stops.forEach((stop) => stop());
  };
}
