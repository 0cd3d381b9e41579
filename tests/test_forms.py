import re

import pytest

from watchparty.forms import ADJECTIVES, NOUNS, RoomForm, new_slug
from watchparty.models import SLUG_LENGTH, SLUG_PATTERN


@pytest.mark.parametrize("title", ["", "   ", "\n\t"])
def test_a_room_without_a_title_is_refused_with_a_sentence(title: str) -> None:
    form = RoomForm({"title": title})
    assert str(form.errors["title"][0]).startswith("Give the room a title")


def test_a_title_longer_than_the_database_holds_is_refused() -> None:
    assert RoomForm({"title": "x" * 81}).errors["title"] == ["A title has up to 80 characters."]


def test_a_null_character_in_a_title_is_refused() -> None:
    assert not RoomForm({"title": "film\x00night"}).is_valid()


def test_markup_in_a_title_is_only_text() -> None:
    form = RoomForm({"title": " <img src=x onerror=alert(1)> "})
    assert form.is_valid()
    assert form.cleaned_data == {"title": "<img src=x onerror=alert(1)>", "public": False}


def test_addresses_fit_the_wire_and_differ() -> None:
    slugs = {new_slug() for _ in range(500)}
    assert len(slugs) == 500
    assert all(re.match(SLUG_PATTERN, slug) and len(slug) <= SLUG_LENGTH for slug in slugs)


def test_the_longest_words_still_make_an_address_that_fits() -> None:
    longest = max(map(len, ADJECTIVES)) + max(map(len, NOUNS)) + len("--xxxx-xxxx")
    assert longest <= SLUG_LENGTH


def test_no_word_of_an_address_comes_twice() -> None:
    assert len(set(ADJECTIVES)) == len(ADJECTIVES)
    assert len(set(NOUNS)) == len(NOUNS)
