// The site clock: the server's time, ticking once a second. Everything that ages reads clock.now.
let offsetMs = 0;
export const clock = $state({ now: Date.now() });

/** Set the clock by the server's time. */
export function setClock(serverTime: string): void {
  offsetMs = Date.parse(serverTime) - Date.now();
  clock.now = Date.now() + offsetMs;
}

setInterval(() => {
  clock.now = Date.now() + offsetMs;
}, 1000);
