// Tells the command centre where this phone is, while its user allows it. Nothing is kept on the phone.
import { post } from "../../api/client";

const EVERY_MS = 5_000;
let watcher: number | null = null;
let sentAt = 0;
export const sharing = $state({ on: false, refused: false });

/** Send this phone's place as the unit's, at most every few seconds, until stopped. */
export function startSharing(unit: number): void {
  if (!("geolocation" in navigator) || watcher !== null) return;
  sharing.on = true;
  sharing.refused = false;
  watcher = navigator.geolocation.watchPosition(
    ({ coords }) => {
      if (Date.now() - sentAt < EVERY_MS) return;
      sentAt = Date.now();
      const place = { lon: coords.longitude, lat: coords.latitude, heading_deg: coords.heading ?? 0 };
      post(`/units/${unit}/position`, place).catch(() => (sentAt = 0));
    },
    () => {
      stopSharing();
      sharing.refused = true;
    },
    { enableHighAccuracy: true, maximumAge: EVERY_MS },
  );
}

export function stopSharing(): void {
  if (watcher !== null) navigator.geolocation.clearWatch(watcher);
  watcher = null;
  sharing.on = false;
}
