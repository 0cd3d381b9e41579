"""City and flag for an IANA time zone, from the time zone database itself."""

from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from msgspec import Struct

MAX_REMEMBERED: Final = 1024
"""More zones than there are, and an end to what hostile clients can make us remember."""

REGIONAL_INDICATOR_A: Final = 0x1F1E6

# The database links each of these to a zone with the same clock in another country or without a
# city of its own; this is the place that was meant.
MEANT: Final = {
    "Africa/Asmera": "Africa/Asmara",
    "Africa/Timbuktu": "Africa/Bamako",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Virgin": "America/St_Thomas",
    "Antarctica/South_Pole": "Antarctica/McMurdo",
    "Atlantic/Jan_Mayen": "Arctic/Longyearbyen",
    "Iceland": "Atlantic/Reykjavik",
    "Pacific/Johnston": "Etc/UTC",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Yap": "Pacific/Chuuk",
}

# Abbreviations of a clock, linked to some city that keeps it; they say nothing of a place.
PLACELESS: Final = frozenset({"CET", "EET", "EST", "HST", "MET", "MST", "WET"})


class Place(Struct, frozen=True):
    """Where somebody seems to be. `city` and `flag` are None where the zone tells neither."""

    city: str | None
    flag: str | None
    timezone: str | None


@lru_cache(maxsize=MAX_REMEMBERED)
def place_of(timezone: str) -> Place | None:
    """The place of a zone, by its present name if it was renamed; None: there is no such zone."""
    if timezone not in _zones():
        return None
    countries = _countries()
    home = timezone
    if timezone not in countries and timezone not in PLACELESS:
        home = MEANT.get(timezone) or _links().get(timezone, timezone)
    country = countries.get(home)
    if country is None:
        return Place(None, None, timezone)
    return Place(home.rpartition("/")[2].replace("_", " "), _flag(country), timezone)


def _flag(country: str) -> str:
    return "".join(chr(REGIONAL_INDICATOR_A + ord(letter) - ord("A")) for letter in country)


@cache
def _zones() -> frozenset[str]:
    return frozenset(_read("zones").split())


@cache
def _countries() -> dict[str, str]:
    """Zone → ISO 3166 code. The older zone.tab: its zones have one country each."""
    rows = (line.split("\t") for line in _lines("zoneinfo", "zone.tab"))
    return {zone: country for country, _, zone, *_ in rows}


@cache
def _links() -> dict[str, str]:
    """Other name → name, from the `L target name` lines of the compact source."""
    rows = (line.split() for line in _lines("zoneinfo", "tzdata.zi") if line.startswith("L "))
    return {name: target for _, target, name in rows}


def _lines(*path: str) -> list[str]:
    return [line for line in _read(*path).splitlines() if line and not line.startswith("#")]


def _read(*path: str) -> str:
    return files("tzdata").joinpath(*path).read_text(encoding="utf-8")
