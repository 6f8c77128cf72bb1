// The ground of a camera's picture: fits a homography to points whose metres are known, says how well they agree, and
// projects a grid of metres for the eye. The server decides in the end (geo/ground_plane.py); nothing is drawn here.
export interface GroundPoint {
  /** Fractions of the picture's width and height. */
  x: number;
  y: number;
  /** Metres on the road; a number that is not finite has not been given yet. */
  right_m: number;
  ahead_m: number;
}
type Pair = [number, number];
/** Row by row; takes (right, ahead, 1) to (x, y, 1) times a weight that is positive in front of the camera. */
export type Projection = readonly number[];
export type Line = [Pair, Pair];

export type Verdict =
  | { kind: "few"; missing: number }
  | { kind: "metres"; point: number }
  | { kind: "close"; points: Pair }
  | { kind: "line" }
  | { kind: "horizon" }
  | { kind: "mirrored" }
  /** As many points as unknowns: they always agree, so nothing has been checked. */
  | { kind: "exact"; projection: Projection }
  | { kind: "agree" | "doubtful" | "disagree"; projection: Projection; off_px: number; each_px: number[]; worst: number | null };

export const FEWEST = 4;
const LEAST_APART = 0.01;
const LEAST_TRIANGLE = 0.01;
/** Root mean square, as a share of the picture, at which the points contradict each other; the server refuses there. */
const MOST_OFF = 0.01;
/** As far as a careful hand is off: about 4 pixels. */
const CAREFUL = 0.003;
const ROUNDS = 8;

const inPicture = (point: GroundPoint): Pair => [point.x, point.y];
const onGround = (point: GroundPoint): Pair => [point.right_m, point.ahead_m];
const distance = ([ax, ay]: Pair, [bx, by]: Pair): number => Math.hypot(ax - bx, ay - by);

/** Give the place of a ground point in the picture, and its weight: not positive means behind the camera. */
export function project(matrix: Projection, [right, ahead]: Pair): { at: Pair; weight: number } {
  const row = (i: number) => matrix[i]! * right + matrix[i + 1]! * ahead + matrix[i + 2]!;
  const weight = row(6);
  return { at: [row(0) / weight, row(3) / weight], weight };
}

/** Give the metres of a place in the picture: the inverse of `project`. */
export function metresAt(matrix: Projection, [x, y]: Pair): Pair {
  const [a, b, c, d, e, f, g, h, i] = matrix as [number, number, number, number, number, number, number, number, number];
  const weight = x * (d * h - e * g) + y * (b * g - a * h) + (a * e - b * d);
  const right = x * (e * i - f * h) + y * (c * h - b * i) + (b * f - c * e);
  const ahead = x * (f * g - d * i) + y * (a * i - c * g) + (c * d - a * f);
  return [right / weight, ahead / weight];
}

/** Say what the points are worth on a picture of so many pixels. */
export function judge(points: readonly GroundPoint[], size: { width: number; height: number }): Verdict {
  if (points.length < FEWEST) return { kind: "few", missing: FEWEST - points.length };
  const unsaid = points.findIndex((point) => !onGround(point).every(Number.isFinite));
  if (unsaid >= 0) return { kind: "metres", point: unsaid };
  const close = closest(points);
  if (close) return { kind: "close", points: close };
  if (isLine(points.map(inPicture)) || isLine(points.map(onGround))) return { kind: "line" };
  const projection = fit(points);
  const weights = points.map((point) => project(projection, onGround(point)).weight);
  if (!weights.every((weight) => weight > 0)) return { kind: "horizon" };
  if (determinant(projection) > 0) return { kind: "mirrored" };
  if (points.length === FEWEST) return { kind: "exact", projection };
  const each_px = points.map((point) => {
    const [x, y] = project(projection, onGround(point)).at;
    return Math.hypot((x - point.x) * size.width, (y - point.y) * size.height);
  });
  const off = rootMeanSquare(points.map((point) => distance(project(projection, onGround(point)).at, inPicture(point))));
  const kind = off > MOST_OFF ? "disagree" : off > CAREFUL ? "doubtful" : "agree";
  return { kind, projection, each_px, off_px: rootMeanSquare(each_px), worst: odd(points) };
}

const rootMeanSquare = (values: number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

function closest(points: readonly GroundPoint[]): Pair | null {
  for (let i = 0; i < points.length; i++)
    for (let k = 0; k < i; k++) if (distance(inPicture(points[i]!), inPicture(points[k]!)) < LEAST_APART) return [k, i];
  for (let i = 0; i < points.length; i++)
    for (let k = 0; k < i; k++) if (distance(onGround(points[i]!), onGround(points[k]!)) < 0.3) return [k, i];
  return null;
}

/** Whether no four points are corners of a real quadrilateral. */
function isLine(places: Pair[]): boolean {
  const spans = [0, 1].map((axis) => Math.max(...places.map((p) => p[axis]!)) - Math.min(...places.map((p) => p[axis]!)));
  const widest = Math.max(...spans);
  const least = LEAST_TRIANGLE * spans.map((span) => Math.max(span, 0.1 * widest)).reduce((a, b) => a * b);
  return !choose(places.length, 4).some((four) => choose(4, 3).every((three) => triangle(three.map((i) => places[four[i]!]!)) > least));
}

function choose(of: number, many: number, from = 0): number[][] {
  if (many === 0) return [[]];
  const sets: number[][] = [];
  for (let i = from; i <= of - many; i++) for (const rest of choose(of, many - 1, i + 1)) sets.push([i, ...rest]);
  return sets;
}

function triangle(corners: Pair[]): number {
  const [[ax, ay], [bx, by], [cx, cy]] = corners as [Pair, Pair, Pair];
  return Math.abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) / 2;
}

/** The point without which the others agree much better, where there are enough others to tell. */
function odd(points: readonly GroundPoint[]): number | null {
  if (points.length < FEWEST + 2) return null;
  const left = points.map((_, i) => {
    const others = points.filter((_, k) => k !== i);
    const projection = fit(others);
    return rootMeanSquare(others.map((point) => distance(project(projection, onGround(point)).at, inPicture(point))));
  });
  return left.indexOf(Math.min(...left));
}

/** Fit the projection of at least four points: direct linear transform, reweighted until it errs least in the picture. */
export function fit(points: readonly GroundPoint[]): Projection {
  const [ground, toEven] = evened(points.map(onGround));
  const [seen, toUnit] = evened(points.map(inPicture));
  let matrix: number[] = [];
  let weights = points.map(() => 1);
  for (let round = 0; round < ROUNDS; round++) {
    matrix = solved(ground, seen, weights);
    weights = ground.map(([x, y]) => 1 / Math.max(1e-6, (matrix[6]! * x + matrix[7]! * y + 1) ** 2));
  }
  return multiplied(inverted(toUnit), multiplied(matrix, toEven));
}

/** Move places about the origin at mean distance 1; also the similarity that did it: (scale, centre). */
function evened(places: Pair[]): [Pair[], number[]] {
  const middle = [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis]!, 0) / places.length) as Pair;
  const scale = places.length / places.reduce((sum, place) => sum + distance(place, middle), 0);
  const even = places.map(([x, y]): Pair => [(x - middle[0]) * scale, (y - middle[1]) * scale]);
  return [even, [scale, 0, -scale * middle[0], 0, scale, -scale * middle[1], 0, 0, 1]];
}

const inverted = ([scale, , x, , , y]: number[]): number[] => [1 / scale!, 0, -x! / scale!, 0, 1 / scale!, -y! / scale!, 0, 0, 1];

function multiplied(a: readonly number[], b: readonly number[]): number[] {
  return a.map((_, i) => [0, 1, 2].reduce((sum, k) => sum + a[3 * Math.floor(i / 3) + k]! * b[3 * k + (i % 3)]!, 0));
}

function determinant(m: Projection): number {
  const [a, b, c, d, e, f, g, h, i] = m as number[] & { length: 9 };
  return a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!);
}

/** Solve the weighted least squares of the eight unknowns; the ninth is 1: the middle of the points is in view. */
function solved(ground: Pair[], seen: Pair[], weights: number[]): number[] {
  const normal = Array.from({ length: 8 }, () => new Array<number>(9).fill(0));
  ground.forEach(([x, y], n) => {
    const [u, v] = seen[n]!;
    for (const row of [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    ])
      for (let i = 0; i < 8; i++) for (let k = 0; k < 9; k++) normal[i]![k]! += weights[n]! * row[i]! * row[k]!;
  });
  return [...eliminated(normal), 1];
}

/** Gaussian elimination with row pivoting; rows carry their right side as the last number. */
function eliminated(rows: number[][]): number[] {
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    const pivot = rows.reduce((best, row, k) => (k > i && Math.abs(row[i]!) > Math.abs(rows[best]![i]!) ? k : best), i);
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    for (let k = 0; k < size; k++) {
      if (k === i) continue;
      const factor = rows[k]![i]! / rows[i]![i]!;
      for (let j = i; j <= size; j++) rows[k]![j]! -= factor * rows[i]![j]!;
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
}

/** The metres of a rectangle's corners, from the near left one against the clock's hands: right, far, left. */
export const rectangle = (width_m: number, length_m: number): Pair[] => [
  [0, 0],
  [width_m, 0],
  [width_m, length_m],
  [0, length_m],
];

/** The largest of 1, 2, 5, 10, … metres that gives no more than `most` lines. */
function step(span_m: number, most: number): number {
  for (let power = 0.1; ; power *= 10) for (const factor of [1, 2, 5]) if (span_m / (factor * power) <= most) return factor * power;
}

/** Lines of whole metres over the points and half as far again, in fractions of the picture, cut off before the horizon. */
export function gridLines(projection: Projection, points: readonly GroundPoint[]): { lines: Line[]; across_m: number; along_m: number } {
  const range = (axis: 0 | 1): Pair => {
    const values = points.map((point) => onGround(point)[axis]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [low - (high - low) / 4, high + (high - low) / 4];
  };
  const [left, right] = range(0);
  const [near, far] = range(1);
  const across_m = step(right - left, 8);
  const along_m = step(far - near, 12);
  const lines: Line[] = [];
  const add = (from: Pair, to: Pair) => {
    const cut = inFront(projection, from, to);
    if (cut) lines.push(cut);
  };
  for (let x = Math.ceil(left / across_m) * across_m; x <= right; x += across_m) add([x, near], [x, far]);
  for (let y = Math.ceil(near / along_m) * along_m; y <= far; y += along_m) add([left, y], [right, y]);
  return { lines, across_m, along_m };
}

/** The part of a ground line whose weight is well positive, projected. */
function inFront(projection: Projection, from: Pair, to: Pair): Line | null {
  const a = project(projection, from).weight;
  const b = project(projection, to).weight;
  const least = Math.max(a, b) * 0.02;
  if (Math.max(a, b) <= 0) return null;
  const between = (t: number): Pair => [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])];
  const cut = (least - a) / (b - a);
  const start = a < least ? between(cut) : from;
  const end = b < least ? between(cut) : to;
  return [project(projection, start).at, project(projection, end).at];
}
