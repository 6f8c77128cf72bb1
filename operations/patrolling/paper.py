"""A4 pages for printing: lines of text, Chinese included (the font is embedded), rules, boxes, polylines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pymupdf

WIDTH, HEIGHT = 595.0, 842.0  # A4 in points
EDGE = 36.0
BLACK, GREY, LIGHT, WHITE = (0.0, 0.0, 0.0), (0.45, 0.45, 0.45), (0.8, 0.8, 0.8), (1.0, 1.0, 1.0)
BLUE = (0.1, 0.25, 0.55)


@dataclass
class Page:
    """A page under construction: what is written comes onto it when it is finished."""

    page: Any
    width: float
    height: float
    shape: Any  # all that is drawn, put onto the page at once: one by one takes three times as long
    writers: dict[tuple[float, float, float], Any] = field(default_factory=dict)

    def write(
        self,
        at: tuple[float, float],
        text: str,
        size: float = 9.0,
        colour: tuple[float, float, float] = BLACK,
    ) -> None:
        """Write one line, `at` being the left end of its baseline."""
        if not text:
            return
        writer = self.writers.setdefault(colour, pymupdf.TextWriter(self.page.rect))
        writer.append(at, "".join(char if _has(char) else "?" for char in text), _font(), size)

    def line(self, one: tuple[float, float], other: tuple[float, float], width: float = 0.4) -> None:
        self.shape.draw_line(one, other)
        self.shape.finish(color=GREY, width=width)

    def box(self, at: tuple[float, float], side: float) -> None:
        """Draw an empty square to tick, `at` being its upper left corner."""
        self.shape.draw_rect(pymupdf.Rect(*at, at[0] + side, at[1] + side))
        self.shape.finish(color=BLACK, width=0.7)

    def frame(self, rectangle: tuple[float, float, float, float]) -> None:
        self.shape.draw_rect(pymupdf.Rect(*rectangle))
        self.shape.finish(color=LIGHT, width=0.6)

    def way(self, points: Sequence[tuple[float, float]]) -> None:
        if len(points) > 1:
            self.shape.draw_polyline(list(points))
            self.shape.finish(color=BLUE, width=1.1, closePath=False)

    def dot(self, at: tuple[float, float], label: str, filled: bool) -> None:
        """Draw a numbered dot in the middle of `at`."""
        self.shape.draw_circle(at, 5.2)
        self.shape.finish(color=BLUE, fill=BLUE if filled else WHITE, width=0.7)
        size = 6.0 if len(label) < 3 else 4.8
        away = text_width(label, size) / 2
        self.write((at[0] - away, at[1] + size * 0.36), label, size, WHITE if filled else BLACK)

    def finish(self) -> None:
        self.shape.commit()
        for colour, writer in self.writers.items():
            writer.write_text(self.page, color=colour)


def new_page(document: Any, landscape: bool = False) -> Page:
    """Return an empty A4 page at the end of a document."""
    width, height = (HEIGHT, WIDTH) if landscape else (WIDTH, HEIGHT)
    page = document.new_page(width=width, height=height)
    return Page(page, width, height, page.new_shape())


def new_document() -> Any:
    """Return an empty document; `finished` gives its bytes."""
    return pymupdf.open()


def finished(document: Any, title: str) -> bytes:
    """Return the PDF, only the glyphs that are used of its font in it."""
    document.set_metadata({"title": title, "producer": "Watchgrid"})
    document.subset_fonts()
    return bytes(document.tobytes(garbage=4, deflate=True))


def text_width(text: str, size: float) -> float:
    """Return how many points a line of text is wide."""
    return float(_font().text_length(text, size))


def fitted(text: str, size: float, width: float) -> str:
    """Return as much of a text as a column holds, with an ellipsis where something is missing."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


@cache
def _font() -> Any:
    return pymupdf.Font("cjk")


@cache
def _has(char: str) -> bool:
    return char.isspace() or char.isascii() or bool(_font().has_glyph(ord(char)))
