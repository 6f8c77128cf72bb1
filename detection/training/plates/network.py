"""The plate network: a small residual convolutional reader with CTC output and a head for the ground colour.

48 x W in, W/4 steps out; no recurrence, so any width goes and ONNX stays plain.
"""

import torch
from torch import Tensor, nn

from detection.training.plates.texts import GROUNDS, SYMBOLS

WIDTHS = (24, 48, 96, 160)
HIDDEN = 192
STEP_PX = 4


class Squeeze(nn.Module):
    """Weighs channels by what the whole crop holds (squeeze and excite)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(channels, channels // 4), nn.Linear(channels // 4, channels)

    def forward(self, x: Tensor) -> Tensor:
        weights = torch.sigmoid(self.up(torch.relu(self.down(x.mean(dim=(2, 3))))))
        return x * weights[:, :, None, None]


def convolution(
    wide_in: int,
    wide_out: int,
    kernel: tuple[int, int] = (3, 3),
    stride: tuple[int, int] = (1, 1),
    groups: int = 1,
) -> nn.Sequential:
    """A convolution that keeps the size over its stride, batch-normed, without activation."""
    padding = (kernel[0] // 2, kernel[1] // 2)
    return nn.Sequential(
        nn.Conv2d(wide_in, wide_out, kernel, stride, padding, groups=groups, bias=False),
        nn.BatchNorm2d(wide_out),
    )


class Block(nn.Module):
    """Two 3 x 3 convolutions with squeeze and excite around a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = convolution(channels, channels), convolution(channels, channels)
        self.squeeze = Squeeze(channels)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.squeeze(self.second(torch.relu(self.first(x)))))


class Context(nn.Module):
    """Looks along the line: a depthwise convolution over steps and a pointwise one around a shortcut."""

    def __init__(self, channels: int, kernel: int = 9) -> None:
        super().__init__()
        self.along = convolution(channels, channels, (1, kernel), groups=channels)
        self.across = convolution(channels, channels, (1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.across(torch.relu(self.along(x))))


class PlateNetwork(nn.Module):
    """N x 3 x 48 x W floats in -1..1 to log-probabilities: N x W/4 x (1 + symbols), N x grounds."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = WIDTHS
        self.stem = nn.Sequential(
            convolution(3, a, stride=(2, 2)), nn.ReLU(), convolution(a, b, stride=(2, 2)), nn.ReLU()
        )
        self.strokes = Block(b)
        self.middle = nn.Sequential(convolution(b, c, stride=(2, 1)), nn.ReLU(), Block(c))
        self.upper = nn.Sequential(convolution(c, d, stride=(2, 1)), nn.ReLU(), Block(d))
        self.flatten = nn.Sequential(
            nn.Conv2d(d, HIDDEN, (3, 1), bias=False), nn.BatchNorm2d(HIDDEN), nn.ReLU()
        )
        self.context = nn.Sequential(Context(HIDDEN), Context(HIDDEN), nn.Dropout(0.1))
        self.says = nn.Conv2d(HIDDEN, 1 + len(SYMBOLS), 1)
        self.ground = nn.Linear(c, len(GROUNDS))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        middle = self.middle(self.strokes(self.stem(x)))
        line = self.context(self.flatten(self.upper(middle)))
        steps = self.says(line)[:, :, 0].transpose(1, 2)
        return steps.float().log_softmax(2), self.ground(middle.mean(dim=(2, 3))).float().log_softmax(1)
