// Tests of area.ts, run by tests.mjs.
import { equal, near, truthy } from "../testing";
import { areaKm2, outline, ringKm2 } from "./area";

const square = (lon: number, lat: number, size: number) => [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]];

export const tests = {
  "a hundredth of a degree at 28 north is a little over a square kilometre": () => {
    near(ringKm2(square(121, 28, 0.01)), 1.0915, 0.01);
  },
  "a town of several parts is its largest": () => {
    const town = outline({ type: "MultiPolygon", coordinates: [[square(121, 28, 0.001)], [square(121.1, 28, 0.02)]] });
    equal(town.coordinates[0]![0], [121.1, 28]);
  },
  "an outline is thinned and closed": () => {
    const round = Array.from({ length: 1001 }, (_, i) => [121 + Math.cos((i % 1000) / 159.155) / 10, 28 + Math.sin((i % 1000) / 159.155) / 10]);
    const ring = outline({ type: "Polygon", coordinates: [round] }, 100).coordinates[0]!;
    equal(ring[0], ring[ring.length - 1]);
    truthy(ring.length <= 101);
    near(areaKm2({ type: "Polygon", coordinates: [ring] }) / ringKm2(round), 1, 0.01);
  },
};
