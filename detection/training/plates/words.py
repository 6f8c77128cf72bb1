"""Writing that is no plate: shop signs, livery, dealers' names, on-screen clocks. Drawn, never labelled."""

import cv2
import numpy as np

from detection.training.plates.glyphs import BUILT_IN, CHINESE, DRAWN, LATIN, Face, fitted

_PRINTED = tuple(face for face in LATIN if face.path != DRAWN)
_COMPLETE = tuple(face for face in CHINESE if face.package in ("fonts-noto-cjk", "fonts-wqy-zenhei"))
"""Fonts that hold any common character, not only those of plates."""
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"
_CHINESE = (
    "汽车销售服务公司上海大众一宝马奔驰丰田本东风有限北广州深圳交通运输物流旅游客公巴士小学校中心路街道"
    "出口入停场号线站年月日星期安全第一限速请勿拍照火锅面馆超市药房银行酒店宾馆手机电脑专卖修理洗美容装饰"
    "地下大门西东担保快速放款小额贷公益五菱兴旺点评干锅鸭头欢迎您占用消防通道易网博客易车建设工程物业管理"
)
_BRANDS = (
    "HYUNDAI", "TOYOTA", "BUICK", "VOLVO", "HONDA", "BMW", "TAXI", "POLICE", "BUS", "HOTEL", "SALE",
    "CHANGAN", "FORD", "NISSAN", "EXPRESS", "SCHOOL", "STOP", "CAMERA", "AUDI", "MAZDA",
)  # fmt: skip


def drawn_words(rng: np.random.Generator) -> str:
    """Make up something that signs, vehicles and screens say and plates do not."""
    match int(rng.integers(7)):
        case 0 | 1:
            return _clock(rng)
        case 2:
            return str(rng.choice(_BRANDS))
        case 3:
            letters = _LATIN if rng.random() < 0.5 else _LATIN.lower() + "..."
            return "".join(rng.choice(list(letters), int(rng.integers(3, 14))))
        case 4:
            number = "".join(rng.choice(list(_DIGITS), int(rng.integers(1, 12))))
            return number + str(rng.choice(["", "", "路", "号", "元"]))
    if rng.random() < 0.5:
        return "".join(chr(code) for code in rng.integers(0x4E00, 0x9FA5, int(rng.integers(2, 9))))
    return "".join(rng.choice(list(_CHINESE), int(rng.integers(2, 11))))


def _clock(rng: np.random.Generator) -> str:
    """A date, a time or both, as cameras write them into their pictures."""
    apart = str(rng.choice(["-", "/", "."]))
    day = f"{rng.integers(2005, 2031)}{apart}{rng.integers(1, 13):02d}{apart}{rng.integers(1, 29):02d}"
    clock = f"{rng.integers(24):02d}:{rng.integers(60):02d}:{rng.integers(60):02d}"
    return str(rng.choice([day, clock, f"{day} {clock}"]))


def write_words(rng: np.random.Generator, image: np.ndarray, lines: int, built_in: bool = False) -> None:
    """Write lines of words somewhere in a BGR image."""
    height, width = image.shape[:2]
    for _ in range(lines):
        colour = np.clip(rng.normal(rng.choice([20, 235]), 25, 3), 0, 255)
        tall = max(5, int(rng.uniform(0.06, 0.16) * height))
        mask = word_mask(rng, drawn_words(rng), tall, built_in=built_in)
        x, y = (
            int(rng.uniform(0, max(1, width - mask.shape[1]))),
            int(rng.uniform(0, max(1, height - tall - 4))),
        )
        _blend(image, mask, (x, y), colour)


def word_mask(rng: np.random.Generator, words: str, tall_px: int, *, built_in: bool = False) -> np.ndarray:
    """Draw one line of words as a mask (h x w uint8)."""
    latin, chinese = (some[rng.integers(len(some))] for some in (_PRINTED, _COMPLETE))
    faces = [Face(BUILT_IN, "opencv")] * 2 if built_in else [latin, chinese]
    narrow = rng.uniform(0.45, 0.9)
    parts: list[np.ndarray] = []
    for char in words:
        if char in " :-/.":
            parts.append(_separator(char, tall_px))
            continue
        is_chinese = ord(char) > 127
        width_px = max(4, round(tall_px * (1.0 if is_chinese else narrow)))
        mask = fitted(faces[is_chinese], char, width_px, tall_px, tall_px / 8)
        parts.append(np.pad(mask, ((0, 0), (1, 1))))
    return np.hstack(parts)


def shape_mask(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Draw a few discs, rings and corners, as of badges, lamps and stars (h x w uint8)."""
    width, height = size
    mask = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(1, 7))):
        centre = np.array([rng.uniform(0, width), rng.uniform(0.2, 0.8) * height])
        if rng.random() < 0.5:
            axes = (int(rng.uniform(3, 30)), int(rng.uniform(3, 20)))
            thick = -1 if rng.random() < 0.4 else int(rng.integers(1, 6))
            cv2.ellipse(mask, centre.astype(int).tolist(), axes, 0, 0, 360, (255,), thick, cv2.LINE_AA)
        else:
            corners = centre + rng.uniform(-18, 18, (int(rng.integers(3, 8)), 2))
            cv2.fillPoly(mask, [corners.astype(np.int32)], (255,), cv2.LINE_AA)
    return mask


def _separator(char: str, tall_px: int) -> np.ndarray:
    """Draw a space or one of : - / . as a mask."""
    mask = np.zeros((tall_px, max(3, tall_px // 3)), np.uint8)
    wide, thick = mask.shape[1], max(1, tall_px // 10)
    if char == "/":
        cv2.line(mask, (wide - 2, 0), (1, tall_px - 1), (255,), thick, cv2.LINE_AA)
    for height in {":": (0.3, 0.8), "-": (0.5,), ".": (0.95,)}.get(char, ()):
        left = 1 if char == "-" else wide // 2 - thick
        top = min(tall_px - thick, round(height * tall_px))
        mask[top : top + thick, left : wide - left] = 255
    return mask


def _blend(image: np.ndarray, mask: np.ndarray, at: tuple[int, int], colour: np.ndarray) -> None:
    x, y = at
    place = image[y : y + mask.shape[0], x : x + mask.shape[1]]
    share = mask[: place.shape[0], : place.shape[1], None].astype(np.float32) / 255
    place[:] = (place * (1 - share) + colour * share).astype(image.dtype)
