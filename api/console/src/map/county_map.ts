// The map of the county: owns the OpenLayers map, its layers and view. Knows nothing of pages, routes or the server.
import type Feature from "ol/Feature.js";
import OlMap from "ol/Map.js";
import View from "ol/View.js";
import { unByKey } from "ol/Observable.js";
import ImageLayer from "ol/layer/Image.js";
import { defaults as interactions } from "ol/interaction/defaults.js";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj.js";
import ImageCanvas from "ol/source/ImageCanvas.js";
import type VectorSource from "ol/source/Vector.js";
import type { Alert, Unit } from "../api/types";
import { AreaPen, type Area } from "./area";
import { alertFeatures, makeLayers, placeFeatures, point, routeFeatures, stopFeatures, townFeatures, updateUnits, type Layers, type Playhead, type Route, type Stop } from "./layers";
import OlFeature from "ol/Feature.js";
import { tagAt, type Packed } from "./pack";
import { PALETTES } from "./palette";
import { Pulses } from "./pulses";
import { drawSheet, type SheetOptions } from "./sheet";
import { drawingStyle, forgetStyles } from "./symbols";

export type Hit = { kind: "alert" | "unit" | "camera"; id: number } | { kind: "stop" | "route" | "grid"; id: string } | null;
export interface MapEvents {
  onPick(hit: Hit): void;
  onView(view: { lon: number; lat: number; zoom: number }): void;
  onPointer(lonLat: [number, number] | null): void;
  onReady(): void;
  onArea(area: Area): void;
  /** A click while places are asked for. */
  onPlace(lonLat: [number, number]): void;
}
const PICK_PX = 9;
const REDRAW_MS = 250;

export class CountyMap {
  readonly map: OlMap;
  readonly layers: Layers;
  private readonly sheet = new ImageLayer();
  private readonly pulses: Pulses;
  private readonly pen: AreaPen;
  private options: SheetOptions = { palette: PALETTES.night, groups: new Set(), letters: {}, showGrids: true, showRoads: true, watched: new Set(), fills: null, outlined: null };
  private cameraIndex = new Map<number, number>();
  private packed: Packed | null = null;
  private placing = false;
  private redraw: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly target: HTMLElement, bounds: number[], events: MapEvents) {
    this.layers = makeLayers(() => this.options.palette);
    const { labels, townLabels, area, routes, stops, units, alerts, selection, playhead } = this.layers;
    this.map = new OlMap({
      target,
      controls: [],
      interactions: interactions({ altShiftDragRotate: false, pinchRotate: false }),
      layers: [this.sheet, labels, area, routes, units, townLabels, stops, alerts, playhead, selection],
      view: this.makeView(bounds),
    });
    this.pulses = new Pulses(this.map);
    this.pen = new AreaPen(this.map, area.getSource()!, events.onArea, () => drawingStyle(this.options.palette));
    this.listen(events);
  }

  private makeView(bounds: number[]): View {
    const extent = transformExtent(bounds, "EPSG:4326", "EPSG:3857");
    const [w, s, e, n] = extent as [number, number, number, number];
    const pad = Math.max(e - w, n - s) * 0.6;
    return new View({
      center: [(w + e) / 2, (s + n) / 2],
      zoom: 11,
      minZoom: 9,
      maxZoom: 18,
      enableRotation: false,
      extent: [w - pad, s - pad, e + pad, n + pad],
      showFullExtent: true,
    });
  }

  private listen(events: MapEvents): void {
    this.map.on("singleclick", (event) => {
      if (this.placing) events.onPlace(toLonLat(event.coordinate) as [number, number]);
      else if (!this.pen.drawing) events.onPick(this.hit(event.pixel));
    });
    this.map.on("pointermove", (event) => {
      if (event.dragging) return;
      events.onPointer(toLonLat(event.coordinate) as [number, number]);
      this.target.style.cursor = this.pen.drawing || this.placing ? "crosshair" : this.hit(event.pixel) ? "pointer" : "";
    });
    this.map.on("moveend", () => {
      const [lon, lat] = toLonLat(this.map.getView().getCenter()!) as [number, number];
      events.onView({ lon, lat, zoom: this.map.getView().getZoom()! });
    });
    const key = this.map.on("rendercomplete", () => {
      if (!this.packed) return;
      unByKey(key);
      events.onReady();
    });
  }

  setData(packed: Packed): void {
    this.packed = packed;
    this.cameraIndex = new Map(packed.cameras.columns.id.map((id, i) => [id, i]));
    this.sheet.setSource(
      new ImageCanvas({
        ratio: 1.4,
        canvasFunction: (extent, resolution, ratio, size) =>
          drawSheet(packed, this.options, { extent, resolution, ratio, size }),
      }),
    );
    this.layers.labels.getSource()!.addFeatures(placeFeatures(packed));
    this.layers.townLabels.getSource()!.addFeatures(townFeatures(packed));
  }

  /** Change how the sheet is drawn; several changes within a moment make one drawing. */
  setSheet(options: SheetOptions): void {
    const themeChanged = options.palette !== this.options.palette;
    this.options = options;
    if (themeChanged) {
      forgetStyles();
      this.target.style.background = options.palette.sea;
      this.map.getLayers().forEach((layer) => layer.changed());
    }
    this.redrawSheet();
  }

  redrawSheet(): void {
    this.redraw ??= setTimeout(() => {
      this.redraw = undefined;
      this.sheet.getSource()?.changed();
    }, REDRAW_MS);
  }

  setAlerts(alerts: Alert[]): void {
    this.refill(this.layers.alertSource, alertFeatures(alerts));
    const urgent = alerts.filter((alert) => alert.severity === "red" && alert.state === "new");
    this.pulses.setUrgent(urgent.map((alert) => fromLonLat([alert.lon, alert.lat]) as [number, number]));
  }

  setUnits(units: Unit[]): void {
    updateUnits(this.layers.units.getSource()!, units);
  }

  setRoutes(routes: Route[]): void {
    this.refill(this.layers.routes.getSource()!, routeFeatures(routes));
  }

  setStops(stops: Stop[]): void {
    this.refill(this.layers.stops.getSource()!, stopFeatures(stops));
  }

  setLabels(shown: boolean): void {
    this.layers.labels.setVisible(shown);
    this.layers.townLabels.setVisible(shown);
  }

  setSelection(places: { lon: number; lat: number; radius: number }[]): void {
    const features = places.map(({ lon, lat, radius }) => new OlFeature({ geometry: point(lon, lat), radius }));
    this.refill(this.layers.selection.getSource()!, features);
  }

  setPlayheads(playheads: Playhead[]): void {
    this.refill(this.layers.playhead.getSource()!, playheads.map(({ place, second }) => new OlFeature({ geometry: point(...place), second })));
  }

  setArea(area: Area | null): void {
    this.pen.show(area);
  }

  /** While drawing, clicks set corners; a double click or the first corner closes the area. */
  setDrawing(drawing: boolean): void {
    this.pen.draw(drawing);
  }

  /** While placing, a click says where it was instead of what it hit. */
  setPlacing(placing: boolean): void {
    this.placing = placing;
  }

  private refill(source: VectorSource, features: Feature[]): void {
    source.clear(true);
    source.addFeatures(features);
  }

  /** Show a ring at a camera that has just counted vehicles. */
  pulse(camera: number): void {
    const i = this.cameraIndex.get(camera);
    if (i !== undefined && this.packed) this.pulses.start(this.packed.cameras.x[i]!, this.packed.cameras.y[i]!);
  }

  flyTo(lon: number, lat: number, zoom: number | null = null): void {
    const view = this.map.getView();
    view.cancelAnimations();
    view.animate({ center: fromLonLat([lon, lat]), zoom: Math.max(zoom ?? 0, view.getZoom()!), duration: 350 });
  }

  jumpTo(lon: number, lat: number, zoom: number): void {
    this.map.getView().setCenter(fromLonLat([lon, lat]));
    this.map.getView().setZoom(zoom);
  }

  /** Fit a box [w, s, e, n] in degrees, keeping `padding` pixels free. */
  fit(bounds: number[], padding = 30, maxZoom = 15): void {
    const extent = transformExtent(bounds, "EPSG:4326", "EPSG:3857");
    this.map.getView().fit(extent, { padding: [padding, padding, padding, padding], maxZoom });
  }

  zoomBy(steps: number): void {
    const view = this.map.getView();
    view.animate({ zoom: view.getZoom()! + steps, duration: 180 });
  }

  private hit(pixel: number[]): Hit {
    const { alerts, units, stops, routes } = this.layers;
    const layerFilter = (layer: unknown) => layer === alerts || layer === units || layer === stops || layer === routes;
    const named = (feature: unknown, layer: unknown) => (layer !== routes || (feature as Feature).get("route") ? (feature as Feature) : undefined);
    const found = this.map.forEachFeatureAtPixel(pixel, named, { layerFilter, hitTolerance: 4 });
    if (found?.get("route")) return { kind: "route", id: found.get("route") as string };
    if (found?.get("features")) return { kind: "alert", id: ((found.get("features") as Feature[])[0]!.get("alert") as Alert).id };
    if (found?.get("unit")) return { kind: "unit", id: (found.get("unit") as Unit).id };
    if (found?.get("label")) return { kind: "stop", id: found.get("id") as string };
    return this.options.fills ? this.hitGrid(pixel) : this.hitCamera(pixel);
  }

  private hitGrid(pixel: number[]): Hit {
    const [x, y] = this.map.getCoordinateFromPixel(pixel) as [number, number];
    const tag = this.packed ? tagAt(this.packed.grids, x, y) : null;
    return tag === null ? null : { kind: "grid", id: this.packed!.gridCodes[tag]! };
  }

  private hitCamera(pixel: number[]): Hit {
    const resolution = this.map.getView().getResolution()!;
    if (!this.packed) return null;
    const [x, y] = this.map.getCoordinateFromPixel(pixel) as [number, number];
    const { cameras } = this.packed;
    const reach = PICK_PX * resolution;
    let best = reach * reach;
    let found = -1;
    for (let i = 0; i < cameras.x.length; i++) {
      if (resolution > 25 && cameras.live[i] !== 1) continue;
      const far = (cameras.x[i]! - x) ** 2 + (cameras.y[i]! - y) ** 2;
      if (far < best) [best, found] = [far, i];
    }
    return found < 0 ? null : { kind: "camera", id: cameras.columns.id[found]! };
  }

  dispose(): void {
    clearTimeout(this.redraw);
    this.map.setTarget(undefined);
    this.map.dispose();
  }
}
