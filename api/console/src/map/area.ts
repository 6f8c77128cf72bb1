// An area on the map: shows one, lets one be drawn. What it is asked for is the page's business.
import type OlMap from "ol/Map.js";
import Feature from "ol/Feature.js";
import Polygon from "ol/geom/Polygon.js";
import Draw from "ol/interaction/Draw.js";
import type VectorSource from "ol/source/Vector.js";
import type Style from "ol/style/Style.js";
import { fromLonLat, toLonLat } from "ol/proj.js";

/** A GeoJSON polygon, WGS-84; only its outer ring is drawn. */
export interface Area {
  type: "Polygon";
  coordinates: number[][][];
}
const DIGITS = 6;

export class AreaPen {
  private interaction: Draw | null = null;

  constructor(
    private readonly map: OlMap,
    private readonly source: VectorSource,
    private readonly onArea: (area: Area) => void,
    private readonly style: () => Style[],
  ) {}

  get drawing(): boolean {
    return this.interaction !== null;
  }

  show(area: Area | null): void {
    this.source.clear(true);
    if (!area) return;
    const rings = area.coordinates.map((ring) => ring.map((corner) => fromLonLat(corner)));
    this.source.addFeature(new Feature(new Polygon(rings)));
  }

  draw(drawing: boolean): void {
    if (drawing === this.drawing) return;
    if (this.interaction) {
      this.map.removeInteraction(this.interaction);
      this.interaction = null;
      return;
    }
    this.interaction = new Draw({ type: "Polygon", stopClick: true, style: () => this.style() });
    this.interaction.on("drawend", (event) => this.onArea(toArea(event.feature.getGeometry() as Polygon)));
    this.map.addInteraction(this.interaction);
  }
}

function toArea(polygon: Polygon): Area {
  const ring = polygon.getCoordinates()[0]!.map((corner) => toLonLat(corner).map((degrees) => Number(degrees.toFixed(DIGITS))));
  return { type: "Polygon", coordinates: [ring] };
}
