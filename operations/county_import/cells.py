"""Cells: one raw value of a file as a clean value of its field, or what is wrong with it. Knows no rows."""

import math
import re
import unicodedata
from typing import Any

from operations.cameras import CODE as CAMERA_CODE
from operations.county_import.findings import BadFile
from operations.county_import.layers import KINDS, Field, kind_of

PLACE_CODE = re.compile(r"[\w./#-]{1,32}")
ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+?\d\d")  # what a spreadsheet makes of a code of 20 digits
EXACT_BELOW = 1e15
STREAM = re.compile(r"(rtsps?|https?)://[^\s]+")
SIDES = {
    "北": 0.0,
    "东北": 45.0,
    "东": 90.0,
    "东南": 135.0,
    "南": 180.0,
    "西南": 225.0,
    "西": 270.0,
    "西北": 315.0,
}
YES = ("1", "true", "yes", "y", "是", "启用", "在用")
NO = ("0", "false", "no", "n", "否", "停用", "禁用")
FLAGS = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)


class BadCell(BadFile):
    """A cell cannot be used; code and numbers as in findings.WORDS."""


def plain(value: Any) -> str:
    """Return a raw value as text: whole numbers without a fraction, None as nothing."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_BELOW:
        return str(int(value))
    return unicodedata.normalize("NFC", str(value)).strip()


def clean(layer: str, field: Field, value: Any) -> Any:
    """Return the clean value of a cell, None where it is empty. Raises BadCell."""
    text = plain(value)
    if not text:
        return None
    if re.fullmatch(r"#(REF|N/A|NAME|VALUE|DIV/0|NULL|NUM)[!?]?", text):
        raise BadCell("error_cell")
    if field.kind == "code":
        return _code(layer, value, text)
    if field.kind == "number":
        return _number(field, text)
    if field.kind == "choice":
        return _choice(f"{layer}.{field.name}", text)
    if field.kind == "flag":
        if text.lower() not in FLAGS:
            raise BadCell("bad_flag")
        return FLAGS[text.lower()]
    if field.kind == "source" and not STREAM.fullmatch(text):
        raise BadCell("bad_source")
    return _text(field, text)


def number_in(text: str) -> float:
    """Return a finite number. Raises BadCell."""
    try:
        number = float(text.replace(",", ".") if re.fullmatch(r"-?\d+,\d+", text) else text)
    except ValueError:
        raise BadCell("no_number") from None
    if not math.isfinite(number):
        raise BadCell("no_number")
    return number


def _code(layer: str, value: Any, text: str) -> str:
    rounded = isinstance(value, float | int) and abs(value) >= EXACT_BELOW and isinstance(value, float)
    if rounded or ROUNDED.fullmatch(text):
        raise BadCell("code_as_number")
    if layer == "cameras" and not CAMERA_CODE.fullmatch(text):
        raise BadCell("camera_code")
    if not PLACE_CODE.fullmatch(text):
        raise BadCell("bad_code")
    return text


def _number(field: Field, text: str) -> float:
    if field.name == "heading_deg" and text.removesuffix("向") in SIDES:
        return SIDES[text.removesuffix("向")]
    number = number_in(text)
    if not field.least <= number <= field.most:
        raise BadCell("out_of_range", least=field.least, most=field.most)
    return number % 360 if number < 0 else number


def _choice(field: str, text: str) -> str:
    kind = kind_of(field, text)
    if kind is None:
        raise BadCell("unknown_kind", known=", ".join(_named(field)))
    return kind


def _named(field: str) -> list[str]:
    """Return the kinds there are, each with its first other name: hd (高清)."""
    return [f"{kind} ({others[0]})" if kind.isascii() else kind for kind, others in KINDS[field].items()]


def _text(field: Field, text: str) -> str:
    if not text.isprintable() or "\ufffd" in text:
        raise BadCell("bad_text")
    if text[0] in "=+@" or (text[0] == "-" and len(text) > 1):
        raise BadCell("formula")
    if len(text) > field.longest:
        raise BadCell("too_long", length=len(text), most=field.longest)
    return text
