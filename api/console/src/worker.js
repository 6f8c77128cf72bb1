// The service worker of the team's phone: the page, its fonts, the county and the last route work without network.
// The build puts in VERSION and FILES. Network first for what the server says; only what is named here is ever kept.
const VERSION = "__VERSION__";
const FILES = ["__FILES__"];
const SHELL = `watchgrid-shell-${VERSION}`;
const DATA = "watchgrid-data";
const KEPT = /^\/api\/v1\/(session|county|map\/(towns|grids|sub_grids|points|stations|roads)|patrol\/route)$/;
const TIMED = /^\/api\/v1\/(county|patrol\/route)$/;
const PATIENCE_MS = 5_000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(["/", ...FILES].map((path) => new Request(path, { cache: "no-cache" })))));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidyUp().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data.skip) self.skipWaiting();
  if (event.data.keep) event.waitUntil(keepAll(event.data.keep).then((all) => event.ports[0]?.postMessage(all)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (FILES.includes(pathname)) event.respondWith(fetch(request).catch(() => caches.match(request)));
  else if (KEPT.test(pathname) && search === "") event.respondWith(said(event, pathname));
});

/** Old shells go; their assets have names of their own, so nothing of the new one is among them. */
async function tidyUp() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("watchgrid-shell-") && name !== SHELL).map((name) => caches.delete(name)));
}

/** Keep what the page had loaded before this worker was there: fonts, and what the server said. True: all of it. */
async function keepAll(paths) {
  const missing = await Promise.all(
    paths.map(async (path) => {
      const request = new Request(path);
      if (await caches.match(request)) return false;
      const asked = path.startsWith("/assets/") ? asset(request) : ask(request, path);
      return asked.then((answer) => !answer.ok, () => true);
    }),
  );
  return !missing.includes(true);
}

/** The page from the network, or the one that was installed with this worker's assets. */
async function page(request) {
  const kept = (await caches.open(SHELL)).match("/");
  try {
    const fresh = await within(fetch(request));
    return fresh.status >= 500 ? ((await kept) ?? fresh) : fresh;
  } catch (error) {
    const found = await kept;
    if (!found) throw error;
    return found;
  }
}

/** An asset is named by its content: kept once, never asked for again. */
async function asset(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await (await caches.open(SHELL)).put(request, fresh.clone());
  return fresh;
}

/** What the server says; where it cannot be reached, or not soon, what it said last. */
async function said(event, path) {
  const asked = ask(event.request, path);
  const kept = await (await caches.open(DATA)).match(event.request.url);
  if (!kept) return asked;
  event.waitUntil(asked.catch(() => undefined));
  try {
    const fresh = await within(asked);
    return fresh.status >= 500 ? await aged(kept, path) : fresh;
  } catch {
    return aged(kept, path);
  }
}

async function ask(request, path) {
  const fresh = await fetch(request);
  const data = await caches.open(DATA);
  if (fresh.status === 401 || fresh.status === 403) await caches.delete(DATA);
  else if (fresh.ok && !(await isForTeams(fresh, path))) await data.delete(request.url);
  else if (fresh.ok) {
    const headers = new Headers({ "Content-Type": fresh.headers.get("Content-Type") ?? "", "X-Kept-At": String(Date.now()) });
    await data.put(request.url, new Response(await fresh.clone().blob(), { headers }));
  }
  return fresh;
}

/** Who is signed in is kept for a team alone: nobody else's page starts without the server. */
async function isForTeams(fresh, path) {
  if (!path.endsWith("/session")) return true;
  const { user } = await fresh.clone().json();
  return user?.role === "patrol";
}

/** A kept answer, with the server's clock moved on by as long as it was kept, and since when it is. */
async function aged(kept, path) {
  if (!TIMED.test(path)) return kept;
  const body = await kept.json();
  const keptAt = Number(kept.headers.get("X-Kept-At"));
  const server = Date.parse(body.server_time);
  const changed = { ...body, kept_at: body.server_time, server_time: new Date(server + Date.now() - keptAt).toISOString() };
  return new Response(JSON.stringify(changed), { headers: { "Content-Type": "application/json" } });
}

function within(asked) {
  return Promise.race([asked, new Promise((_, reject) => setTimeout(() => reject(new Error("not soon")), PATIENCE_MS))]);
}
