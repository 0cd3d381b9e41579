"""The film that is our ruler: its format, and that frames and beeps are where they say they are."""

from __future__ import annotations

import json
import math
import subprocess
from array import array
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tools import ruler

RULER = ruler.load()
MEDIA = Path(__file__).resolve().parent.parent / "static/media"
POSTER = MEDIA / "clockwork-poster.jpg"
SIZE_LIMIT_BYTES = 12_000_000
SAMPLE_RATE = 48_000
FIRST, LAST = 0, RULER.index_count - 1
CHOSEN = (
    FIRST,
    2,
    58,
    60,
    62,
    598,
    600,
    1234,
    1799,
    1800,
    2047,
    2048,
    2700,
    3333,
    3600,
    4095,
    4096,
    4999,
    5340,
    LAST,
)


@dataclass(frozen=True)
class Film:
    name: str
    fps: int
    video: str
    audio: str
    key_every_s: int

    @property
    def path(self) -> Path:
        return MEDIA / self.name

    @property
    def step(self) -> int:
        """How far the index moves from one frame to the next."""
        return RULER.index_rate // self.fps


FILMS = (
    Film("clockwork-60.webm", 60, "vp9", "opus", 2),
    Film("clockwork-30.webm", 30, "vp9", "opus", 1),
    Film("clockwork-30.mp4", 30, "h264", "aac", 1),
)
each_film = pytest.mark.parametrize("film", FILMS, ids=lambda film: film.name)


# The code


@pytest.mark.parametrize("cells", [0, RULER.cell_count - 1, RULER.cell_count + 1])
def test_wrong_number_of_cells_is_refused(cells: int) -> None:
    assert ruler.decode(RULER, [200.0] * cells) is None


@pytest.mark.parametrize("level", [0.0, 128.0, 255.0])
def test_blank_strip_is_refused(level: float) -> None:
    assert ruler.decode(RULER, [level] * RULER.cell_count) is None


pytestmark = [pytest.mark.slow, pytest.mark.beside]


def test_every_single_wrong_cell_is_refused() -> None:
    levels = levels_of(1234)
    for cell, level in enumerate(levels):
        assert ruler.decode(RULER, [*levels[:cell], 210.0 - level, *levels[cell + 1 :]]) is None


def test_every_cell_between_dark_and_lit_is_refused() -> None:
    levels = levels_of(1234)
    for cell in range(len(ruler.GUARD), len(levels) - len(ruler.GUARD)):
        assert ruler.decode(RULER, [*levels[:cell], 105.0, *levels[cell + 1 :]]) is None


def test_index_beyond_the_end_is_refused() -> None:
    assert ruler.decode(RULER, levels_of(RULER.index_count)) is None


def test_every_index_round_trips() -> None:
    for index in range(RULER.index_count):
        assert ruler.decode(RULER, levels_of(index)) == index


def test_picture_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="size"):
        ruler.sample(RULER, b"\0" * 10, RULER.width, RULER.height)


def levels_of(index: int) -> list[float]:
    return [180.0 if cell else 30.0 for cell in ruler.encode(RULER, index)]


# The files


def test_films_and_poster_together_stay_small() -> None:
    total = sum(path.stat().st_size for path in [POSTER, *(film.path for film in FILMS)])
    assert total < SIZE_LIMIT_BYTES


@each_film
def test_format(film: Film) -> None:
    facts = probe(film)
    streams = {stream["codec_type"]: stream for stream in facts["streams"]}
    assert set(streams) == {"video", "audio"}
    assert (streams["video"]["codec_name"], streams["audio"]["codec_name"]) == (
        film.video,
        film.audio,
    )
    assert (streams["video"]["width"], streams["video"]["height"]) == (RULER.width, RULER.height)
    assert streams["video"]["height"] <= 480
    assert streams["video"]["pix_fmt"] == "yuv420p"
    assert streams["video"]["avg_frame_rate"] == f"{film.fps}/1"
    assert float(facts["format"]["duration"]) == pytest.approx(RULER.duration_s, abs=1 / film.fps)
    # The lead-in of Opus, which players drop, comes before zero.
    assert -0.008 < float(facts["format"]["start_time"]) < 0.0005


@each_film
def test_every_frame_is_there_and_key_frames_lie_close(film: Film) -> None:
    packets = [packet for packet in video_packets(film) if packet["pts_time"] != "N/A"]
    times = sorted(float(packet["pts_time"]) for packet in packets)
    assert len(times) == RULER.index_count // film.step
    # WebM rounds times to a millisecond.
    assert times == pytest.approx([frame / film.fps for frame in range(len(times))], abs=0.00051)
    keys = {
        round(float(packet["pts_time"]), 2) for packet in packets if packet["flags"].startswith("K")
    }
    assert keys >= set(range(0, round(RULER.duration_s), film.key_every_s))


@each_film
def test_a_player_can_seek_before_it_has_the_whole_file(film: Film) -> None:
    content = film.path.read_bytes()
    index, media = (
        (b"moov", b"mdat")
        if film.path.suffix == ".mp4"
        else (b"\x1c\x53\xbb\x6b", b"\x1f\x43\xb6\x75")
    )
    # In WebM the seek head, which comes first, names the cues too.
    before_media = content[: content.index(media)]
    assert before_media.count(index) == (1 if film.path.suffix == ".mp4" else 2)


# The picture and the sound


@each_film
@pytest.mark.parametrize("width", [RULER.width, 320])
def test_frames_show_their_own_index(film: Film, width: int) -> None:
    for chosen in CHOSEN:
        index = chosen - chosen % film.step
        assert ruler.decode(RULER, levels_at(film, index, width)) == index


@each_film
def test_every_frame_of_the_film_is_readable(film: Film) -> None:
    height = 180
    pictures = decoded(film, ["-vf", f"scale=320:{height},format=gray", "-f", "rawvideo"])
    size = 320 * height
    indices = [
        ruler.decode(RULER, ruler.sample(RULER, pictures[at : at + size], 320, height))
        for at in range(0, len(pictures), size)
    ]
    assert indices == list(range(0, RULER.index_count, film.step))


@each_film
@pytest.mark.parametrize("kind", ["v", "a"])
def test_picture_and_sound_both_begin_at_zero(film: Film, kind: str) -> None:
    frames = ffprobe(film, "-select_streams", kind, "-read_intervals", "%+0.1", "-show_frames")
    assert float(frames["frames"][0]["pts_time"]) == pytest.approx(0, abs=0.0005)


@each_film
@pytest.mark.parametrize("second", [1, 9, 10, 45, 60, 89])
def test_beeps_begin_on_the_second(film: Film, second: int) -> None:
    sound = samples(film)
    pitch_hz = 1760 if second % 10 == 0 else 880
    at, stretch = second * SAMPLE_RATE, SAMPLE_RATE // 100
    silent = loudness(sound[at - stretch : at], pitch_hz)
    sounding = loudness(sound[at : at + stretch], pitch_hz)
    assert sounding > 0.08
    assert silent < sounding / 4


def levels_at(film: Film, index: int, width: int) -> list[float]:
    height = round(width * RULER.height / RULER.width)
    just_before_s = max(0.0, index / RULER.index_rate - 0.004)
    picture = decoded(
        film,
        ["-frames:v", "1", "-vf", f"scale={width}:{height},format=gray", "-f", "rawvideo"],
        just_before_s,
    )
    return ruler.sample(RULER, picture, width, height)


def loudness(sound: array[float], pitch_hz: int) -> float:
    """How strongly a stretch of sound swings at one pitch."""
    turn = math.tau * pitch_hz / SAMPLE_RATE
    across = sum(sample * math.cos(turn * at) for at, sample in enumerate(sound))
    along = sum(sample * math.sin(turn * at) for at, sample in enumerate(sound))
    return 2 * math.hypot(across, along) / len(sound)


@cache
def samples(film: Film) -> array[float]:
    sound = array("f")
    sound.frombytes(decoded(film, ["-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "f32le"]))
    return sound


def decoded(film: Film, options: list[str], at_s: float = 0.0) -> bytes:
    seek = ["-ss", f"{at_s:.4f}"] if at_s else []
    command = ["ffmpeg", "-v", "error", *seek, "-i", str(film.path), *options, "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def probe(film: Film) -> Any:
    return ffprobe(film, "-show_format", "-show_streams")


def video_packets(film: Film) -> Any:
    return ffprobe(film, "-select_streams", "v", "-show_entries", "packet=pts_time,flags")[
        "packets"
    ]


def ffprobe(film: Film, *options: str) -> Any:
    command = ["ffprobe", "-v", "error", "-of", "json", *options, str(film.path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
