// Cases: which of them one may ask and watch under now. What is done to a case is on its page.
import { get } from "../api/client";
import type { Case, Page } from "../api/types";
import { clock } from "./clock.svelte";
import { session } from "./session.svelte";

export type CaseState = "open" | "expired" | "closed";
export const CASE_STATES: CaseState[] = ["open", "expired", "closed"];

/** Past its end date a case is as good as closed, though nobody has closed it. */
export const stateOf = (one: Case): CaseState => (one.state === "open" && Date.parse(one.ends_at) <= clock.now ? "expired" : one.state);

/** A supervisor sees every case, but asks only under those of which he is a member. */
export const isMine = (one: Case): boolean => one.members.includes(session.user?.login ?? "");

/** Fetch the cases under which this user may ask and watch. */
export async function loadUsableCases(): Promise<Case[]> {
  const page = await get<Page<Case>>("/cases", { limit: 500 });
  return page.items.filter((one) => stateOf(one) === "open" && isMine(one));
}

/** The case to begin a form with: the one that the address names, or the only one. */
export function firstChoice(cases: Case[], named: string | undefined): string {
  const fitting = named ? cases.filter((one) => one.number === named) : cases;
  return fitting.length === 1 ? fitting[0]!.number : "";
}
