"""The layers of an import: their fields, what these are called in people's files, which kinds there are."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

AREAS = ("towns", "grids", "sub_grids")
PLACES = ("points", "cameras", "stations")
LAYERS = (*AREAS, *PLACES, "units", "roads")  # in the order in which they refer to each other
FIRST_NEEDS = ("towns", "grids", "roads")  # what a county cannot be without


@dataclass(frozen=True, slots=True)
class Field:
    """One column. kind: code, text, name (of a row in another layer), choice, number, source or flag."""

    name: str
    kind: str
    longest: int = 120
    least: float = 0.0
    most: float = 0.0
    needed: bool = False


CODE = Field("code", "code", 32, needed=True)
NAME = Field("name", "text", 80)
KIND = Field("kind", "choice", 24)
TOWN = Field("town", "name")
GRID = Field("grid", "name")
FIELDS: dict[str, tuple[Field, ...]] = {
    "towns": (CODE, Field("name", "text", 80, needed=True), KIND),
    "grids": (CODE, NAME, TOWN),
    "sub_grids": (CODE, GRID),
    "points": (CODE, Field("name", "text", 120, needed=True), KIND, GRID),
    "cameras": (
        CODE,
        Field("name", "text", 120),
        KIND,
        Field("point", "name"),
        GRID,
        Field("heading_deg", "number", least=-360, most=360),
        Field("view_deg", "number", least=1, most=360),
        Field("range_m", "number", least=1, most=5_000),
        Field("source", "source", 2_000),
        Field("sub_source", "source", 2_000),
        Field("enabled", "flag"),
    ),
    "stations": (CODE, Field("name", "text", 120, needed=True), KIND, TOWN),
    "units": (
        CODE,
        Field("name", "text", 80, needed=True),
        Field("kind", "choice", 24, needed=True),
        Field("station", "name", needed=True),
        TOWN,
        Field("vehicle", "choice"),
        Field("shift", "name"),
    ),
    "roads": (),
}

# What a heading is called, after `plain_heading`; the field's own name always counts.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "code": (
        "id", "编码", "代码", "编号", "国标编码", "国标id", "行政区划代码", "区划代码", "adcode",
        "deviceid", "dm", "bm",
        "bh",
        "设备编码", "设备编号", "单位编码",
    ),
    "name": ("名称", "名字", "设备名称", "单位名称", "标题", "地址名称", "mc", "title"),
    "kind": ("type", "类型", "类别", "种类", "级别", "lx"),
    "town": (
        "towncode", "townname", "所属镇", "所属乡镇", "所属街道", "所属镇街", "镇街", "乡镇",
        "乡镇街道", "镇", "街道",
    ),
    "grid": ("gridcode", "所属网格", "网格", "网格编码", "网格编号", "网格代码"),
    "point": ("pointcode", "所属点位", "监控点位", "点位", "点位编码", "点位编号"),
    "station": ("stationcode", "所属派出所", "派出所", "所属单位", "驻地", "出发地", "警务站"),
    "lon": ("lng", "long", "longitude", "x", "经度", "东经", "东坐标", "x坐标", "xcoord", "pointx"),
    "lat": ("latitude", "y", "纬度", "北纬", "北坐标", "y坐标", "ycoord", "pointy"),
    "lonlat": ("经纬度", "坐标", "位置", "location", "coordinates", "center"),
    "wkt": ("geometry", "geom", "thegeom", "shape", "几何", "边界", "范围", "边界坐标", "wktgeom"),
    "heading_deg": (
        "heading", "azimuth", "bearing", "direction", "方位角", "朝向", "方向角", "监控方向",
        "安装方向", "方向",
    ),
    "view_deg": ("view", "fov", "视场角", "水平视场角", "视角"),
    "range_m": ("range", "可视距离", "监控距离", "可视范围", "有效距离", "距离"),
    "source": (
        "url", "rtsp", "stream", "视频地址", "取流地址", "码流地址", "主码流", "主码流地址", "流地址",
    ),
    "sub_source": ("substream", "suburl", "子码流", "子码流地址", "辅码流"),
    "enabled": ("启用", "是否启用", "是否在用"),
    "vehicle": ("交通工具", "车辆类型", "出行方式", "巡逻方式", "车种"),
    "shift": ("shiftcode", "班次", "班次编码", "班制"),
}  # fmt: skip
# In its own layer a thing's code and name are often called after it: 网格编码, 设备名称.
THINGS: dict[str, tuple[str, ...]] = {
    "towns": ("town", "乡镇", "镇", "街道", "镇街", "乡镇街道", "行政区"),
    "grids": ("grid", "网格"),
    "sub_grids": ("subgrid", "微网格", "子网格", "二级网格"),
    "points": ("point", "点位", "监控点位", "监控点"),
    "cameras": ("camera", "device", "设备", "摄像机", "摄像头", "相机", "监控", "通道"),
    "stations": ("station", "单位", "机构", "派出所", "警务室", "警务站"),
    "units": ("unit", "单元", "巡逻单元", "巡逻组", "巡逻队", "队伍", "小组", "班组"),
    "roads": (),
}
ENDINGS = {
    "code": ("code", "id", "编码", "代码", "编号", "号"),
    "name": ("name", "名称", "名"),
    "kind": ("kind", "type", "类型", "类别"),
}

# layer.field: what is stored -> what else it is called. Without a word of its own: the first of DEFAULTS.
KINDS: dict[str, dict[str, tuple[str, ...]]] = {
    "towns.kind": {
        "街道": ("street", "subdistrict", "街道办事处", "街道办"),
        "镇": ("town", "建制镇"),
        "乡": ("township", "民族乡"),
        "其他": ("other", "开发区", "农场", "林场", "园区"),
    },
    "points.kind": {
        "border": ("界口", "卡点", "县界", "省界", "市界", "边界"),
        "gate": ("出入口", "城门", "镇口", "入城口"),
        "road": ("公路", "国道", "省道", "国省道", "路段", "道路"),
        "crossing": ("路口", "交叉口", "十字路口", "junction", "intersection"),
        "other": ("其他", "其它", "场所", "部位"),
    },
    "cameras.kind": {
        "hd": (
            "高清", "高清摄像机", "高清探头", "高清监控", "卡口", "卡口相机", "电警", "公安", "一类",
            "一类点", "1",
        ),
        "social": (
            "社会", "社会面", "社会面摄像机", "社会视频", "社会监控", "社会资源", "二类", "三类",
            "二类点", "三类点", "2", "3",
        ),
    },
    "stations.kind": {
        "bureau": ("公安局", "县局", "分局", "局"),
        "station": ("派出所", "police", "policestation", "交警中队", "中队", "所"),
        "post": ("警务室", "警务站", "警务点", "岗亭", "室"),
    },
    "units.kind": {
        "urban": ("城区", "城区巡逻", "巡特警", "特警", "城市"),
        "night": ("夜间", "夜巡", "夜间巡逻", "夜班"),
        "town": ("镇", "乡镇", "镇巡逻", "乡镇巡逻", "乡镇街道"),
        "village": ("村", "村居", "村巡逻", "义警", "村级"),
    },
    "units.vehicle": {
        "car": ("汽车", "警车", "巡逻车", "车", "车巡"),
        "motorcycle": ("摩托", "摩托车", "电动车", "ebike", "铁骑"),
        "foot": ("步行", "徒步", "步巡", "步"),
    },
}  # fmt: skip
DEFAULTS: dict[str, dict[str, Any]] = {
    "towns": {},
    "grids": {},
    "sub_grids": {},
    "points": {"kind": "other"},
    "cameras": {"kind": "hd", "point": None, "heading_deg": 0.0, "view_deg": 60.0, "range_m": 80.0,
                "source": None, "sub_source": None, "enabled": True},
    "stations": {"kind": "station"},
    "units": {"vehicle": "car", "shift": None},
}  # fmt: skip


def plain_heading(heading: object) -> str:
    """Return a heading as headings are compared: lower case, no spaces, no signs, nothing in brackets."""
    text = unicodedata.normalize("NFKC", str(heading)).lower()
    return re.sub(r"[\W_]+", "", re.sub(r"\([^)]*\)|\[[^]]*\]", "", text))


def wanted_fields(layer: str) -> tuple[str, ...]:
    """Return the names of every column a layer may have, coordinates included."""
    own = tuple(field.name for field in FIELDS[layer])
    shapes = ("wkt",) if layer in AREAS else ("lon", "lat", "lonlat", "wkt") if layer in PLACES else ()
    return own + shapes


def names_of(layer: str, field: str) -> tuple[str, ...]:
    """Return what a field may be called in files of a layer, the likeliest first, as plain headings."""
    after = [thing + ending for thing in THINGS[layer] for ending in ENDINGS.get(field, ())]
    names = [*after, field, *SYNONYMS.get(field, ())]
    if field == "name":
        names += [thing for thing in THINGS[layer] if not thing.isascii()]
    return tuple(dict.fromkeys(plain_heading(name) for name in names))


def shown_names(layer: str, field: str) -> list[str]:
    """Return some of the names of a field, the plainest, for a sentence."""
    names = [name for name in names_of(layer, field) if name.isascii() or not re.search("[a-z]", name)]
    return [field, *[name for name in names if not name.isascii()][:6]]


def columns_of(
    layer: str, headings: Sequence[str], mapping: Mapping[str, str]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return which heading gives each field, and (field, heading) of those left out as second ones.

    mapping: field -> heading as a person chose it; it comes before the table of synonyms.
    """
    found = dict(mapping)
    spare: list[tuple[str, str]] = []
    taken = set(found.values())
    owner = {name: field for field in reversed(wanted_fields(layer)) for name in names_of(layer, field)}
    ranks = {field: names_of(layer, field) for field in wanted_fields(layer)}
    offers: dict[str, list[str]] = {}
    for heading in headings:
        field = owner.get(plain_heading(heading))
        if field and field not in mapping and heading not in taken:
            offers.setdefault(field, []).append(heading)
    for field, offered in offers.items():
        offered.sort(key=lambda heading: ranks[field].index(plain_heading(heading)))
        found[field] = offered[0]
        spare += [(field, heading) for heading in offered[1:]]
    return found, spare


def kind_of(field: str, text: str) -> str | None:
    """Return the stored word for a person's word ("cameras.kind", "高清" -> "hd"); None if unknown."""
    plain = plain_heading(text)
    for kind, others in KINDS[field].items():
        if plain in (plain_heading(kind), *(plain_heading(other) for other in others)):
            return kind
    return None


def town_kind(name: str) -> str:
    """Return the kind of a town by how its name ends."""
    return next((kind for kind in ("街道", "镇", "乡") if name.endswith(kind)), "其他")


def check_mapping(layer: str, field: str, heading: str) -> None:
    """Raise ValueError unless the layer has this field and a heading is given."""
    if layer not in LAYERS:
        raise ValueError(f"{layer!r} is no layer: use one of {', '.join(LAYERS)}.")
    fields = wanted_fields(layer) or ("class", "oneway", "maxspeed", "name", "code")
    if field not in fields:
        raise ValueError(f"{layer} has no field {field!r}: use one of {', '.join(fields)}.")
    if not heading:
        raise ValueError(f"{layer}.{field}: name the heading in the file after =.")
