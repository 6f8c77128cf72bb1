// The service worker of the page: registered for teams only; told what the page needs; a new version waits until asked for.
import { forgetKept } from "../../state/kept";

const OWNER = "watchgrid.phone";
const SAID = ["session", "county", "patrol/route", ...["towns", "grids", "sub_grids", "points", "stations", "roads"].map((name) => `map/${name}`)];
export const worker = $state<{ ready: boolean; waiting: ServiceWorker | null }>({ ready: false, waiting: null });

/** Make the page work without network from the next start on; nothing happens without HTTPS or localhost. */
export async function startWorker(user: number): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  if (localStorage.getItem(OWNER) !== String(user)) await forgetKept();
  localStorage.setItem(OWNER, String(user));
  const registration = await navigator.serviceWorker.register("/sw.js").catch(() => null);
  if (!registration) return;
  follow(registration);
  await navigator.serviceWorker.ready;
  worker.ready = await keepAll(registration);
}

/** Have the worker keep what a start without network needs; false while some of it could not be had. */
export async function keepAll(registration?: ServiceWorkerRegistration): Promise<boolean> {
  const { active } = registration ?? (await navigator.serviceWorker.ready);
  const { port1, port2 } = new MessageChannel();
  const kept = new Promise<boolean>((resolve) => (port1.onmessage = ({ data }) => resolve(data as boolean)));
  active?.postMessage({ keep: [...assets(), ...SAID.map((path) => `/api/v1/${path}`)] }, [port2]);
  return kept;
}

/** The fonts and files that this page has loaded so far, maybe before the worker was there. */
function assets(): string[] {
  const loaded = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
  return [...new Set(loaded.filter((url) => url.origin === location.origin && url.pathname.startsWith("/assets/")).map((url) => url.pathname))];
}

function follow(registration: ServiceWorkerRegistration): void {
  const look = () => (worker.waiting = navigator.serviceWorker.controller ? registration.waiting : null);
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  look();
}

/** Start the version that waits, and load the page anew with it. */
export function update(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  worker.waiting?.postMessage({ skip: true });
}
