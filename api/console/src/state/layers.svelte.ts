// Which layers of the map are hidden, kept in the URL (`hide=`), so that a sent link shows the same map.
import { route, setQuery } from "./router.svelte";
import { GROUPS, type CameraGroup } from "./cameras.svelte";

export type LayerName = CameraGroup | "grids" | "roads" | "labels" | "units" | "alerts";
export const SHEET_LAYERS: LayerName[] = ["grids", "roads", "labels"];

const hidden = (): string[] => (route.query.hide ?? "").split(",").filter(Boolean);
export const isShown = (name: LayerName): boolean => !hidden().includes(name);
export const shownGroups = (): Set<CameraGroup> => new Set(GROUPS.filter(isShown));

export function toggle(name: LayerName): void {
  const now = hidden();
  setQuery({ hide: (now.includes(name) ? now.filter((other) => other !== name) : [...now, name]).join(",") });
}
