// The vector layers above the sheet and how their features are made. Which of them are shown is the map's business.
import Feature from "ol/Feature.js";
import LineString from "ol/geom/LineString.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import { fromLonLat } from "ol/proj.js";
import Cluster from "ol/source/Cluster.js";
import VectorSource from "ol/source/Vector.js";
import type { Alert, Line, Severity, Unit } from "../api/types";
import { SEVERITIES } from "../state/alerts.svelte";
import type { Packed, Place } from "./pack";
import type { Palette } from "./palette";
import { alertStyle, areaStyle, labelStyle, lineStyle, playheadStyle, selectionStyle, stationStyle, stopStyle, unitStyle, type LineKind } from "./symbols";

/** A line to draw over the roads. */
export interface Route {
  kind: LineKind;
  line: Line;
  /** A line with a name can be picked. */
  route?: string;
  /** Written along the line. */
  label?: string;
}
/** A vehicle on the map at the moment of a playback. */
export interface Playhead {
  place: [number, number];
  second: boolean;
}
/** A numbered mark: a stop of a patrol, a sighting of a vehicle. */
export interface Stop {
  id: string;
  lon: number;
  lat: number;
  label: string;
  done: boolean;
  strong: boolean;
  square?: boolean;
  note?: string;
}

const UNIT_LABELS_BELOW = 28;
const GRID_LABELS_BELOW = 13;
const POINT_LABELS_BELOW = 9;
const STATIONS_BELOW = 60;
const NUMBERS_BELOW = 18;
const NOTES_BELOW = 14;
const CROWD = 30;
const STATION_LABELS_BELOW = 16;

export interface Layers {
  /** Grids, points, stations: under the units. Towns are above them. */
  labels: VectorLayer;
  townLabels: VectorLayer;
  area: VectorLayer;
  routes: VectorLayer;
  stops: VectorLayer;
  units: VectorLayer;
  alerts: VectorLayer;
  selection: VectorLayer;
  playhead: VectorLayer;
  alertSource: VectorSource;
}

/** Make the layers; `palette` is asked at each drawing, so that a change of theme needs no new layers. */
export function makeLayers(palette: () => Palette): Layers {
  const alertSource = new VectorSource();
  const stopSource = new VectorSource();
  const source = new Cluster({ source: alertSource, distance: 30, minDistance: 12 });
  return {
    alertSource,
    labels: labelLayer(palette),
    townLabels: labelLayer(palette),
    area: new VectorLayer({ source: new VectorSource(), style: () => areaStyle(palette()) }),
    routes: new VectorLayer({ source: new VectorSource(), style: (feature) => lineStyle(feature.get("kind") as LineKind, (feature.get("label") as string) ?? "", palette()) }),
    stops: new VectorLayer({
      source: stopSource,
      style: (feature, resolution) => {
        const crowded = resolution > NUMBERS_BELOW && stopSource.getFeatures().length > CROWD && !feature.get("strong");
        const look = { label: crowded ? "" : feature.get("label"), done: feature.get("done"), strong: feature.get("strong"), square: feature.get("square") === true, note: crowded || (resolution > NOTES_BELOW && !feature.get("strong")) ? "" : (feature.get("note") ?? "") };
        return stopStyle(look, palette());
      },
    }),
    units: new VectorLayer({
      source: new VectorSource(),
      style: (feature, resolution) => {
        const unit = feature.get("unit") as Unit;
        const named = resolution < UNIT_LABELS_BELOW || unit.state === "assigned";
        return unitStyle(unit.state, unit.heading_deg ?? 0, named ? unit.code : "", palette());
      },
    }),
    alerts: new VectorLayer({ source, style: (feature) => clusterStyle(feature.get("features") as Feature[], palette()) }),
    selection: new VectorLayer({ source: new VectorSource(), style: (feature) => selectionStyle(feature.get("radius"), palette()) }),
    playhead: new VectorLayer({ source: new VectorSource(), style: (feature) => playheadStyle(feature.get("second") === true, palette()) }),
  };
}

function labelLayer(palette: () => Palette): VectorLayer {
  return new VectorLayer({
    source: new VectorSource(),
    declutter: true,
    style: (feature, resolution) => labels(feature as Feature, resolution, palette()),
  });
}

function labels(feature: Feature, resolution: number, palette: Palette) {
  const kind = feature.get("kind") as "town" | "grid" | "point" | "station";
  if (kind === "grid" && resolution > GRID_LABELS_BELOW) return [];
  if (kind === "point" && resolution > POINT_LABELS_BELOW) return [];
  if (kind === "station") return resolution > STATIONS_BELOW ? [] : stationStyle(resolution < STATION_LABELS_BELOW ? feature.get("name") : "", palette);
  return labelStyle(kind, feature.get("name"), palette);
}

function clusterStyle(features: Feature[], palette: Palette) {
  const alerts = features.map((feature) => feature.get("alert") as Alert);
  const worst = SEVERITIES.find((severity) => alerts.some((alert) => alert.severity === severity)) as Severity;
  return alertStyle(worst, alerts.length, alerts.some((alert) => alert.state === "new"), palette);
}

export const point = (lon: number, lat: number): Point => new Point(fromLonLat([lon, lat]));

function named(kind: string, places: Place[]): Feature[] {
  return places.map((place) => new Feature({ geometry: new Point([place.x, place.y]), kind, name: place.name }));
}

export const townFeatures = (packed: Packed): Feature[] => named("town", packed.townLabels);

export function placeFeatures(packed: Packed): Feature[] {
  return [...named("station", packed.stations), ...named("point", packed.pointLabels), ...named("grid", packed.gridLabels)];
}

export function alertFeatures(alerts: Alert[]): Feature[] {
  return alerts.map((alert) => new Feature({ geometry: point(alert.lon, alert.lat), alert }));
}

export function routeFeatures(routes: Route[]): Feature[] {
  return routes.map(
    ({ kind, line, label, route }) => new Feature({ geometry: new LineString(line.coordinates.map((lonLat) => fromLonLat(lonLat))), kind, label, route }),
  );
}

export function stopFeatures(stops: Stop[]): Feature[] {
  return stops.map((stop) => new Feature({ geometry: point(stop.lon, stop.lat), ...stop }));
}

/** Move, add and drop unit features in place, so that 60 units a second cost nothing. */
export function updateUnits(source: VectorSource, units: Unit[]): void {
  const seen = new Set<number>();
  for (const unit of units) {
    seen.add(unit.id);
    const old = source.getFeatureById(unit.id) as Feature<Point> | null;
    if (old) {
      if (old.get("unit") === unit) continue;
      old.set("unit", unit, true);
      old.getGeometry()!.setCoordinates(fromLonLat([unit.lon, unit.lat]));
    } else {
      const feature = new Feature({ geometry: point(unit.lon, unit.lat), unit });
      feature.setId(unit.id);
      source.addFeature(feature);
    }
  }
  for (const feature of source.getFeatures()) if (!seen.has(feature.getId() as number)) source.removeFeature(feature);
}
