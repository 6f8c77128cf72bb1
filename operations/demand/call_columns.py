"""The columns of a file of calls: what they are called, and which name persons and are therefore refused."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from operations.facts import BadInput

NEEDED = ("source_id", "at", "lon", "lat", "kind")
NAMES: dict[str, tuple[str, ...]] = {
    "source_id": (
        "sourceid",
        "id",
        "number",
        "编号",
        "警情编号",
        "接警单号",
        "接警编号",
        "事件编号",
        "案事件编号",
    ),
    "at": ("at", "time", "calledat", "报警时间", "接警时间", "发生时间", "时间"),
    "lon": ("lon", "lng", "longitude", "经度", "x"),
    "lat": ("lat", "latitude", "纬度", "y"),
    "kind": ("kind", "type", "category", "警情类别", "警情类型", "报警类别", "类别", "类型"),
    "reported_by": ("reportedby", "source", "报警来源", "来源", "警情来源"),
}
PERSONAL = re.compile(
    r"姓名|名字|报警人|报案人|当事人|联系人|嫌疑|被害|受害|事主|户主|居民|电话|手机|联系方式|号码|身份证|证件|护照|驾驶证"
    r"|住址|户籍|户口|家庭|性别|年龄|民族|出生|职业|车牌|号牌|微信"
    r"|phone|mobile|tel$|telephone|contact|caller|victim|suspect|person|passport|idcard|idnumber|identity|ssn"
    r"|^name$|fullname|firstname|lastname|surname|address$|birth|gender|^sex$|^age$|ethnic|nation|plate|wechat|email"
)
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_IDENTITY = re.compile(
    r"(?<!\d)([1-9]\d{5}((?:19|20)\d\d)(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3})([\dXx])(?!\d)"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class PersonalColumns(BadInput):
    """A file of calls has columns about persons: nothing of it is read."""

    def __init__(self, headings: Sequence[str]) -> None:
        super().__init__(
            "file",
            f"{len(headings)} columns are about persons ({', '.join(headings)}): take them out. "
            "Demand comes from places; who called and about whom is never stored",
        )
        self.headings = tuple(headings)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which heading holds each field, and the headings that are not read."""

    of: dict[str, str]
    ignored: tuple[str, ...]


def columns_of(headings: Sequence[str]) -> Columns:
    """Return the columns of a file of calls. Raises PersonalColumns; BadInput for a missing one."""
    personal = [heading for heading in headings if is_personal(heading)]
    if personal:
        raise PersonalColumns(personal)
    of: dict[str, str] = {}
    for field, names in NAMES.items():
        for name in names:
            found = next((heading for heading in headings if _plain(heading) == name), None)
            if found is not None and field not in of:
                of[field] = found
    missing = [field for field in NEEDED if field not in of]
    if missing:
        calls_it = ", ".join(NAMES[missing[0]])
        raise BadInput("file", f"has no column for {missing[0]}: name one of its columns {calls_it}")
    return Columns(of, tuple(heading for heading in headings if heading not in of.values()))


def is_personal(heading: str) -> bool:
    """Return whether a heading names something about a person."""
    plain = _plain(heading)
    known = {name for names in NAMES.values() for name in names}
    return plain not in known and PERSONAL.search(plain) is not None


def looks_personal(text: str, year: int) -> bool:
    """Return whether a text holds a mobile phone's number or an identity number (GB 11643, checked).

    Numbers of calls may look alike: an area, a date, a count. Theirs is a date of this year or the last.
    """
    if _PHONE.search(text):
        return True
    for digits, born, check in _IDENTITY.findall(text):
        total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
        if "10X98765432"[total % 11] == check.upper() and int(born) < year - 1:
            return True
    return False


def _plain(heading: str) -> str:
    return re.sub(r"[\s_\-()（）/:：]", "", unicodedata.normalize("NFKC", heading)).lower()
