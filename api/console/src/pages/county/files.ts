// Files of a county's import: which layer a file is likely for, by its name. Reads no content.
export const LAYERS = ["towns", "grids", "sub_grids", "points", "cameras", "stations", "units", "roads"] as const;
export type Layer = (typeof LAYERS)[number];

export const SYSTEMS = ["wgs84", "gcj02", "bd09", "cgcs2000", "cgcs2000-gk"] as const;

const AREAS = ".geojson,.json,.zip,.csv,.txt,.xlsx,.xls";
export const ACCEPTED: Record<Layer, string> = {
  towns: AREAS,
  grids: AREAS,
  sub_grids: AREAS,
  points: AREAS,
  cameras: AREAS,
  stations: AREAS,
  units: ".csv,.txt,.xlsx,.xls",
  roads: ".pbf,.osm,.geojson,.json,.zip",
};

// The first that fits wins, so what is part of another word stands before it.
const HINTS: [Layer, RegExp][] = [
  ["roads", /\.pbf$|\.osm$|road|道路|路网|公路/],
  ["sub_grids", /sub.?grid|微网格|子网格|二级网格/],
  ["grids", /grid|网格/],
  ["cameras", /camera|摄像|相机|探头|设备/],
  ["units", /unit|巡逻|单元|队伍/],
  ["stations", /station|派出所|警务|所队/],
  ["points", /point|点位|监控点/],
  ["towns", /town|乡镇|镇街|街道|行政区/],
];

/** Guess the layer of a dropped file; null where the name says nothing. */
export function layerOf(name: string): Layer | null {
  const plain = name.toLowerCase();
  return HINTS.find(([, hint]) => hint.test(plain))?.[0] ?? null;
}
