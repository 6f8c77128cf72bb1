// Camera states as they change: counts per state group for the legend, and a hook for the map. Not the camera list.
import type { CameraState, MapCameras } from "../api/types";
import { on } from "../api/events.svelte";

export type CameraGroup = "online" | "unknown" | "offline" | "fault" | "clock";
export const GROUPS: CameraGroup[] = ["online", "unknown", "offline", "fault", "clock"];

export function groupOf(state: CameraState): CameraGroup {
  if (state === "online" || state === "unknown" || state === "offline") return state;
  return state === "wrong_clock" ? "clock" : "fault";
}

export const cameraCounts = $state<Record<CameraGroup, number>>({ online: 0, unknown: 0, offline: 0, fault: 0, clock: 0 });
const redraw = new Set<() => void>();

export function countStates(cameras: MapCameras): void {
  const counts = { online: 0, unknown: 0, offline: 0, fault: 0, clock: 0 };
  for (const state of cameras.state) counts[groupOf(state)] += 1;
  Object.assign(cameraCounts, counts);
}

/** Keep the columns and counts in step with events; returns how to stop. */
export function followCameras(cameras: MapCameras): () => void {
  const index = new Map(cameras.id.map((id, i) => [id, i]));
  countStates(cameras);
  return on<{ camera: { id: number; state: CameraState } }>("camera.state_changed", ({ camera }) => {
    const i = index.get(camera.id);
    if (i === undefined) return;
    cameras.state[i] = camera.state;
    countStates(cameras);
    redraw.forEach((draw) => draw());
  });
}

export function onCameraState(draw: () => void): () => void {
  redraw.add(draw);
  return () => redraw.delete(draw);
}
