// Camera states as they change: counts per state group for the legend, a hook for the map, one camera followed. Not the list.
import { get } from "../api/client";
import { on } from "../api/events.svelte";
import type { Camera, CameraState, MapCameras } from "../api/types";

export type CameraGroup = "online" | "unknown" | "offline" | "fault" | "silent" | "clock";
export const GROUPS: CameraGroup[] = ["online", "unknown", "offline", "fault", "silent", "clock"];
/** The order of the server's `worst_first`. */
export const WORST_FIRST: CameraState[] = ["offline", "black", "frozen", "moved", "blurred", "silent", "wrong_clock", "online", "unknown"];

export function groupOf(state: CameraState): CameraGroup {
  if (state === "online" || state === "unknown" || state === "offline" || state === "silent") return state;
  return state === "wrong_clock" ? "clock" : "fault";
}

const none = (): Record<CameraGroup, number> => ({ online: 0, unknown: 0, offline: 0, fault: 0, silent: 0, clock: 0 });
export const cameraCounts = $state(none());
const redraw = new Set<() => void>();

export function countStates(cameras: MapCameras): void {
  const counts = none();
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

const FIGURES_EVERY_MS = 10_000;

/** Hand one camera to `take` now, when its state changes, and every ten seconds for its figures; returns how to stop. */
export function followCamera(id: number, take: (camera: Camera) => void, fail: (error: unknown) => void): () => void {
  let stopped = false;
  const load = () => {
    get<Camera>(`/cameras/${id}`).then(
      (camera) => stopped || take(camera),
      (error: unknown) => stopped || fail(error),
    );
  };
  load();
  const timer = setInterval(() => document.hidden || load(), FIGURES_EVERY_MS);
  const off = on<{ camera: { id: number } }>("camera.state_changed", (event) => event.camera.id === id && load());
  return () => {
    stopped = true;
    clearInterval(timer);
    off();
  };
}
