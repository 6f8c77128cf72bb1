"""The plate reader on pixels: real photographs, a road camera full of lettering, and plates drawn here."""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection import read
from detection.plates import PlateReader, load_plate_reader

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MISNAMED = {"湘GR0L16": "浙GR0L16", "粤A94372": "粤A9A372"}
"""Photographs whose file name is not the plate to be seen in them."""
FLOOR = 0.95
"""Measured 85 of 86; a floor with room for another build of the networks."""
FLOOR_WITHOUT_PROVINCE = 0.98

needs_photographs = pytest.mark.skipif(
    not (DATA / "plates-cn").is_dir(), reason=f"no photographs: {DATA / 'plates-cn'} is missing"
)
needs_footage = pytest.mark.skipif(
    not (DATA / "traffic").is_dir(), reason=f"no road footage: {DATA / 'traffic'} is missing"
)


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return load_plate_reader(threads=2)


@needs_photographs
def test_photographs_are_read_as_well_as_measured(reader: PlateReader) -> None:
    paths = sorted((DATA / "plates-cn").iterdir())
    truths = [MISNAMED.get(path.stem, path.stem) for path in paths]
    found = [[plate.text for plate in reader.read(read.load_image(path))] for path in paths]
    exact = sum(truth in texts for truth, texts in zip(truths, found, strict=True))
    tails = sum(truth[1:] in [text[1:] for text in texts] for truth, texts in zip(truths, found, strict=True))
    assert exact >= FLOOR * len(paths)
    assert tails >= FLOOR_WITHOUT_PROVINCE * len(paths)


def _frames(path: Path, every: int) -> Iterator[np.ndarray]:
    video = cv2.VideoCapture(str(path))
    for number in range(int(video.get(cv2.CAP_PROP_FRAME_COUNT))):
        if not video.grab():
            return
        if number % every == 0:
            yield video.retrieve()[1]


@needs_footage
def test_clock_overlay_and_bus_lettering_are_no_plates(reader: PlateReader) -> None:
    """Whole frames, and strips of them as a vehicle's crop would cut through the overlay."""
    for image in _frames(DATA / "traffic" / "cn-road-camera.mp4", every=200):
        strips = [image[120:, left : left + 260] for left in range(0, 400, 130)]
        plates = [*reader.read(image), *(plate for strip in strips for plate in reader.read_vehicle(strip))]
        assert [plate.text for plate in plates] == []


def _words(*lines: str) -> np.ndarray:
    """Draw lines of text on a plain ground."""
    picture = np.full((400, 640, 3), 90, np.uint8)
    for row, line in enumerate(lines):
        cv2.putText(picture, line, (40, 120 + 110 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (255, 255, 255), 3)
    return picture


def test_words_and_clocks_are_no_plates(reader: PlateReader) -> None:
    assert reader.read(_words("2016-08-03 08:15:42", "TOYOTA", "MERCEDES BENZ")) == []
    assert reader.read(_words("EXPRESS 24", "TAXI", "MAX 12T")) == []


@pytest.mark.parametrize("shape", [(9, 9, 3), (300, 300), (300, 400, 4), (40, 9000, 3), (300, 10, 3)])
def test_pictures_of_odd_shapes_hold_no_plate_and_break_nothing(
    reader: PlateReader, shape: tuple[int, ...]
) -> None:
    assert reader.read_vehicle(np.full(shape, 90, np.uint8)) == []


def test_what_is_no_picture_is_refused_in_a_sentence(reader: PlateReader) -> None:
    with pytest.raises(ValueError, match="H x W x 3 uint8 BGR"):
        reader.read_vehicle(np.zeros((100, 100, 3)))


def test_a_picture_without_text_gives_nothing(reader: PlateReader) -> None:
    assert reader.read(np.zeros((20, 30, 3), np.uint8)) == []
    assert reader.read_vehicle(np.full((300, 10, 3), 200, np.uint8)) == []


@needs_photographs
def test_command_names_the_damaged_file_and_reads_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, broken = DATA / "plates-cn" / "川A88888.jpg", tmp_path / "坏的.jpg"
    broken.write_bytes(b"\xff\xd8\xff not a picture")
    code = read.main([str(broken), str(tmp_path / "nowhere.jpg"), str(good), "--json"])
    damaged, missing, plain = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert code == 1
    assert "damaged" in damaged["error"]
    assert damaged["plates"] == []
    assert "cannot be opened" in missing["error"]
    plate = plain["plates"][0]
    assert plate["text"] == "川A88888"
    assert plate["confidence"] == min(character["confidence"] for character in plate["characters"])
    assert plate["kind"] == "blue"
    x1, y1, x2, y2 = plate["box"]
    assert x1 < x2
    assert y1 < y2


def _drawn(text: str, ground: tuple[int, int, int], ink: tuple[int, int, int]) -> np.ndarray:
    """Draw a plate about 210 px wide on the dark front of a vehicle."""
    picture = np.full((360, 480, 3), 60, np.uint8)
    cv2.rectangle(picture, (120, 198), (330, 248), ground, -1)
    cv2.putText(picture, text, (130, 236), ink, cv2.FontFace("uni"), 34, 600)
    return picture


def _end_of(text: str) -> int:
    """Find the column at which a text drawn on a plate ends."""
    drawn = _drawn(text, (0, 0, 0), (255, 255, 255))[200:246, 122:328, 0]
    return 122 + int(np.flatnonzero((drawn > 128).any(axis=0)).max())


@pytest.mark.parametrize(
    ("drawn", "ground", "text", "kind"),
    [
        ("浙J·12K45", (180, 70, 20), "浙J12K45", "blue"),
        ("皖Q·0686学", (20, 170, 240), "皖Q0686学", "trainer"),
        ("浙J·D12345", (140, 220, 140), "浙JD12345", "green"),
        ("川A·0001警", (240, 240, 240), "川A0001警", "white_police"),
        ("KX 4821 B", (240, 240, 240), "KX4821B", "other"),
        ("AB 123 CD", (30, 200, 250), "AB123CD", "other"),
        ("VA 12345", (240, 240, 240), "VA12345", "other"),
    ],
)
def test_drawn_plate_is_read_with_its_kind(
    reader: PlateReader, drawn: str, ground: tuple[int, int, int], text: str, kind: str
) -> None:
    ink = (255, 255, 255) if kind == "blue" else (20, 20, 20)
    plates = reader.read_vehicle(_drawn(drawn, ground, ink))
    assert [(plate.text, plate.kind) for plate in plates] == [(text, kind)]


def test_a_grey_or_transparent_picture_reads_like_a_coloured_one(reader: PlateReader) -> None:
    picture = _drawn("浙J·12K45", (180, 70, 20), (255, 255, 255))
    for same in (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)):
        assert [plate.text for plate in reader.read_vehicle(same)] == ["浙J12K45"]


def test_a_hidden_character_is_unreadable_and_not_guessed(reader: PlateReader) -> None:
    picture = _drawn("浙J·12K45", (180, 70, 20), (255, 255, 255))
    ends = [_end_of("浙J·1"), _end_of("浙J·12")]
    cv2.rectangle(picture, (ends[0] + 2, 200), (ends[1], 246), (60, 60, 60), -1)
    assert [plate.text for plate in reader.read_vehicle(picture)] == ["浙J1-K45"]


def test_a_military_plate_has_its_letters_in_red(reader: PlateReader) -> None:
    picture = _drawn("", (240, 240, 240), (20, 20, 20))
    face = cv2.FontFace("uni")
    cv2.putText(picture, "VA", (134, 236), (30, 30, 200), face, 34, 600)
    cv2.putText(picture, "12345", (190, 236), (20, 20, 20), face, 34, 600)
    reads = reader.read_vehicle(picture)
    assert [(plate.text, plate.kind) for plate in reads] == [("VA12345", "white_military")]


def test_two_rows_on_yellow_are_one_plate(reader: PlateReader) -> None:
    picture = np.full((360, 480, 3), 70, np.uint8)
    cv2.rectangle(picture, (140, 150), (340, 250), (20, 170, 240), -1)
    cv2.putText(picture, "浙 J", (195, 186), (15, 15, 15), cv2.FontFace("uni"), 36, 600)
    cv2.putText(picture, "12K45", (156, 242), (15, 15, 15), cv2.FontFace("uni"), 56, 600)
    plates = reader.read_vehicle(picture)
    assert [(plate.text, plate.kind) for plate in plates] == [("浙J12K45", "yellow_double")]
