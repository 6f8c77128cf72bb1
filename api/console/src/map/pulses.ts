// Short rings at cameras that have just counted vehicles, and a beating ring around red alerts nobody has taken.
// They are HTML above the map and move by CSS, so that nothing on the canvases is drawn again for them.
import type OlMap from "ol/Map.js";
import Overlay from "ol/Overlay.js";

const PULSE_MS = 1200;
const AT_MOST = 40;

export class Pulses {
  private urgent: Overlay[] = [];
  private running = 0;

  constructor(private readonly map: OlMap) {}

  /** Show for a moment that the camera at a place has counted a vehicle. */
  start(x: number, y: number): void {
    if (document.hidden || this.running >= AT_MOST) return;
    const ring = this.ring([x, y], "pulse-ring");
    this.running += 1;
    setTimeout(() => {
      this.map.removeOverlay(ring);
      this.running -= 1;
    }, PULSE_MS);
  }

  /** Keep a ring beating around these places. */
  setUrgent(places: [number, number][]): void {
    this.urgent.forEach((ring) => this.map.removeOverlay(ring));
    this.urgent = places.map((place) => this.ring(place, "urgent-ring"));
  }

  private ring(position: [number, number], className: string): Overlay {
    const element = document.createElement("div");
    element.className = className;
    const overlay = new Overlay({ element, position, positioning: "center-center", stopEvent: false });
    this.map.addOverlay(overlay);
    return overlay;
  }
}
