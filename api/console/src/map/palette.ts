// Colours and font names for what is drawn on canvases; the same values as app.css, which canvases cannot read cheaply.
import type { Severity } from "../api/types";
import type { Theme } from "../state/preferences.svelte";

export interface Palette {
  sea: string;
  land: string;
  watched: string;
  coast: string;
  town: string;
  grid: string;
  subGrid: string;
  roads: [string, string, string, string, string];
  camera: string;
  cameraDim: string;
  live: string;
  fault: string;
  silent: string;
  clock: string;
  ink: string;
  text: string;
  text2: string;
  accent: string;
  halo: string;
  areaFill: string;
  /** One hue from little to much, for grids coloured by a measure. */
  ramp: [string, string, string, string, string, string];
}

export const PALETTES: Record<Theme, Palette> = {
  night: {
    sea: "#0f1316",
    land: "#171e22",
    watched: "#2b2523",
    coast: "#6d7a80",
    town: "#4a575e",
    grid: "#2a343b",
    subGrid: "#20292f",
    roads: ["#77858c", "#58656b", "#4a565d", "#39444b", "#2b353c"],
    camera: "#6f8289",
    cameraDim: "#54656d",
    live: "#e8ebe9",
    fault: "#d68ad9",
    silent: "#e3d2aa",
    clock: "#a59ae6",
    ink: "#0f1316",
    text: "#e8ebe9",
    text2: "#9fabae",
    accent: "#86cdb4",
    halo: "rgba(15,19,22,0.85)",
    areaFill: "rgba(134,205,180,0.09)",
    ramp: ["#1b262c", "#20363f", "#274955", "#2f5f6e", "#3a7a8c", "#4d9bb0"],
  },
  day: {
    sea: "#d3d8d6",
    land: "#f0f1ed",
    watched: "#efe0d3",
    coast: "#6f7a7d",
    town: "#9aa3a1",
    grid: "#d5d9d3",
    subGrid: "#e3e6e0",
    roads: ["#7f8a8d", "#98a2a4", "#abb3b2", "#c3c9c6", "#d3d8d3"],
    camera: "#76858b",
    cameraDim: "#b3bdbd",
    live: "#15191b",
    fault: "#8c2f92",
    silent: "#6b3a12",
    clock: "#5a4bb0",
    ink: "#f3f4f1",
    text: "#15191b",
    text2: "#49545a",
    accent: "#0b6049",
    halo: "rgba(243,244,241,0.9)",
    areaFill: "rgba(11,96,73,0.08)",
    ramp: ["#e6eced", "#cbdcdf", "#abc8ce", "#86b0ba", "#5f95a2", "#3a7786"],
  },
};

/** What a grid is filled with of which nothing is known: never the colour of zero. */
export const NO_DATA = "no data";
export const SEVERITY_FILL: Record<Severity, string> = { red: "#ff5247", orange: "#ff9440", yellow: "#f4cf4d" };
export const ON_SEVERITY = "#101416";
export const SANS =
  '"IBM Plex Sans Condensed","Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","Noto Sans SC Variable",sans-serif';
