// The last answers that a team's phone keeps for dead zones (src/worker.js): forgotten when its user goes.
const DATA = "watchgrid-data";

/** Forget them: somebody signs out, another signs in. What waits to be sent stays: it is its sender's. */
export async function forgetKept(): Promise<void> {
  if ("caches" in globalThis) await caches.delete(DATA).catch(() => false);
}
