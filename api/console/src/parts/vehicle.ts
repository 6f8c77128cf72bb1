// What was seen of a vehicle in one line: colour, class, direction, lane, speed with its error. Not its plate.
import type { Sighting } from "../api/types";
import { t, word } from "../i18n/index.svelte";

type Seen = Pick<Sighting, "colour" | "vehicle_class" | "direction" | "lane" | "speed_kmh" | "speed_error_kmh">;

/** Give the speed with one standard deviation; nothing where none was measured. */
export function speedWords({ speed_kmh, speed_error_kmh }: Pick<Seen, "speed_kmh" | "speed_error_kmh">): string {
  if (speed_kmh === null || speed_kmh === undefined) return "";
  const speed = Math.round(speed_kmh);
  if (speed_error_kmh === null || speed_error_kmh === undefined) return unbroken(t("vehicle.speedOnly", { speed }));
  return unbroken(t("vehicle.speed", { speed, error: Math.max(1, Math.round(speed_error_kmh)) }));
}

/** A figure stays on one line with its unit. */
const unbroken = (text: string): string => text.replaceAll(" ", "\u00a0");

export function vehicleWords(seen: Seen): string {
  const parts = [
    seen.colour && word("colour", seen.colour),
    word("class", seen.vehicle_class),
    seen.direction && word("direction", seen.direction),
    seen.lane && t("vehicle.lane", { n: seen.lane }),
    speedWords(seen),
  ];
  return parts.filter(Boolean).join(" · ");
}
