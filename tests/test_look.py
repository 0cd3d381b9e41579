"""The promises of the look that a program can watch: legible colours, one scale, vendored files."""

import hashlib
import json
import math
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CSS = ROOT / "static" / "css"
VENDOR = ROOT / "static" / "vendor"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
SHEETS = [sheet for sheet in sorted(CSS.glob("*.css")) if sheet.name != "tokens.css"]

NIGHT = dict(re.findall(r"--([\w-]+): (oklch\([^)]+\))", TOKENS.split("@media")[0]))
DAY_BLOCKS = re.findall(r":root(?:\[data-theme=\"day\"\]|:not[^{]+) \{([^}]+)\}", TOKENS)
DAY = NIGHT | dict(re.findall(r"--([\w-]+): (oklch\([^)]+\))", DAY_BLOCKS[-1]))
AA_TEXT = 4.5
AA_SHAPE = 3.0


def luminance(color: str) -> float:
    """Relative luminance (WCAG) of an OKLCH colour, by Ottosson's matrices."""
    parts = re.match(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)", color)
    assert parts
    lightness, chroma, hue = float(parts[1]) / 100, float(parts[2]), math.radians(float(parts[3]))
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [NIGHT, DAY], ids=["night", "day"])
@pytest.mark.parametrize("surface", ["surface-0", "surface-1", "surface-2"])
@pytest.mark.parametrize(
    "ink", ["ink", "ink-soft", "ink-faint", "action-text", "time", "good", "busy", "lost"]
)
def test_every_ink_is_legible_on_every_surface(
    theme: dict[str, str], surface: str, ink: str
) -> None:
    assert contrast(theme[ink], theme[surface]) >= AA_TEXT


@pytest.mark.parametrize("theme", [NIGHT, DAY], ids=["night", "day"])
def test_the_main_action_is_legible_and_fields_and_focus_can_be_seen(theme: dict[str, str]) -> None:
    for action in ("action", "action-hover"):
        assert contrast(theme["action-ink"], theme[action]) >= AA_TEXT
    for surface in ("surface-0", "surface-1", "surface-2"):
        assert contrast(theme["line-strong"], theme[surface]) >= AA_SHAPE
        assert contrast(theme["focus"], theme[surface]) >= AA_SHAPE


def test_the_system_s_day_and_the_chosen_day_are_the_same() -> None:
    by_system, by_choice = DAY_BLOCKS
    assert by_system.split() == by_choice.split()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_only_tokens_name_colours_and_sizes_of_type(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(
        r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch)\(", text, re.IGNORECASE
    )
    sizes = re.findall(r"font-size: ([^;]+);", text)
    assert all(size.startswith("var(--size-") for size in sizes)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_token_that_a_sheet_uses_exists(sheet: Path) -> None:
    by_script = {"at", "corrected", "device", "level", "person", "seen-block", "share", "sway"}
    used = set(re.findall(r"var\(--([\w-]+)", sheet.read_text(encoding="utf-8")))
    assert used - by_script <= set(re.findall(r"--([\w-]+):", TOKENS))


def test_every_vendored_file_is_the_one_that_was_recorded() -> None:
    recorded = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))["vendored"]
    for package in recorded:
        folder = VENDOR / package["directory"]
        found = {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()
        }
        assert found == package["files"]
        assert "LICENSE" in found
        assert package["integrity"].startswith("sha512-")
    folders = {entry.name for entry in VENDOR.iterdir() if entry.is_dir()}
    assert folders == {package["directory"] for package in recorded}
