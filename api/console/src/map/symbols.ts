// The signs drawn above the sheet: severity marks, unit chevrons, numbered stops, labels. Styles are cached.
import Circle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Icon from "ol/style/Icon.js";
import RegularShape from "ol/style/RegularShape.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import type { Severity, UnitState } from "../api/types";
import { level } from "../state/alerts.svelte";
import { ON_SEVERITY, SANS, SEVERITY_FILL, type Palette } from "./palette";

let cache = new Map<string, Style[]>();

/** Forget drawn styles: after a change of theme. */
export function forgetStyles(): void {
  cache = new Map();
}

function cached(key: string, make: () => Style[]): Style[] {
  const known = cache.get(key);
  if (known) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

function words(text: string, colour: string, halo: string, px: number, more: Partial<{ x: number; y: number; weight: number }> = {}): Text {
  return new Text({
    text,
    font: `${more.weight ?? 400} ${px}px ${SANS}`,
    fill: new Fill({ color: colour }),
    stroke: new Stroke({ color: halo, width: 3 }),
    offsetX: more.x ?? 0,
    offsetY: more.y ?? 0,
  });
}

const SHAPES: Record<Severity, { points: number; angle: number; radius: number; textY: number }> = {
  red: { points: 8, angle: Math.PI / 8, radius: 12, textY: 1 },
  orange: { points: 3, angle: 0, radius: 12.5, textY: 3 },
  yellow: { points: 4, angle: 0, radius: 10.5, textY: 1 },
};

/** A severity mark; `fresh` alerts (nobody has taken them) are filled, others hollow-centred and smaller. */
export function alertStyle(severity: Severity, count: number, fresh: boolean, palette: Palette): Style[] {
  return cached(`alert ${severity} ${count} ${fresh}`, () => {
    const shape = SHAPES[severity];
    const styles = [
      new Style({
        zIndex: 10 - level(severity),
        image: new RegularShape({
          points: shape.points,
          angle: shape.angle,
          radius: fresh ? shape.radius : shape.radius - 2.5,
          fill: new Fill({ color: SEVERITY_FILL[severity] }),
          stroke: new Stroke({ color: severity === "red" && fresh ? "#ffffff" : ON_SEVERITY, width: severity === "red" && fresh ? 1.8 : 1.4 }),
        }),
        text: new Text({
          text: String(level(severity)),
          font: `600 ${fresh ? 12 : 10}px ${SANS}`,
          fill: new Fill({ color: ON_SEVERITY }),
          offsetY: shape.textY,
        }),
      }),
    ];
    if (count > 1) styles.push(new Style({ zIndex: 20, text: words(`×${count}`, palette.text, palette.halo, 12, { x: 21, y: -7, weight: 600 }) }));
    return styles;
  });
}

function chevron(fill: string | null, stroke: string, halo: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 40;
  const context = canvas.getContext("2d")!;
  const outline = new Path2D("M20 5 L32 33 L20 26.5 L8 33 Z");
  context.lineJoin = "round";
  context.strokeStyle = halo;
  context.lineWidth = 7;
  context.stroke(outline);
  context.fillStyle = fill ?? halo;
  context.fill(outline);
  context.strokeStyle = stroke;
  context.lineWidth = 3;
  context.stroke(outline);
  return canvas;
}

/** A unit's chevron: hollow while idle, filled when assigned or on scene, faint when off duty. */
export function unitStyle(state: UnitState, headingDeg: number, label: string, palette: Palette): Style[] {
  const key = `unit ${state} ${Math.round(headingDeg / 6)} ${label}`;
  return cached(key, () => {
    const off = state === "off_duty";
    const busy = state === "assigned" || state === "on_scene";
    const colour = off ? palette.cameraDim : palette.accent;
    const image = new Icon({
      img: chevron(busy ? colour : null, colour, palette.ink),
      scale: busy ? 0.54 : 0.46,
      rotation: (Math.round(headingDeg / 6) * 6 * Math.PI) / 180,
    });
    return [new Style({ image, text: label ? words(label, colour, palette.halo, 12, { y: 17, weight: 500 }) : undefined })];
  });
}

/** A station: the base that units leave from. */
export function stationStyle(name: string, palette: Palette): Style[] {
  return cached(`station ${name}`, () => [
    new Style({
      image: new RegularShape({
        points: 4,
        angle: Math.PI / 4,
        radius: 7,
        fill: new Fill({ color: palette.ink }),
        stroke: new Stroke({ color: palette.accent, width: 1.6 }),
        declutterMode: "none",
      }),
      text: name ? words(name, palette.accent, palette.halo, 12, { y: 15, weight: 500 }) : undefined,
    }),
  ]);
}

/** `second` and its kin belong to another vehicle than `track`: hollow lines, told apart without colour. */
export type LineKind = "dispatch" | "assigned" | "patrol" | "track" | "second" | "gap" | "secondgap" | "thin" | "other" | "secondother" | "alternative" | "sightings";

export function lineStyle(kind: LineKind, label: string, palette: Palette): Style[] {
  return cached(`line ${kind} ${label}`, () => {
    const casing = new Style({ stroke: new Stroke({ color: palette.halo, width: 8 }) });
    const plain = (color: string, width: number, lineDash?: number[]) => new Style({ stroke: new Stroke({ color, width, lineDash }) });
    if (kind === "second") return [casing, plain(palette.text, 6), plain(palette.ink, 2.6)];
    if (kind === "secondgap") return [casing, plain(palette.text, 5.5, [2, 9]), plain(palette.ink, 2.4, [2, 9])];
    if (kind === "thin") return [plain(palette.ramp[5], 1.6)];
    if (kind === "other") return [plain(palette.text2, 1.3)];
    if (kind === "secondother") return [plain(palette.text2, 3.2), plain(palette.ink, 1.4)];
    if (kind === "alternative") return [plain(palette.halo, 4), plain(palette.text2, 1.5), ...alongside(label, palette)];
    if (kind === "dispatch" || kind === "patrol") return [casing, plain(palette.accent, 3.5)];
    if (kind === "assigned") return [plain(palette.accent, 1.4, [2, 5])];
    if (kind === "track") return [casing, plain(palette.text, 3)];
    if (kind === "gap") return [casing, plain(palette.text, 2.2, [2, 8])];
    return [plain(palette.text, 1.5, [6, 5])];
  });
}

function alongside(label: string, palette: Palette): Style[] {
  if (!label) return [];
  const text = words(label, palette.text, palette.halo, 12, { weight: 500 });
  text.setPlacement("line");
  return [new Style({ text, zIndex: 2 })];
}

export interface StopLook {
  label: string;
  done: boolean;
  strong: boolean;
  /** Square: of the second vehicle. */
  square: boolean;
  /** Words under the mark. */
  note: string;
}

/** A numbered stop or sighting, or a dot where there are too many to number; `done` is filled, `strong` is drawn in the accent. */
export function stopStyle({ label, done, strong, square, note }: StopLook, palette: Palette): Style[] {
  return cached(`stop ${label} ${done} ${strong} ${square} ${note}`, () => {
    const colour = strong ? palette.accent : palette.text;
    const fill = new Fill({ color: done ? colour : palette.ink });
    const stroke = new Stroke({ color: colour, width: 2.2 });
    const wide = label.length > 2 ? 3 + 2.2 * label.length : 0;
    const radius = label ? Math.max(10.5, wide) : 4.5;
    const image = square ? new RegularShape({ points: 4, angle: Math.PI / 4, radius: radius * 1.25, fill, stroke }) : new Circle({ radius, fill, stroke });
    const styles = [
      new Style({
        image,
        text: new Text({ text: label, font: `600 12px ${SANS}`, fill: new Fill({ color: done ? palette.ink : palette.text }), offsetY: 1 }),
      }),
    ];
    if (note) styles.push(new Style({ zIndex: 3, text: words(note, palette.text, palette.halo, 12, { y: radius + 9, weight: 500 }) }));
    return styles;
  });
}

export function selectionStyle(radius: number, palette: Palette): Style[] {
  return cached(`selected ${radius}`, () => [
    new Style({ image: new Circle({ radius, stroke: new Stroke({ color: palette.halo, width: 5 }) }) }),
    new Style({ image: new Circle({ radius, stroke: new Stroke({ color: palette.text, width: 2 }) }) }),
  ]);
}

/** The vehicle of a playback; the second one of two is a hollow square. */
export const playheadStyle = (second: boolean, palette: Palette): Style[] =>
  cached(`playhead ${second}`, () => {
    const fill = new Fill({ color: second ? palette.ink : palette.accent });
    const stroke = new Stroke({ color: second ? palette.accent : palette.ink, width: 3 });
    return [new Style({ image: second ? new RegularShape({ points: 4, angle: Math.PI / 4, radius: 10, fill, stroke }) : new Circle({ radius: 7, fill, stroke }) })];
  });

/** An area that is asked about. */
export const areaStyle = (palette: Palette): Style[] =>
  cached("area", () => [
    new Style({ stroke: new Stroke({ color: palette.halo, width: 5 }), fill: new Fill({ color: palette.areaFill }) }),
    new Style({ stroke: new Stroke({ color: palette.accent, width: 2, lineDash: [8, 5] }) }),
  ]);

/** The same while it is drawn, with its last corner. */
export const drawingStyle = (palette: Palette): Style[] => [
  ...areaStyle(palette),
  new Style({ image: new Circle({ radius: 5, fill: new Fill({ color: palette.accent }), stroke: new Stroke({ color: palette.ink, width: 2 }) }) }),
];

export function labelStyle(kind: "town" | "grid" | "point", name: string, palette: Palette): Style[] {
  return cached(`label ${kind} ${name}`, () => {
    const look = {
      town: { px: 15, colour: palette.text, weight: 500, y: 0 },
      grid: { px: 12, colour: palette.text2, weight: 400, y: 0 },
      point: { px: 12, colour: palette.text2, weight: 400, y: 13 },
    }[kind];
    return [new Style({ text: words(name, look.colour, palette.halo, look.px, { weight: look.weight, y: look.y }) })];
  });
}
