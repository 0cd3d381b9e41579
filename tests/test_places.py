"""City and flag from a time zone."""

from importlib.resources import files

import pytest

from sync.places import place_of


@pytest.mark.parametrize(
    "zone",
    ["", "Mars/Olympus", "europe/berlin", "Europe/Berlin ", "../zones", "Europe", "x" * 64, "Ä"],
)
def test_a_zone_that_does_not_exist_has_no_place(zone: str) -> None:
    assert place_of(zone) is None


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Etc/GMT-3", "GMT", "CET", "EST", "EST5EDT"])
def test_a_zone_without_a_place_is_known_but_nowhere(zone: str) -> None:
    place = place_of(zone)
    assert place is not None
    assert (place.city, place.flag, place.timezone) == (None, None, zone)


@pytest.mark.parametrize(
    ("zone", "city", "flag"),
    [
        ("Europe/Berlin", "Berlin", "🇩🇪"),
        ("America/Los_Angeles", "Los Angeles", "🇺🇸"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires", "🇦🇷"),
        ("America/Port-au-Prince", "Port-au-Prince", "🇭🇹"),
        ("Asia/Tokyo", "Tokyo", "🇯🇵"),
        ("Asia/Dubai", "Dubai", "🇦🇪"),
        ("Australia/Sydney", "Sydney", "🇦🇺"),
        ("Europe/London", "London", "🇬🇧"),
        ("Europe/Amsterdam", "Amsterdam", "🇳🇱"),
        ("Africa/Nairobi", "Nairobi", "🇰🇪"),
    ],
)
def test_a_zone_names_its_city_and_flag(zone: str, city: str, flag: str) -> None:
    place = place_of(zone)
    assert place is not None
    assert (place.city, place.flag, place.timezone) == (city, flag, zone)


@pytest.mark.parametrize(
    ("zone", "city", "flag"),
    [
        ("Asia/Calcutta", "Kolkata", "🇮🇳"),
        ("Europe/Kiev", "Kyiv", "🇺🇦"),
        ("Asia/Saigon", "Ho Chi Minh", "🇻🇳"),
        ("America/Buenos_Aires", "Buenos Aires", "🇦🇷"),
        ("US/Pacific", "Los Angeles", "🇺🇸"),
        ("Japan", "Tokyo", "🇯🇵"),
        ("GB", "London", "🇬🇧"),
        ("Africa/Asmera", "Asmara", "🇪🇷"),
        ("Pacific/Truk", "Chuuk", "🇫🇲"),
        ("Iceland", "Reykjavik", "🇮🇸"),
        ("America/Coral_Harbour", "Atikokan", "🇨🇦"),
    ],
)
def test_an_old_name_means_the_same_place_in_the_right_country(
    zone: str, city: str, flag: str
) -> None:
    place = place_of(zone)
    assert place is not None
    assert (place.city, place.flag, place.timezone) == (city, flag, zone)


def test_every_zone_of_the_database_has_a_place_and_most_have_a_flag() -> None:
    zones = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    places = [place_of(zone) for zone in zones]
    assert None not in places
    assert sum(place is not None and place.flag is not None for place in places) > 500


def test_a_place_is_looked_up_once() -> None:
    assert place_of("Asia/Tokyo") is place_of("Asia/Tokyo")
