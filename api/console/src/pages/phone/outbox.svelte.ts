// The outbox of the phone: takes what the team says, keeps it, sends it in order, tries again until it is through.
import { post, postBytes, Problem, words } from "../../api/client";
import { t } from "../../i18n/index.svelte";
import { allDue, nextDue, openPositions, triedInVain, waitingOf, waitMs, type Item, type Kind } from "./queue";
import { drop, keep, keepForGood, kept, outlives } from "./store";

const PATHS: Record<Kind, (item: Item) => string> = {
  distress: () => "/patrol/distress",
  check_in: () => "/patrol/check-ins",
  positions: (item) => `/units/${String(item.body.unit_id)}/position`,
};

class Outbox {
  items = $state.raw<Item[]>([]);
  user = $state(0);
  /** False once something could not be sent, until something is. */
  reached = $state(true);
  /** Whether what waits outlives the page. */
  safe = $state(true);
  sending = $state<string | null>(null);
  waiting = $derived(waitingOf(this.items, this.user));
  refused = $derived(this.items.filter((item) => item.user === this.user && item.refused !== null));
}
export const outbox = new Outbox();

type Through = (item: Item, answer: unknown) => void;
const listeners = new Set<Through>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Call `act` with everything the server has taken, and its answer. */
export function onThrough(act: Through): () => void {
  listeners.add(act);
  return () => listeners.delete(act);
}

/** Load what waits for this user and begin to send; returns how to stop. */
export function openOutbox(user: number): () => void {
  outbox.user = user;
  void kept().then((items) => {
    const known = new Set(outbox.items.map((item) => item.id));
    outbox.items = [...items.filter((item) => !known.has(item.id)), ...outbox.items];
    void sendAll();
  });
  void outlives().then((safe) => (outbox.safe = safe));
  keepForGood();
  addEventListener("online", networkIsBack);
  return () => {
    clearTimeout(timer);
    removeEventListener("online", networkIsBack);
  };
}

/** Keep something said and send it as soon as may be; resolves when it is safe on the phone. */
export async function say(kind: Kind, body: Record<string, unknown>, photo: Blob | null = null): Promise<Item> {
  const order = Math.max(0, ...outbox.items.map((item) => item.order)) + 1;
  const item: Item = { id: newId(), order, kind, user: outbox.user, made_at: Date.now(), body, photo, tries: 0, due_at: 0, refused: null };
  outbox.items = [...outbox.items, item];
  await keep(item).catch(() => (outbox.safe = false));
  void sendAll();
  return item;
}

/** Add a position to those that wait. */
export async function sayPosition(unit: number, place: Record<string, unknown>): Promise<void> {
  const open = openPositions(outbox.items, outbox.user, outbox.sending);
  if (!open) return void (await say("positions", { unit_id: unit, positions: [place] }));
  await replace({ ...open, body: { ...open.body, positions: [...(open.body.positions as unknown[]), place] } });
  void sendAll();
}

/** The user has seen why an item was refused. */
export function dismiss(item: Item): void {
  outbox.items = outbox.items.filter((one) => one.id !== item.id);
  void drop(item.id);
}

/** Try everything now. */
export function networkIsBack(): void {
  outbox.items = allDue(outbox.items, Date.now());
  void sendAll();
}

/** Send what is due, one after another; only one page of this browser does, so that the order holds. */
export async function sendAll(): Promise<void> {
  if (outbox.sending !== null) return;
  clearTimeout(timer);
  const work = async () => {
    for (let item = nextDue(outbox.items, outbox.user, Date.now()); item; item = nextDue(outbox.items, outbox.user, Date.now())) await send(item);
  };
  outbox.sending = "";
  try {
    await (navigator.locks ? navigator.locks.request("watchgrid-outbox", { ifAvailable: true }, (lock) => (lock ? work() : undefined)) : work());
  } finally {
    outbox.sending = null;
  }
  const wait = waitMs(outbox.items, outbox.user, Date.now());
  if (wait !== null) timer = setTimeout(() => void sendAll(), Math.max(wait, 500));
}

async function send(item: Item): Promise<void> {
  outbox.sending = item.id;
  try {
    const ready = item.photo ? await sendPhoto(item) : item;
    const { unit_id: _unit, ...said } = ready.body;
    const answer = await post(PATHS[item.kind](ready), { ...said, ...(item.kind === "positions" ? {} : { client_id: item.id }), sent_at: new Date().toISOString() });
    outbox.reached = true;
    dismiss(ready);
    listeners.forEach((listener) => listener(ready, answer));
  } catch (error) {
    await failed(outbox.items.find((one) => one.id === item.id) ?? item, error);
  }
}

/** Send the photo first; the check-in then names it. A photo the server will not have does not hold its check-in back. */
async function sendPhoto(item: Item): Promise<Item> {
  let photo: string | null = null;
  try {
    photo = (await postBytes<{ photo: string }>("/patrol/photos", item.photo!)).photo;
  } catch (error) {
    if (!(error instanceof Problem) || isPassing(error)) throw error;
  }
  const ready = { ...item, photo: null, body: { ...item.body, ...(photo ? { photo } : {}) } };
  await replace(ready);
  return ready;
}

/** What may be otherwise in a moment: a server that is down, a sign-in that has run out. */
const isPassing = (problem: Problem): boolean => problem.status >= 500 || [401, 408, 425, 429].includes(problem.status) || problem.kind === "changed-meanwhile";

async function failed(item: Item, error: unknown): Promise<void> {
  if (!(error instanceof Problem) || isPassing(error)) {
    outbox.reached = error instanceof Problem && error.status < 500;
    return replace(triedInVain(item, Date.now()));
  }
  if (item.kind === "positions") return dismiss(item); // off shift: they are not wanted
  await replace({ ...item, refused: words(error, t("error.unreachable")) });
}

async function replace(item: Item): Promise<void> {
  outbox.items = outbox.items.map((one) => (one.id === item.id ? item : one));
  await keep(item).catch(() => (outbox.safe = false));
}

/** A new id; `randomUUID` is there on HTTPS and localhost only. */
function newId(): string {
  if ("randomUUID" in crypto) return crypto.randomUUID();
  return [...(crypto as Crypto).getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
