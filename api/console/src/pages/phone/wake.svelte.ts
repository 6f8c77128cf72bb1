// Keeps the screen on while the team drives, when it asks for that; a browser that cannot is said so.
export const wake = $state({ on: false, can: "wakeLock" in navigator });
let lock: WakeLockSentinel | null = null;

async function take(): Promise<void> {
  if (!wake.on || document.visibilityState !== "visible") return;
  lock = await navigator.wakeLock.request("screen").catch(() => null);
}

/** Keep the screen on or let it sleep; the browser lets go when the page is hidden, we take it again. */
export async function setWake(on: boolean): Promise<void> {
  wake.on = on;
  document.removeEventListener("visibilitychange", take);
  if (on) {
    document.addEventListener("visibilitychange", take);
    await take();
    wake.on = lock !== null;
  } else {
    await lock?.release().catch(() => undefined);
    lock = null;
  }
}
