// The county once per session: its facts, and the drawing data of the map (plain objects, never reactive).
import { get } from "../api/client";
import type { Areas, County, MapCameras, Places, Roads } from "../api/types";
import { setSiteZone } from "../i18n/time";
import { setClock } from "./clock.svelte";
import { isRole } from "./session.svelte";

export interface Drawing {
  towns: Areas;
  grids: Areas;
  sub_grids: Areas;
  points: Places;
  stations: Places;
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
  const areas = (name: string) => get<Areas>(`/map/${name}`);
  const places = (name: string) => get<Places>(`/map/${name}`);
  const [towns, grids, sub_grids, points, stations, roads, cameras] = await Promise.all([
    areas("towns"),
    areas("grids"),
    areas("sub_grids"),
    places("points"),
    places("stations"),
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
