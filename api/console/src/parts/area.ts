// Sizes of areas and the outline of a town as a question wants it. Pure functions.
import type { Area } from "../map/area";

const EARTH_M = 6_371_008.8;
const RAD = Math.PI / 180;
type Ring = number[][];

/** Square kilometres inside a ring of [lon, lat], on a sphere small enough to be flat. */
export function ringKm2(ring: Ring): number {
  const lat0 = (ring.reduce((sum, corner) => sum + corner[1]!, 0) / Math.max(1, ring.length)) * RAD;
  const flat = ring.map(([lon, lat]) => [lon! * RAD * Math.cos(lat0) * EARTH_M, lat! * RAD * EARTH_M]);
  const twice = flat.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = flat[(i + 1) % flat.length]!;
    return sum + x! * nextY! - nextX! * y!;
  }, 0);
  return Math.abs(twice) / 2e6;
}

export const areaKm2 = (area: Area): number => ringKm2(area.coordinates[0] ?? []);

/** The largest part of a town as an area, with at most `most` corners: a question is about ground, not about surveying. */
export function outline(geometry: { type: string; coordinates: unknown }, most = 200): Area {
  const rings = geometry.type === "Polygon" ? [(geometry.coordinates as Ring[])[0]!] : (geometry.coordinates as Ring[][]).map((part) => part[0]!);
  const largest = rings.reduce((best, ring) => (ringKm2(ring) > ringKm2(best) ? ring : best));
  const step = Math.max(1, Math.ceil(largest.length / most));
  const kept = largest.slice(0, -1).filter((_, i) => i % step === 0);
  return { type: "Polygon", coordinates: [[...kept, kept[0]!]] };
}
