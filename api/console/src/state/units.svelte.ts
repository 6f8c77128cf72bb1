// Patrol units: where they are and what they do, kept up to date by events.
import { get } from "../api/client";
import { on, onReturn } from "../api/events.svelte";
import { clock } from "./clock.svelte";
import type { Page, Unit } from "../api/types";

class Units {
  all = $state.raw<Unit[]>([]);
  loaded = $state(false);
}
export const units = new Units();

type Moved = Pick<Unit, "id" | "lon" | "lat" | "heading_deg" | "state">;

export async function loadUnits(): Promise<void> {
  units.all = (await get<Page<Unit>>("/units", { limit: 500 })).items;
  units.loaded = true;
}

/** Take a unit as the server has just told it. */
export function takeUnit(unit: Unit): void {
  units.all = units.all.map((old) => (old.id === unit.id ? { ...old, ...unit } : old));
}

function move(moved: Moved[]): void {
  const at = new Date(clock.now).toISOString();
  const byId = new Map(moved.map((unit) => [unit.id, unit]));
  units.all = units.all.map((unit) => ({ ...unit, ...byId.get(unit.id), ...(byId.has(unit.id) && { position_at: at }) }));
}

/** Load the units and follow their events; returns how to stop. */
export function followUnits(): () => void {
  void loadUnits();
  const stops = [
    on<{ units: Moved[] }>("units.moved", (event) => move(event.units)),
    on<{ unit: Unit }>("unit.changed", ({ unit }) => takeUnit(unit)),
    onReturn(() => void loadUnits()),
  ];
  return () => stops.forEach((stop) => stop());
}
