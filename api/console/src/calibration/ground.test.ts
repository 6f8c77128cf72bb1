// Tests of ground.ts, run by tests.mjs. A camera is made up, its points are projected and fitted back.
import { equal, near, truthy } from "../testing";
import { fit, gridLines, judge, metresAt, project, rectangle, type GroundPoint } from "./ground";

/** A camera 6 m up that looks 12° down, 50° wide, 16:9. */
function seen(right_m: number, ahead_m: number): GroundPoint {
  const tilt = (12 * Math.PI) / 180;
  const focal = 0.5 / Math.tan((25 * Math.PI) / 180);
  const depth = ahead_m * Math.cos(tilt) + 6 * Math.sin(tilt);
  const down = 6 * Math.cos(tilt) - ahead_m * Math.sin(tilt);
  return { right_m, ahead_m, x: 0.5 + (focal * right_m) / depth, y: 0.5 + ((focal * down) / depth) * (16 / 9) };
}
const SIZE = { width: 1280, height: 720 };
const ROAD = [seen(-4, 15), seen(4, 15), seen(4, 45), seen(-4, 45)];

export const tests = {
  "four points give the ground back exactly": () => {
    const projection = fit(ROAD);
    for (const [right, ahead] of [[0, 20], [-3, 40], [2, 60]] as [number, number][]) {
      const { at, weight } = project(projection, [right, ahead]);
      near(at[0], seen(right, ahead).x, 1e-9);
      near(at[1], seen(right, ahead).y, 1e-9);
      truthy(weight > 0);
      const back = metresAt(projection, at);
      near(back[0], right, 1e-6);
      near(back[1], ahead, 1e-6);
    }
    equal(judge(ROAD, SIZE).kind, "exact");
  },
  "points that agree within a pixel or two agree": () => {
    const slips = [1, -1, 0.5, -0.7, 1, -0.4];
    const points = [...ROAD, seen(0, 25), seen(2, 35)].map((point, i) => ({ ...point, x: point.x + slips[i]! / 1280 }));
    const verdict = judge(points, SIZE);
    truthy(verdict.kind === "agree" && verdict.off_px < 1.5 && verdict.off_px > 0.05);
  },
  "a point in the wrong place is named, whichever it is": () => {
    const points = [...ROAD, seen(0, 25), seen(2, 35), seen(-2, 20)];
    for (let wrong = 0; wrong < points.length; wrong++) {
      const moved = points.map((point, i) => (i === wrong ? { ...point, y: point.y + 0.12 } : point));
      const verdict = judge(moved, SIZE);
      truthy(verdict.kind === "disagree" || verdict.kind === "doubtful");
      if ("worst" in verdict) equal(verdict.worst, wrong);
    }
  },
  "with five points nobody can be named": () => {
    const verdict = judge([...ROAD, { ...seen(0, 25), y: 0.9 }], SIZE);
    truthy(verdict.kind === "disagree" && verdict.worst === null);
  },
  "what is no ground is refused by name": () => {
    equal(judge(ROAD.slice(1), SIZE).kind, "few");
    equal(judge([...ROAD.slice(1), { ...ROAD[0]!, right_m: NaN }], SIZE).kind, "metres");
    equal(judge([ROAD[0]!, ROAD[1]!, ROAD[2]!, ROAD[2]!], SIZE).kind, "close");
    equal(judge([15, 20, 30, 45].map((ahead) => seen(1, ahead)), SIZE).kind, "line");
    const mirrored = ROAD.map((point) => ({ ...point, right_m: -point.right_m }));
    equal(judge(mirrored, SIZE).kind, "mirrored");
    const crossed = ROAD.map((point, i) => ({ ...point, x: ROAD[[0, 1, 3, 2][i]!]!.x, y: ROAD[[0, 1, 3, 2][i]!]!.y }));
    equal(judge(crossed, SIZE).kind, "horizon");
  },
  "the grid lies on the ground and never behind the camera": () => {
    const wide = [seen(-4, 8), seen(4, 8), seen(4, 80), seen(-4, 80)];
    const { lines, across_m, along_m } = gridLines(fit(wide), wide);
    truthy(lines.length > 8 && lines.length < 40);
    truthy(lines.flat(2).every(Number.isFinite));
    equal([across_m, along_m], [2, 10]);
    const horizon = 0.5 - 0.5 / Math.tan((25 * Math.PI) / 180) * Math.tan((12 * Math.PI) / 180) * (16 / 9);
    truthy(lines.every(([from, to]) => from[1] > horizon && to[1] > horizon));
  },
  "a rectangle's corners go round": () => equal(rectangle(7.5, 30), [[0, 0], [7.5, 0], [7.5, 30], [0, 30]]),
};
