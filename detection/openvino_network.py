"""Runs an exported YOLO network at the size of the picture, whatever size it was exported for.

An ultralytics export is fixed to one input (640 x 640: of a wide picture nearly half is padding). Nothing in
the weights asks for that, only a few constants written into the graph: shapes in the attention layers, and
where each cell of the head lies. Knows pixels and rows, no vehicles.
"""

import logging
import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openvino as ov
from openvino import opset13 as opset
from openvino.preprocess import ColorFormat, PrePostProcessor

log = logging.getLogger(__name__)

STRIDES = (8, 16, 32)
PADDING = 114
MOST_COMPILED = 16
"""Input shapes kept ready: some 55 MB each with two cores. For several pictures only while there is room."""

Shape = tuple[int, int, int]
"""Pictures at once, height, width."""


class OtherHead(ValueError):
    """The network's answers are not the rows that an NMS-free head gives."""


class OpenVinoNetwork:
    """An NMS-free YOLO in an *_openvino_model folder. Any thread may call it."""

    def __init__(self, folder: Path) -> None:
        """Load the folder's .xml. Raises FileNotFoundError, OtherHead, ValueError where no class is named."""
        self._xml = next(iter(sorted(folder.glob("*.xml"))), None)
        if self._xml is None:
            raise FileNotFoundError(f"detector weights not found: no .xml in {folder}")
        self._core = ov.Core()
        self.threads = len(os.sched_getaffinity(0))
        model = self._core.read_model(self._xml)
        rows = model.outputs[0].get_partial_shape()
        if len(rows) != 3 or rows[2] != 6:
            raise OtherHead(f"{folder} has no NMS-free head, which gives rows of 6")
        self.names = _names(model)
        self._exported = _exported_size(model)
        self._compiled: OrderedDict[Shape, Any] = OrderedDict()
        self._choosing = threading.Lock()
        self._compiling = threading.Lock(), threading.Lock()
        self._coming: set[Shape] = set()
        """What is being compiled beside the work; one at a time, and none any more once one has failed."""
        self._own_size_only = not self._takes_other_sizes()

    def input_size(self, height: int, width: int) -> tuple[int, int]:
        """Return the input (height, width) that a picture of that size is laid into."""
        if self._own_size_only:
            return self._exported
        scale = min(1.0, max(self._exported) / max(height, width))
        return tuple(32 * max(2, int(np.ceil(round(side * scale) / 32))) for side in (height, width))  # type: ignore[return-value]

    def rows(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Return for each input (height x width x 3 uint8 BGR, all of one size) its 300 x 6 float32 rows.

        A row is x1, y1, x2, y2 in pixels of the input, confidence, label.
        """
        answers: list[np.ndarray] = []
        while len(answers) < len(inputs):
            left = len(inputs) - len(answers)
            most = 1 if self._own_size_only else 1 << (left.bit_length() - 1)
            at_once, network = self._network(most, *inputs[0].shape[:2])
            request = network.create_infer_request()
            request.infer([np.stack(inputs[len(answers) : len(answers) + at_once])])
            answers += list(request.get_output_tensor(0).data.copy())
        return answers

    def _network(self, at_once: int, height: int, width: int) -> tuple[int, Any]:
        """Return a compiled network and how many pictures it takes: one, until one for more is ready."""
        with self._choosing:
            for shape in ((at_once, height, width), (1, height, width)):
                if shape in self._compiled:
                    self._compiled.move_to_end(shape)
                    self._compile_beside((at_once, height, width))
                    return shape[0], self._compiled[shape]
        return 1, self.compile_for((1, height, width))

    def _compile_beside(self, shape: Shape) -> None:
        """Compile for several pictures while the cameras go on one by one: it takes 0.7 s of CPU."""
        if shape not in self._compiled and not self._coming and len(self._compiled) < MOST_COMPILED:
            self._coming.add(shape)
            threading.Thread(target=self.compile_for, args=(shape,), name=f"compiling {shape}").start()

    def compile_for(self, shape: Shape) -> Any:
        """Return the network for inputs of this shape, compiled and kept. Takes most of a second of CPU."""
        with self._compiling[min(shape[0], 2) - 1]:  # who needs it now does not wait for who does not
            compiled = self._compiled.get(shape)
            if compiled is None:
                compiled = self._compile(shape)
        with self._choosing:
            self._compiled[shape] = compiled
            self._coming.discard(shape)
            while len(self._compiled) > MOST_COMPILED:
                self._compiled.popitem(last=False)
        return compiled

    def _compile(self, shape: Shape) -> Any:
        model = self._core.read_model(self._xml)
        _resize(model, shape, self._exported)
        steps = PrePostProcessor(model)
        steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC")).set_color_format(
            ColorFormat.BGR
        )
        steps.input().model().set_layout(ov.Layout("NCHW"))
        steps.input().preprocess().convert_element_type(ov.Type.f32).convert_color(ColorFormat.RGB).scale(
            255.0
        )
        # One thread a picture and a stream a core: pictures are the parallel work. Not pinned: other
        # workers on the same machine would be pinned to the same cores.
        threads = {"NUM_STREAMS": self.threads, "INFERENCE_NUM_THREADS": self.threads}
        return self._core.compile_model(
            steps.build(), "CPU", {"PERFORMANCE_HINT": "THROUGHPUT", "ENABLE_CPU_PINNING": False, **threads}
        )

    def _takes_other_sizes(self) -> bool:
        try:
            _resize(self._core.read_model(self._xml), (2, 192, 320), self._exported)
        except RuntimeError:
            log.warning("%s runs at its own size only: its graph is not one we know", self._xml)
            return False
        return True


def laid_into(image: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, float]:
    """Return the picture in the top left corner of an input (height, width), and the scale it has there."""
    scale = min(1.0, size[0] / image.shape[0], size[1] / image.shape[1])
    height, width = round(image.shape[0] * scale), round(image.shape[1] * scale)
    laid = np.full((*size, 3), PADDING, np.uint8)
    if scale == 1.0:
        laid[:height, :width] = image
    else:
        laid[:height, :width] = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    return laid, scale


def _names(model: Any) -> dict[int, str]:
    if not model.has_rt_info(["model_info", "labels"]):
        raise ValueError("these weights do not name their classes: export them with ultralytics")
    labels = model.get_rt_info(["model_info", "labels"]).astype(str).split()
    return {label: name.replace("_", " ") for label, name in enumerate(labels)}


def _exported_size(model: Any) -> tuple[int, int]:
    shape = model.inputs[0].get_partial_shape()
    height, width = (640 if side.is_dynamic else side.get_length() for side in (shape[2], shape[3]))
    return height, width


def _resize(model: Any, shape: Shape, exported: tuple[int, int]) -> None:
    """Give the graph another input shape. Raises RuntimeError where it then does not fit together."""
    at_once, height, width = shape
    if model.inputs[0].get_partial_shape().is_dynamic:
        model.reshape([at_once, 3, height, width])
        return
    model.get_parameters()[0].set_partial_shape(ov.PartialShape([at_once, 3, height, width]))
    for node in model.get_ordered_ops():
        if node.get_type_name() == "Reshape":
            _adapt_reshape(node, shape, exported)
        elif node.get_type_name() == "Constant" and node.output(0).get_partial_shape().rank == 3:
            _adapt_cells(node, (height, width), exported)
    model.validate_nodes_and_infer_types()


def _adapt_reshape(node: Any, shape: Shape, exported: tuple[int, int]) -> None:
    """Write the new counts into the target of a Reshape, if that is a constant."""
    at_once, height, width = shape
    target = node.input_value(1).get_node()
    if target.get_type_name() != "Constant":
        return
    sides = target.data.astype(np.int64).ravel()
    if len(sides) == 4 and sides[3] == exported[0] * exported[1] // 32**2:
        sides[3] = height * width // 32**2
    elif len(sides) == 4 and tuple(sides[2:]) == (exported[0] // 32, exported[1] // 32):
        sides[2:] = height // 32, width // 32
    if len(sides) > 1 and sides[0] == 1:
        sides[0] = at_once
    elif len(sides) == 2 and sides[1] == 1:  # numbers of the best cells of all pictures, one below another
        sides[0] *= at_once
    node.input(1).replace_source_output(opset.constant(sides).output(0))


def _adapt_cells(node: Any, size: tuple[int, int], exported: tuple[int, int]) -> None:
    """Replace the constants that hold each cell's centre (1 x 2 x cells) or stride (1 x 1 x cells)."""
    lines, cells = node.data.shape[1:]
    if cells != sum((exported[0] // stride) * (exported[1] // stride) for stride in STRIDES):
        return
    grids = [np.mgrid[0 : size[0] // stride, 0 : size[1] // stride] for stride in STRIDES]
    if lines == 2:
        values = np.hstack([np.stack([right.ravel(), down.ravel()]) + 0.5 for down, right in grids])
    else:
        values = np.hstack(
            [np.full((1, grid[0].size), stride) for grid, stride in zip(grids, STRIDES, strict=True)]
        )
    cells_now = opset.constant(values[None].astype(np.float32)).output(0)
    for user in node.output(0).get_target_inputs():
        user.replace_source_output(cells_now)
