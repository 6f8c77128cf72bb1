// Saves a query's answer as files on the user's disk: GeoJSON and CSV, times in ISO UTC, simulated rows marked.
import type { QueryResult, Sighting } from "../../api/types";

const COLUMNS: [string, (one: Sighting) => unknown][] = [
  ["seen_at", (one) => one.seen_at],
  ["plate", (one) => one.plate],
  ["plate_confidence", (one) => one.plate_confidence],
  ["camera", (one) => one.camera.code],
  ["camera_name", (one) => one.camera.name],
  ["lon", (one) => one.lon],
  ["lat", (one) => one.lat],
  ["direction", (one) => one.direction],
  ["lane", (one) => one.lane],
  ["speed_kmh", (one) => one.speed_kmh],
  ["speed_error_kmh", (one) => one.speed_error_kmh],
  ["vehicle_class", (one) => one.vehicle_class],
  ["colour", (one) => one.colour],
  ["clock_offset_s", (one) => one.clock_offset_s],
  ["simulated", (one) => one.simulated ?? false],
  ["id", (one) => one.id],
];

/** One cell; text that a spreadsheet would take for a formula is quoted as text. */
function cell(value: unknown): string {
  let text = value === null || value === undefined ? "" : String(value);
  if (typeof value === "string" && /^[=+\-@]/.test(text)) text = `'${text}`;
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(items: Sighting[]): string {
  const head = COLUMNS.map(([name]) => name).join(",");
  return "\ufeff" + [head, ...items.map((one) => COLUMNS.map(([, value]) => cell(value(one))).join(","))].join("\r\n") + "\r\n";
}

export function geojson(result: QueryResult): string {
  const points = result.items.map((one) => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: [one.lon, one.lat] },
    properties: Object.fromEntries(COLUMNS.map(([name, value]) => [name, value(one)])),
  }));
  const lines = result.path.features.filter((feature) => feature.geometry.type === "LineString");
  return JSON.stringify({ type: "FeatureCollection", features: [...lines, ...points] }, null, 1);
}

export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
