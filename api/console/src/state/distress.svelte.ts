// Calls for help that are not closed, for the desk: loaded, followed by events, sounded until somebody sees to them.
import { get, post } from "../api/client";
import { on, onReturn } from "../api/events.svelte";
import type { Distress, Page } from "../api/types";
import { chime } from "./sound";

/** How often a call that nobody has acknowledged sounds again. */
const INSIST_MS = 4_000;
/** A lost link must not hide a call: it is asked for as well. */
const ASK_MS = 20_000;

class Calls {
  open = $state.raw<Distress[]>([]);
}
export const calls = new Calls();

function take(call: Distress): void {
  const others = calls.open.filter((one) => one.id !== call.id);
  calls.open = call.state === "closed" ? others : [call, ...others].sort((a, b) => b.id - a.id);
}

async function load(): Promise<void> {
  calls.open = (await get<Page<Distress>>("/patrol/distress", { state: "open" })).items;
}

export async function acknowledgeCall(call: Distress): Promise<void> {
  take(await post<Distress>(`/patrol/distress/${call.id}/acknowledge`));
}

export async function closeCall(call: Distress, outcome: string): Promise<void> {
  take(await post<Distress>(`/patrol/distress/${call.id}/close`, { outcome }));
}

/** Load the calls and follow their events; returns how to stop. */
export function followCalls(): () => void {
  const again = () => void load().catch(() => undefined);
  const loud = () => calls.open.some((call) => call.state === "open") && chime("red");
  again();
  const insist = setInterval(loud, INSIST_MS);
  const ask = setInterval(again, ASK_MS);
  const stops = [
    on<{ distress: Distress }>("distress.raised", ({ distress }) => (take(distress), loud())),
    on<{ distress: Distress }>("distress.changed", ({ distress }) => take(distress)),
    onReturn(again),
  ];
  return () => {
    clearInterval(insist);
    clearInterval(ask);
    stops.forEach((stop) => stop());
    calls.open = [];
  };
}
