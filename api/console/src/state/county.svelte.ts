// The county once per session: its facts, and the drawing data of the map (plain objects, never reactive).
import { get } from "../api/client";
import type { County, MapCameras, Roads } from "../api/types";
import { setSiteZone } from "../i18n/time";
import { setClock } from "./clock.svelte";
import { isRole } from "./session.svelte";

export interface Shapes {
  features: {
    geometry: { type: string; coordinates: unknown };
    properties: { id: number; code: string; name?: string; kind?: string; town_id?: number | null };
  }[];
}
export interface Drawing {
  towns: Shapes;
  grids: Shapes;
  sub_grids: Shapes;
  points: Shapes;
  stations: Shapes;
  roads: Roads;
  cameras: MapCameras;
}

export const county = $state<{ facts: County | null }>({ facts: null });
let drawing: Promise<Drawing> | null = null;

export async function loadCounty(): Promise<void> {
  const facts = await get<County>("/county");
  setSiteZone(facts.site_timezone);
  setClock(facts.server_time);
  county.facts = facts;
}

const NO_CAMERAS: MapCameras = { id: [], code: [], lon: [], lat: [], kind: [], state: [], live: [] };

async function fetchDrawing(): Promise<Drawing> {
  const shapes = (name: string) => get<Shapes>(`/map/${name}`);
  const [towns, grids, sub_grids, points, stations, roads, cameras] = await Promise.all([
    shapes("towns"),
    shapes("grids"),
    shapes("sub_grids"),
    shapes("points"),
    shapes("stations"),
    get<Roads>("/map/roads"),
    isRole("patrol") ? NO_CAMERAS : get<MapCameras>("/map/cameras"),
  ]);
  return { towns, grids, sub_grids, points, stations, roads, cameras };
}

/** Fetch what the map draws, once; the pages share it. A failure may be tried again. */
export function loadDrawing(): Promise<Drawing> {
  drawing ??= fetchDrawing().catch((error: unknown) => {
    drawing = null;
    throw error;
  });
  return drawing;
}

export function forgetCounty(): void {
  drawing = null;
}
