"""Draws, scores and encodes Clockwork, the 90-second film that is our demo and our ruler.

Run `python tools/make_film.py` after `pip install -r tools/requirements-film.txt`, with ffmpeg and
the Debian package fonts-jetbrains-mono (SIL Open Font License) installed. It takes some minutes and
writes `static/media/clockwork-*`. `--still SECONDS FILE` draws one picture instead.

Everything moves with a period that divides the film, so the last frame leads into the first. Each
second, on the exact frame and sample, the lamp flashes and a beep sounds; the tenth is higher and
throws a ring. The strip at the bottom edge holds the frame index, see `tools/ruler.py`.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import Pool
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import ruler as ruler_module  # noqa: E402

Plane = NDArray[np.floating[Any]]  # height x width
Picture = NDArray[np.floating[Any]]  # height x width x RGB, 0 to 1
Colour = tuple[float, float, float]
Planets = tuple[tuple[float, int, float, Colour], ...]  # orbit radius, period, size, colour

RULER = ruler_module.load()
WIDTH, HEIGHT, FPS = RULER.width, RULER.height, RULER.index_rate
DURATION_S = round(RULER.duration_s)
MEDIA = ROOT / "static/media"
POSTER_AT_S = 12.25

FONT_DIR = Path("/usr/share/fonts/truetype/jetbrains-mono")
FONT_PACKAGE = "fonts-jetbrains-mono"

INK = (0.028, 0.043, 0.090)
DUSK = (0.075, 0.130, 0.215)
HORIZON = (0.20, 0.17, 0.19)
HILL_FAR = (0.046, 0.072, 0.122)
HILL_NEAR = (0.024, 0.037, 0.068)
AMBER = (1.0, 0.66, 0.26)
PAPER = (0.96, 0.92, 0.85)
CYAN = (0.30, 0.84, 0.92)
TEAL = (0.10, 0.62, 0.60)
VIOLET = (0.34, 0.26, 0.66)
STRIP = (0.022, 0.034, 0.063)
CELL_DARK = (0.058, 0.086, 0.140)
CELL_LIT = (0.84, 0.67, 0.44)

CENTRE = (232.0, 216.0)
DIAL_R = 188.0
BEAD_R = 58.0
# Each period divides the film: all meet at the top when it starts.
PLANETS: Planets = (
    (86.0, 10, 5.0, CYAN),
    (112.0, 30, 6.5, PAPER),
    (138.0, 45, 4.5, VIOLET),
)
WANDERERS: Planets = (
    (330.0, 90, 4.0, TEAL),
    (470.0, 90, 3.0, PAPER),
)
TEXT_X = 468
TIME_BASELINE_Y = 220

SAMPLE_RATE = 48_000
BEEP_HZ, TENTH_HZ = 880, 1760
# Every chord holds an A, so that the beeps are always in tune; 15 s each, in Hz.
CHORDS = (
    (110.0, 164.81, 220.0, 277.18, 329.63),
    (92.5, 138.59, 220.0, 277.18, 329.63),
    (73.42, 146.83, 220.0, 277.18, 369.99),
    (123.47, 185.0, 220.0, 293.66, 369.99),
    (73.42, 146.83, 220.0, 329.63, 369.99),
    (82.41, 164.81, 220.0, 246.94, 369.99),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--still", nargs=2, metavar=("SECONDS", "FILE"), help="draw one picture and stop"
    )
    arguments = parser.parse_args()
    if arguments.still:
        at_s, path = arguments.still
        save_still(float(at_s), Path(path))
    else:
        make_film()


def make_film() -> None:
    MEDIA.mkdir(parents=True, exist_ok=True)
    save_still(POSTER_AT_S, MEDIA / "clockwork-poster.jpg")
    with tempfile.TemporaryDirectory() as folder:
        master, score = Path(folder) / "master.mkv", Path(folder) / "score.wav"
        write_score(score)
        write_master(master)
        encode_webm(master, score, Path(folder), "clockwork-60.webm", FAST)
        encode_webm(master, score, Path(folder), "clockwork-30.webm", SLOW)
        encode_mp4(master, score, "clockwork-30.mp4")


# Encoding


QUIET = "ffmpeg -v error -y"
TO_BT709 = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int"
COLOUR = (
    "-pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv"
)
# Sound is coded in whole packets: this much less, and the last one doesn't outlast the picture.
SOUND = f"-af atrim=end={DURATION_S - 0.01}"
TITLE = "-metadata title=Clockwork"


def write_master(path: Path) -> None:
    """All frames, losslessly but for the chroma that the films don't keep either."""
    picture = f"-f rawvideo -pix_fmt rgb24 -s {WIDTH}x{HEIGHT} -r {FPS} -i -"
    codec = f"-vf {TO_BT709} -pix_fmt yuv420p -c:v libx264 -preset ultrafast -qp 0"
    with piped([*words(QUIET, picture, codec), str(path)]) as pipe, Pool() as pool:
        for frame in pool.imap(draw_frame_bytes, range(RULER.index_count), chunksize=20):
            pipe.write(frame)


@dataclass(frozen=True)
class Vp9:
    """How one film is coded; `effort` is libvpx's cpu-used, where less is more."""

    step: int
    crf: int
    key_every_s: int
    effort: int


FAST = Vp9(step=1, crf=43, key_every_s=2, effort=3)
SLOW = Vp9(step=2, crf=45, key_every_s=1, effort=2)


def encode_webm(master: Path, score: Path, folder: Path, name: str, vp9: Vp9) -> None:
    """VP9 and Opus; key frames lie on whole seconds, and the cues come first, for quick seeks."""
    codec = f"-vf framestep={vp9.step} -c:v libvpx-vp9 -b:v 0 -crf {vp9.crf} -deadline good"
    keys = f"-g {vp9.key_every_s * FPS // vp9.step} -row-mt 1 -tile-columns 0 -threads 2"
    video = [*words(codec, keys, COLOUR), "-passlogfile", str(folder / name)]
    learn = words("-cpu-used 4 -pass 1 -f null -")
    spend = words(f"-cpu-used {vp9.effort} -pass 2 -auto-alt-ref 1 -lag-in-frames 25")
    silent, sound = folder / f"silent-{name}", folder / f"sound-{name}"
    run([*words(QUIET), "-i", str(master), *video, *learn])
    run([*words(QUIET), "-i", str(master), *video, *spend, str(silent)])
    run([*words(QUIET), "-i", str(score), *words(SOUND, "-c:a libopus -b:a 48k"), str(sound)])
    join_webm(silent, sound, MEDIA / name)


def join_webm(silent: Path, sound: Path, path: Path) -> None:
    """Picture and sound, both from zero.

    Coded in one go with the picture, the 7 ms lead-in of Opus makes ffmpeg move every picture
    that much later than its index says; joined afterwards, it does not.
    """
    inputs = ["-i", str(silent), "-i", str(sound)]
    options = words("-map 0:v -map 1:a -c copy -cues_to_front 1", TITLE)
    run([*words(QUIET), *inputs, *options, str(path)])


def encode_mp4(master: Path, score: Path, name: str) -> None:
    """H.264 and AAC, for the browsers without VP9; key frames on whole seconds."""
    codec = "-vf framestep=2 -c:v libx264 -preset slow -crf 29 -profile:v high -level 3.1"
    keys = f"-g {FPS // 2} -keyint_min {FPS // 2} -sc_threshold 0 -aq-mode 3"
    sound = words(
        "-map 0:v -map 1:a -c:a aac -b:a 80k", SOUND, f"-t {DURATION_S} -movflags +faststart", TITLE
    )
    inputs = ["-i", str(master), "-i", str(score)]
    run([*words(QUIET), *inputs, *words(codec, keys, COLOUR), *sound, str(MEDIA / name)])


def words(*lines: str) -> list[str]:
    return [word for line in lines for word in line.split()]


def run(command: list[str]) -> None:
    subprocess.run(command, check=True)


@contextmanager
def piped(command: list[str]) -> Iterator[IO[bytes]]:
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    if process.stdin is None:
        raise RuntimeError("ffmpeg has no input pipe")
    yield process.stdin
    process.stdin.close()
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, command)


def save_still(at_s: float, path: Path) -> None:
    Image.fromarray(draw_frame(round(at_s * FPS))).save(path, quality=82, optimize=True)


# One frame


def draw_frame_bytes(index: int) -> bytes:
    return draw_frame(index).tobytes()


def draw_frame(index: int) -> NDArray[np.uint8]:
    """Frame `index` of the film, in 60ths of a second, as 8-bit RGB."""
    t_s = index / FPS
    frame = backdrop() + sky_lights(t_s)
    draw_lamp(frame, t_s)
    draw_planets(frame, PLANETS, t_s)
    draw_bead(frame, t_s)
    draw_hand(frame, t_s)
    draw_window(frame, t_s)
    draw_time(frame, index)
    draw_beats(frame, t_s)
    draw_strip(frame, index)
    levels: NDArray[np.uint8] = np.clip(frame * 255 + dither(), 0, 255).astype(np.uint8)
    return levels


def beat(t_s: float, decay_s: float = 0.16) -> float:
    """One at each second, then fading."""
    return math.exp(-(t_s % 1) / decay_s)


def is_tenth(t_s: float) -> bool:
    return int(t_s) % 10 == 0


# What stands still


@cache
def backdrop() -> Picture:
    """Sky, stars, orbits, dial and hills: all that stands still."""
    x, y = grid(0, 0, WIDTH, HEIGHT)
    height = np.clip(y / 420, 0, 1) ** 1.6
    picture = lerp(INK, DUSK, height)
    add(
        picture,
        HORIZON,
        np.exp(-(((y - 415) / 70) ** 2)) * (0.45 + 0.55 * np.exp(-(((x - 640) / 300) ** 2))),
    )
    draw_stars(picture)
    draw_orbits(picture, x, y)
    draw_dial(picture)
    draw_hills(picture, x, y)
    draw_labels(picture)
    return picture


def draw_stars(picture: Picture) -> None:
    random = np.random.default_rng(90)
    for _ in range(230):
        x, y = random.uniform(0, WIDTH), 400 * random.uniform(0, 1) ** 1.2
        size, light = random.uniform(0.5, 0.95), random.uniform(0.10, 0.62) ** 1.5
        colour = PAPER if random.uniform() < 0.7 else CYAN
        glow(picture, (x, y), size, colour, light)


def draw_orbits(picture: Picture, x: Plane, y: Plane) -> None:
    distance = np.hypot(x - CENTRE[0], y - CENTRE[1])
    for radius, *_ in PLANETS + WANDERERS:
        add(picture, CYAN, ring(distance, radius, 0.5) * (0.17 if radius < DIAL_R else 0.085))


def draw_dial(picture: Picture) -> None:
    """A tick for each second of the film, longer and numbered at every tenth; dots for 60ths."""
    for second in range(DURATION_S):
        tenth = second % 10 == 0
        fifth = second % 5 == 0
        inner = DIAL_R - (13 if tenth else 9 if fifth else 6)
        angle = math.tau * second / DURATION_S
        width, light = (1.0, 0.85) if tenth else (0.55, 0.5 if fifth else 0.34)
        segment(picture, polar(inner, angle), polar(DIAL_R, angle), width, PAPER, light)
        if tenth:
            x, y = polar(DIAL_R - 25, angle)
            write_centred(picture, str(second), x, y, font("Regular", 11), PAPER, 0.62)
    for sixtieth in range(60):
        size = 1.15 if sixtieth % 5 == 0 else 0.7
        glow(picture, polar(BEAD_R, math.tau * sixtieth / 60), size, CYAN, 0.34)


def draw_hills(picture: Picture, x: Plane, y: Plane) -> None:
    """Two ridges and a small observatory."""
    far, near, dome = silhouettes(x, y)
    over(picture, HILL_FAR, far)
    over(picture, HILL_NEAR, np.maximum(near, dome))


@cache
def sky_mask() -> Plane:
    x, y = grid(0, 0, WIDTH, HEIGHT)
    far, near, dome = silhouettes(x, y)
    return 1 - np.maximum(np.maximum(far, near), dome)


OBSERVATORY_X, OBSERVATORY_Y = 724.0, 391.0


def silhouettes(x: Plane, y: Plane) -> tuple[Plane, Plane, Plane]:
    far_y = 410 - 10 * np.sin(x / 97 + 0.6) - 6 * np.sin(x / 41 + 2.0) - 1.2 * np.sin(x / 9)
    near_y = 429 - 7 * np.sin(x / 130 + 4.2) - 0.8 * np.sin(x / 7)
    near_y -= 26 * np.exp(-(((x - OBSERVATORY_X) / 110) ** 2))
    return smooth(y - far_y), smooth(y - near_y), observatory(x - OBSERVATORY_X, y - OBSERVATORY_Y)


def observatory(x: Plane, y: Plane) -> Plane:
    """A drum, its dome, and a telescope; zero is the middle of the dome's foot."""
    drum = smooth(19 - np.abs(x)) * smooth(y)
    dome = smooth(22 - np.hypot(x, y)) * smooth(1 - y)
    along, across = -x * 0.64 - (y + 6) * 0.77, x * 0.77 - (y + 6) * 0.64
    telescope = smooth(3.4 - np.abs(across)) * smooth(along) * smooth(31 - along)
    return np.maximum(np.maximum(drum, dome), telescope)


def draw_labels(picture: Picture) -> None:
    write(picture, "Clock Synchronization World", TEXT_X + 2, 132, font("Regular", 15), PAPER, 0.74)
    write(picture, "CSW", 21, 468, font("Medium", 11), AMBER, 0.50)
    write(picture, "60", 818, 468, font("Medium", 11), AMBER, 0.50)


# What moves


def sky_lights(t_s: float) -> Picture:
    """The aurora and the far wanderers, which set behind the hills."""
    lights = aurora(t_s)
    draw_planets(lights, WANDERERS, t_s)
    lights *= sky_mask()[:, :, None]
    return lights


def aurora(t_s: float) -> Picture:
    """Slow curtains of light, drawn small and enlarged; every drift's period divides the film."""
    small_w, small_h = WIDTH // 6, HEIGHT // 6
    x = np.linspace(0, 1, small_w, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, small_h, dtype=np.float32)[:, None]
    picture = np.zeros((small_h, small_w, 3), np.float32)
    turn = math.tau * t_s / DURATION_S
    for low, high, foot, tall, light, phase in (
        (TEAL, VIOLET, 0.66, 0.46, 0.62, 0.0),
        (CYAN, VIOLET, 0.47, 0.32, 0.30, 2.1),
    ):
        edge = (
            foot
            + 0.07 * np.sin(4.2 * x + turn + phase)
            + 0.04 * np.sin(9.0 * x - 2 * turn + 2 * phase)
        )
        rise = (edge - y) / tall
        fade = np.where(rise > 0, np.exp(-2.2 * np.abs(rise)), np.exp(-((rise / 0.16) ** 2)))
        rays = 0.62 + 0.26 * np.sin(17 * x + 2 * turn + phase + 1.5 * np.sin(5 * x - turn))
        rays = rays + 0.12 * np.sin(43 * x - 3 * turn + phase)
        breath = 0.55 + 0.45 * np.sin(2.6 * x - 2 * turn + phase)
        strength = (light * fade * rays * breath)[:, :, None]
        tint = np.clip(rise, 0, 1)[:, :, None]
        picture += strength * (
            (1 - tint) * np.array(low, np.float32) + tint * np.array(high, np.float32)
        )
    return enlarge(picture)


def draw_lamp(frame: Picture, t_s: float) -> None:
    """The one warm light: it flashes at each second, and sends out a ring at each tenth."""
    flash = beat(t_s)
    tenth = is_tenth(t_s)
    glow(frame, CENTRE, 60, AMBER, 0.10 + (0.30 if tenth else 0.22) * flash)
    glow(frame, CENTRE, 15, AMBER, 0.46 + 0.16 * flash)
    disc(frame, CENTRE, 10 + 3 * flash, PAPER, 0.55 + 0.45 * flash)
    age_s = t_s % 1
    radius = 16 + (DIAL_R - 16 if tenth else 34) * (1 - (1 - age_s) ** 2)
    light = (0.60 if tenth else 0.34) * (1 - age_s) ** 2 * min(1, age_s / 0.12)
    around, (x, y) = window_on(frame, CENTRE, radius + 6)
    add(around, AMBER, ring(np.hypot(x - CENTRE[0], y - CENTRE[1]), radius, 1.2) * light)


def draw_planets(frame: Picture, planets: Planets, t_s: float) -> None:
    for radius, period_s, size, colour in planets:
        here = polar(radius, math.tau * t_s / period_s)
        lift = beat(t_s, 0.3) if period_s == 10 and is_tenth(t_s) else 0.0
        glow(frame, here, size * 2.4, colour, 0.26 + 0.4 * lift)
        disc(frame, here, size, colour, 0.92)


def draw_bead(frame: Picture, t_s: float) -> None:
    """A bead that goes round once a second, one dot a frame, with its last dots afterglowing."""
    now = round(t_s * FPS)
    for back in range(14):
        angle = math.tau * ((now - back) % 60) / 60
        glow(frame, polar(BEAD_R, angle), 2.6 - 0.11 * back, CYAN, (1 - back / 14) ** 1.6)


def draw_hand(frame: Picture, t_s: float) -> None:
    """The hand that sweeps the film's 90 seconds, a soft wake behind it."""
    turn = t_s / DURATION_S
    around, (x, y) = window_on(frame, CENTRE, DIAL_R + 4)
    distance = np.hypot(x - CENTRE[0], y - CENTRE[1])
    behind = (turn - np.arctan2(x - CENTRE[0], CENTRE[1] - y) / math.tau) % 1
    wake = np.clip(1 - behind * 7, 0, 1) ** 2
    add(
        around,
        AMBER,
        wake * (0.75 * ring(distance, DIAL_R + 3, 1.2) + 0.10 * band(distance, BEAD_R + 8, DIAL_R)),
    )
    angle = math.tau * turn
    segment(frame, polar(24, angle), polar(DIAL_R - 2, angle), 2.4, AMBER, 0.20, soft=3.0)
    segment(frame, polar(24, angle), polar(DIAL_R - 2, angle), 0.95, AMBER, 0.95)


def draw_window(frame: Picture, t_s: float) -> None:
    """Somebody is awake in the observatory, and keeps the time."""
    here = (OBSERVATORY_X, OBSERVATORY_Y + 10)
    glow(frame, here, 10, AMBER, 0.10 + 0.40 * beat(t_s))
    disc(frame, here, 2.8, AMBER, 0.50 + 0.50 * beat(t_s))


def draw_time(frame: Picture, index: int) -> None:
    seconds, sixtieth = divmod(index, FPS)
    big, small = font("Medium", 80), font("Regular", 42)
    x = write(
        frame,
        f"{seconds // 60:02}:{seconds % 60:02}",
        TEXT_X - 4,
        TIME_BASELINE_Y,
        big,
        PAPER,
        0.96,
    )
    write(frame, f".{1000 * sixtieth // FPS:03}", x - 2, TIME_BASELINE_Y, small, CYAN, 0.90)
    write(frame, f"{index:04}", TEXT_X + 2, 298, font("Medium", 15), CYAN, 0.85)
    write(
        frame,
        f"/ {RULER.index_count} sixtieths",
        TEXT_X + 2 + 45,
        298,
        font("Regular", 15),
        PAPER,
        0.55,
    )


def draw_beats(frame: Picture, t_s: float) -> None:
    """Ten beats, as many lit as have sounded; the one sounding glows."""
    now = int(t_s) % 10
    for number in range(10):
        x0, y = TEXT_X + 4 + 33.6 * number, 252.0
        light = 0.14 if number > now else 0.46 + (0.54 * beat(t_s, 0.25) if number == now else 0)
        colour = AMBER if number <= now else PAPER
        segment(frame, (x0, y), (x0 + 22, y), 2.0, colour, light)
        if number == now:
            segment(frame, (x0, y), (x0 + 22, y), 5.0, AMBER, 0.35 * beat(t_s, 0.25), soft=6.0)


def draw_strip(frame: Picture, index: int) -> None:
    """The index as the lit perforations of a film's edge."""
    frame[RULER.strip_y :] = edge_print()
    lit, dark = perforations()
    for number, cell in enumerate(ruler_module.encode(RULER, index)):
        x = RULER.strip_x + number * RULER.cell_width
        frame[RULER.strip_y :, x : x + RULER.cell_width] = lit if cell else dark


@cache
def edge_print() -> Picture:
    strip = backdrop()[RULER.strip_y :]
    letters = np.clip(strip - np.array(HILL_NEAR, np.float32), 0, 1)
    return letters + np.array(STRIP, np.float32)


@cache
def perforations() -> tuple[Picture, Picture]:
    x, y = grid(0, 0, RULER.cell_width, RULER.cell_height)
    inside = rounded(x - RULER.cell_width / 2 + 0.5, y - RULER.cell_height / 2 + 0.5, 13, 12, 5)
    cells = []
    for colour in (CELL_LIT, CELL_DARK):
        cell = np.empty((RULER.cell_height, RULER.cell_width, 3), np.float32)
        cell[:] = STRIP
        over(cell, colour, inside)
        cells.append(cell)
    return cells[0], cells[1]


# Drawing: shapes are distances turned into light, so that all motion is exact below a pixel


def grid(x0: int, y0: int, x1: int, y1: int) -> tuple[Plane, Plane]:
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    return x, y


def window_on(
    frame: Picture, at: tuple[float, float], reach: float
) -> tuple[Picture, tuple[Plane, Plane]]:
    """The part of a frame within reach of a point, as a view, and its coordinates."""
    x0, x1 = (int(np.clip(edge, 0, frame.shape[1])) for edge in (at[0] - reach, at[0] + reach + 2))
    y0, y1 = (int(np.clip(edge, 0, frame.shape[0])) for edge in (at[1] - reach, at[1] + reach + 2))
    return frame[y0:y1, x0:x1], grid(x0, y0, x1, y1)


def polar(radius: float, angle: float) -> tuple[float, float]:
    """A point of the dial; angles run clockwise from the top."""
    return CENTRE[0] + radius * math.sin(angle), CENTRE[1] - radius * math.cos(angle)


def smooth(inside_px: Plane) -> Plane:
    """Coverage of a pixel whose centre lies this far inside an edge."""
    coverage: Plane = np.clip(inside_px + 0.5, 0, 1)
    return coverage


def ring(distance: Plane, radius: float, half_width: float) -> Plane:
    return smooth(half_width - np.abs(distance - radius))


def band(distance: Plane, inner: float, outer: float) -> Plane:
    return smooth(distance - inner) * smooth(outer - distance)


def rounded(x: Plane, y: Plane, half_w: float, half_h: float, corner: float) -> Plane:
    dx, dy = np.maximum(np.abs(x) - half_w + corner, 0), np.maximum(np.abs(y) - half_h + corner, 0)
    return smooth(corner - np.hypot(dx, dy))


def add(picture: Picture, colour: Colour, light: Plane) -> None:
    picture += light[:, :, None] * np.array(colour, np.float32)


def over(picture: Picture, colour: Colour, coverage: Plane) -> None:
    picture += coverage[:, :, None] * (np.array(colour, np.float32) - picture)


def lerp(low: Colour, high: Colour, share: Plane) -> Picture:
    first, last = np.array(low, np.float32), np.array(high, np.float32)
    return first + share[:, :, None] * (last - first)


def glow(
    picture: Picture, at: tuple[float, float], size: float, colour: Colour, light: float
) -> None:
    around, (x, y) = window_on(picture, at, 3.2 * size + 1)
    fade = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * size**2)) - math.exp(-0.5 * 3.2**2)
    add(around, colour, light * np.clip(fade, 0, 1))


def disc(
    picture: Picture, at: tuple[float, float], radius: float, colour: Colour, opacity: float
) -> None:
    around, (x, y) = window_on(picture, at, radius + 2)
    over(around, colour, opacity * smooth(radius - np.hypot(x - at[0], y - at[1])))


def segment(
    picture: Picture,
    start: tuple[float, float],
    end: tuple[float, float],
    half_width: float,
    colour: Colour,
    light: float,
    soft: float = 0,
) -> None:
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    dx, dy = end[0] - start[0], end[1] - start[1]
    reach = max(abs(dx), abs(dy)) / 2 + half_width + 3 * soft + 2
    around, (x, y) = window_on(picture, middle, reach)
    share = np.clip(((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy), 0, 1)
    distance = np.hypot(x - start[0] - share * dx, y - start[1] - share * dy)
    if soft:
        add(around, colour, light * np.exp(-((distance / (half_width + soft)) ** 2)))
    else:
        over(around, colour, light * smooth(half_width - distance))


def enlarge(small: Picture) -> Picture:
    planes = (Image.fromarray(np.ascontiguousarray(small[:, :, channel])) for channel in range(3))
    size = (WIDTH, HEIGHT)
    return np.stack(
        [np.asarray(plane.resize(size, Image.Resampling.BICUBIC)) for plane in planes], axis=2
    )


@cache
def dither() -> Picture:
    """Half a level of fixed grain: it breaks up bands, and costs nothing where nothing moves."""
    noise = np.random.default_rng(60).uniform(0, 1, (HEIGHT, WIDTH, 1))
    return noise.astype(np.float32)


@cache
def font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    path = FONT_DIR / f"JetBrainsMono-{weight}.ttf"
    if not path.exists():
        raise SystemExit(f"{path.name} is missing: install the Debian package {FONT_PACKAGE}.")
    return ImageFont.truetype(str(path), size)


@cache
def text_mask(text: str, face: ImageFont.FreeTypeFont) -> tuple[Plane, int]:
    """A text's coverage from its pen position, and how far above the baseline it reaches."""
    ascent, descent = face.getmetrics()
    image = Image.new("L", (math.ceil(face.getlength(text)) + 2, ascent + descent))
    ImageDraw.Draw(image).text((0, 0), text, fill=255, font=face, features=["-calt", "-liga"])
    return np.asarray(image, np.float32) / 255, ascent


def write(
    picture: Picture,
    text: str,
    x: float,
    baseline: float,
    face: ImageFont.FreeTypeFont,
    colour: Colour,
    light: float,
) -> float:
    """Sets text glyph by glyph on the font's fixed pitch and returns where it ends."""
    for glyph in text:
        mask, ascent = text_mask(glyph, face)
        left, top = round(x), round(baseline) - ascent
        over(picture[top : top + mask.shape[0], left : left + mask.shape[1]], colour, light * mask)
        x += face.getlength(glyph)
    return x


def write_centred(
    picture: Picture,
    text: str,
    x: float,
    y: float,
    face: ImageFont.FreeTypeFont,
    colour: Colour,
    light: float,
) -> None:
    cap_height = -face.getbbox("0", anchor="ls")[1]
    write(picture, text, x - face.getlength(text) / 2, y + cap_height / 2, face, colour, light)


# Sound


def write_score(path: Path) -> None:
    """A soft pad under one beep a second, as 16-bit stereo."""
    score = pad() + beeps()[None, :]
    samples = (np.clip(score, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.T.tobytes())


def beeps() -> NDArray[np.float64]:
    score = np.zeros(DURATION_S * SAMPLE_RATE)
    for second in range(DURATION_S):
        sound = beep(TENTH_HZ, 0.30, 0.070) if second % 10 == 0 else beep(BEEP_HZ, 0.24, 0.045)
        start = second * SAMPLE_RATE
        score[start : start + len(sound)] += sound
    return score


def beep(pitch_hz: float, loudness: float, decay_s: float) -> NDArray[np.float64]:
    """A struck sine: two milliseconds of attack, so that its onset is exact and yet no click."""
    t = np.arange(int(0.6 * SAMPLE_RATE)) / SAMPLE_RATE
    attack = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / 0.002, 0, 1))
    release = np.clip((0.6 - t) / 0.1, 0, 1)
    tone = np.sin(math.tau * pitch_hz * t) + 0.22 * np.sin(2 * math.tau * pitch_hz * t) * np.exp(
        -t / 0.02
    )
    sound: NDArray[np.float64] = loudness * tone * attack * release * np.exp(-t / decay_s)
    return sound


def pad() -> NDArray[np.float64]:
    """Slow chords of paired sines; whole cycles per film, so that the loop is seamless."""
    t = np.arange(DURATION_S * SAMPLE_RATE) / SAMPLE_RATE
    score = np.zeros((2, len(t)))
    each_s = DURATION_S / len(CHORDS)
    for number, chord in enumerate(CHORDS):
        away_s = np.abs(
            (t - (number + 0.5) * each_s + DURATION_S / 2) % DURATION_S - DURATION_S / 2
        )
        fade = 0.5 + 0.5 * np.cos(np.pi * np.clip((away_s - each_s / 2 + 2.5) / 5, 0, 1))
        for voice, pitch_hz in enumerate(chord):
            swell = 0.7 + 0.3 * np.sin(math.tau * t * (3 + voice) / DURATION_S + voice)
            for channel, detune in ((0, 0.9988), (1, 1.0012)):
                score[channel] += voice_of(pitch_hz * detune, t) * fade * swell / (1 + 0.5 * voice)
    return 0.035 * score


def voice_of(pitch_hz: float, t: NDArray[np.float64]) -> NDArray[np.float64]:
    whole_hz = round(pitch_hz * DURATION_S) / DURATION_S
    turn = math.tau * whole_hz * t
    wave_form: NDArray[np.float64] = (
        np.sin(turn) + 0.25 * np.sin(2 * turn) + 0.08 * np.sin(3 * turn)
    )
    return wave_form


if __name__ == "__main__":
    main()
