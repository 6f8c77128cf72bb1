// The team's call for help as its phone knows it: waiting to be sent, received, seen, closed.
import { get } from "../../api/client";
import { on } from "../../api/events.svelte";
import type { Distress, Page } from "../../api/types";
import { onThrough, outbox, say } from "./outbox.svelte";
import { FRESH_MS, where } from "./where.svelte";

class Help {
  /** The newest call the server has; shown until it is closed and put away. */
  call = $state.raw<Distress | null>(null);
  hidden = $state<number | null>(null);
  unsent = $derived(outbox.items.filter((item) => item.user === outbox.user && item.kind === "distress" && item.refused === null));
}
export const help = new Help();

/** Call for help with the last place known, and how old it is. */
export async function callForHelp(): Promise<void> {
  const { fix } = where;
  const now = Date.now();
  const place = fix ? { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, ...(now - fix.at > FRESH_MS && { positioned_at: new Date(fix.at).toISOString() }) } : {};
  help.hidden = null;
  await say("distress", { at: new Date(now).toISOString(), ...place });
}

async function load(): Promise<void> {
  const { items } = await get<Page<Distress>>("/patrol/distress", { state: "open" });
  const followed = help.call && help.call.state !== "closed" && !items.some((one) => one.id === help.call!.id);
  help.call = items[0] ?? (followed ? await newest() : help.call);
}

const newest = async (): Promise<Distress | null> => (await get<Page<Distress>>("/patrol/distress")).items.find((one) => one.id === help.call?.id) ?? null;

/** Ask what became of the call. */
export const lookAtHelp = (): void => void load().catch(() => undefined);

/** Follow what becomes of the call; returns how to stop. */
export function followHelp(everyMs: number): () => void {
  lookAtHelp();
  const timer = setInterval(lookAtHelp, everyMs);
  const stops = [
    onThrough((item, answer) => item.kind === "distress" && (help.call = answer as Distress)),
    on<{ distress: Distress }>("distress.changed", ({ distress }) => distress.id === help.call?.id && (help.call = distress)),
  ];
  return () => {
    clearInterval(timer);
    stops.forEach((stop) => stop());
  };
}
