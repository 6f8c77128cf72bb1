// Tests of drawing.ts, run by tests.mjs.
import { equal, truthy } from "../testing";
import { drawingOf, isSame, laneFault, moveHandle, partOf, removeHandle, toSend, type Drawing } from "./drawing";

const one = (): Drawing => ({
  ground: [{ x: 0.1, y: 0.9, right_m: 0, ahead_m: 0 }],
  lanes: [{ number: 1, outline: [[0.1, 0.9], [0.4, 0.5], [0.5, 0.9]] }],
});

export const tests = {
  "a handle stays inside the picture": () => {
    const drawing = one();
    moveHandle(drawing, { kind: "point", index: 0 }, [1.2, -0.1]);
    equal([drawing.ground[0]!.x, drawing.ground[0]!.y], [1, 0]);
    moveHandle(drawing, { kind: "corner", lane: 0, index: 2 }, [0.6, 0.8]);
    equal(drawing.lanes[0]!.outline[2], [0.6, 0.8]);
  },
  "a lane keeps three corners": () => {
    const drawing = one();
    removeHandle(drawing, { kind: "corner", lane: 0, index: 0 });
    equal(drawing.lanes[0]!.outline.length, 3);
    removeHandle(drawing, { kind: "point", index: 0 });
    equal(drawing.ground, []);
  },
  "what the server gives back is what was sent": () => {
    const sent = toSend(one());
    truthy(isSame(drawingOf({ ...sent, residual_m: 0 }), one()));
    truthy(!isSame(one(), drawingOf(null)));
  },
  "a lane that would be refused is named": () => {
    const good = { number: 1, outline: [[0.1, 0.9], [0.4, 0.5], [0.5, 0.9]] as [number, number][] };
    const crossed = [[0.1, 0.9], [0.5, 0.5], [0.1, 0.5], [0.5, 0.9]] as [number, number][];
    equal(laneFault([good, { ...good, number: 2 }]), null);
    equal(laneFault([good, good]), { lane: 1, kind: "twice" });
    equal(laneFault([good, { number: 2, outline: crossed }]), { lane: 1, kind: "crosses" });
    equal(laneFault([{ number: 1, outline: [[0.1, 0.9], [0.11, 0.9], [0.11, 0.91]] }]), { lane: 0, kind: "small" });
    equal(laneFault([{ ...good, number: NaN }]), { lane: 0, kind: "badNumber" });
  },
  "a refused field names its part": () => {
    equal(partOf("calibration.ground.2.x"), { list: "ground", index: 2 });
    equal(partOf("calibration.ground"), { list: "ground", index: null });
    equal(partOf("calibration.lanes.0.outline"), { list: "lanes", index: 0 });
    equal(partOf("name"), null);
  },
};
