"""Writing that is no plate: shop signs, livery, dealers' names, on-screen clocks. Drawn, never labelled."""

import numpy as np

from detection.training.plates.glyphs import BUILT_IN, CHINESE, LATIN, Face, fitted

_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"
_CHINESE = (
    "汽车销售服务公司上海大众一宝马奔驰丰田本东风有限北广州深圳交通运输物流旅游客公巴士小学校中心路街道"
    "出口入停场号线站年月日星期安全第一限速请勿拍照火锅面馆超市药房银行酒店宾馆手机电脑专卖修理洗美容装饰"
)
_BRANDS = (
    "HYUNDAI", "TOYOTA", "BUICK", "VOLVO", "HONDA", "BMW", "TAXI", "POLICE", "BUS", "HOTEL", "SALE",
    "CHANGAN", "FORD", "NISSAN", "EXPRESS", "SCHOOL", "STOP", "CAMERA", "AUDI", "MAZDA",
)  # fmt: skip


def drawn_words(rng: np.random.Generator) -> str:
    """Make up something that signs, vehicles and screens say and plates do not."""
    match int(rng.integers(5)):
        case 0:
            day = f"{rng.integers(2005, 2031)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
            clock = f"{rng.integers(24):02d}:{rng.integers(60):02d}:{rng.integers(60):02d}"
            return day if rng.random() < 0.4 else clock if rng.random() < 0.5 else f"{day} {clock}"
        case 1:
            return str(rng.choice(_BRANDS))
        case 2:
            return "".join(rng.choice(list(_LATIN), int(rng.integers(3, 10))))
        case 3:
            return "".join(rng.choice(list(_DIGITS), int(rng.integers(1, 4)))) + str(
                rng.choice(["", "路", "号"])
            )
    return "".join(rng.choice(list(_CHINESE), int(rng.integers(2, 9))))


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
    faces = (
        [Face(BUILT_IN, "opencv")] * 2
        if built_in
        else [LATIN[rng.integers(len(LATIN))], CHINESE[rng.integers(len(CHINESE))]]
    )
    narrow = rng.uniform(0.45, 0.9)
    parts: list[np.ndarray] = []
    for char in words:
        if char in " :-":
            parts.append(np.zeros((tall_px, max(2, tall_px // 3)), np.uint8))
            if char != " ":
                parts[-1][tall_px // 2 - 1 : tall_px // 2 + 1] = 255
            continue
        chinese = ord(char) > 127
        mask = fitted(
            faces[chinese], char, max(4, round(tall_px * (1.0 if chinese else narrow))), tall_px, tall_px / 8
        )
        parts.append(np.pad(mask, ((0, 0), (1, 1))))
    return np.hstack(parts)


def _blend(image: np.ndarray, mask: np.ndarray, at: tuple[int, int], colour: np.ndarray) -> None:
    x, y = at
    place = image[y : y + mask.shape[0], x : x + mask.shape[1]]
    share = mask[: place.shape[0], : place.shape[1], None].astype(np.float32) / 255
    place[:] = (place * (1 - share) + colour * share).astype(image.dtype)
