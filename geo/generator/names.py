"""Invented names: the county, its towns, villages, roads and streets. No place of these names is meant."""

import numpy as np
from numpy.typing import NDArray

COUNTY = "望海县"
COUNTY_TOWN = "望城街道"
_COAST_TOWNS = ["青屿镇", "沙浦镇", "白鹤湾镇", "东塘镇", "龙洋镇", "鹿门镇"]
_HILL_TOWNS = ["横岭镇", "云坪乡", "枫坑乡", "石桥头镇"]

_VILLAGE_FIRST = "上下东西南北前后里外大小青白金石松竹梅枫柳溪云龙凤鹤虎牛马王陈李周吴郑"
_VILLAGE_LAST = ["岙", "塘", "浦", "坑", "岭头", "湾", "坪", "洋", "桥", "店", "宅", "沙", "田", "坎头"]

_MAIN_STREETS = [
    "人民",
    "解放",
    "中山",
    "建设",
    "海滨",
    "朝阳",
    "文化",
    "迎宾",
    "新城",
    "学府",
    "渔港",
    "环城",
]
_MAIN_STREETS += [
    "和平",
    "胜利",
    "滨江",
    "望海",
    "车站",
    "工业",
    "体育场",
    "南山",
    "湖滨",
    "府前",
    "交通",
    "健康",
]
_STREET_FIRST = "海望文新东南西北安和兴健创永康平金银龙凤春秋明光"
_STREET_LAST = "滨山港城昌华宁泰门塘河园泉林苑"

SIDES = ["北", "东北", "东", "东南", "南", "西南", "西", "西北"]
SOCIAL_PLACES = [
    "便利店",
    "村口",
    "超市",
    "集市",
    "停车场",
    "加油站",
    "快递站",
    "文化礼堂",
    "小学门口",
    "渔具店",
    "饭店",
]


def name_towns(east_m: NDArray[np.float64]) -> list[str]:
    """Return town names: the first is the county town, eastern towns get names of the coast."""
    names = [COUNTY_TOWN] + [""] * (len(east_m) - 1)
    pool = _HILL_TOWNS + _COAST_TOWNS
    for name, town in zip(pool, np.argsort(east_m[1:], kind="stable") + 1, strict=False):
        names[town] = name
    return names


def name_villages(rng: np.random.Generator, count: int) -> list[str]:
    """Return different village names."""
    pool = [f"{first}{last}村" for first in _VILLAGE_FIRST for last in _VILLAGE_LAST]
    return [pool[i] for i in rng.permutation(len(pool))[:count]]


def name_streets(rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Return stems for main streets and for other streets, shuffled."""
    others = [first + last for first in _STREET_FIRST for last in _STREET_LAST]
    return [_MAIN_STREETS[i] for i in rng.permutation(len(_MAIN_STREETS))], [
        others[i] for i in rng.permutation(len(others))
    ]


def without_twins(names: list[str]) -> list[str]:
    """Return the names, numbering the second and later of equal ones."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}{seen[name]}")
    return unique


def side_of(heading_deg: float) -> str:
    """Return the side a heading points to."""
    return SIDES[int((heading_deg + 22.5) // 45) % 8]
