// Tests of files.ts, run by tests.mjs.
import { equal } from "../../testing";
import { layerOf } from "./files";

export const tests = {
  "a file goes to the layer its name tells, in both languages": () => {
    const names = ["微网格.zip", "网格2026.geojson", "helsinki.osm.pbf", "摄像机清单.xlsx", "towns.json", "派出所.csv", "a.csv"];
    equal(names.map(layerOf), ["sub_grids", "grids", "roads", "cameras", "towns", "stations", null]);
  },
};
