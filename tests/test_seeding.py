"""A made-up past: as much as asked, the same from the same seed, and gone again."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.history_rig import EVENTS
from watchparty.models import ReactionTotal, Room, SkewSample, Visit

pytestmark = pytest.mark.django_db


def seed(*words: str) -> str:
    out = StringIO()
    call_command("seed_history", *words, stdout=out)
    return out.getvalue()


def story() -> list[tuple[object, ...]]:
    return [
        row
        for model in EVENTS
        for row in model.objects.order_by("room__slug", "seq").values_list(
            "room__slug", "seq", "kind", "name"
        )
    ]


def test_a_real_site_is_not_filled_by_mistake(settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="real site"):
        seed("--rooms", "1")
    assert not Room.objects.exists()


@pytest.mark.parametrize("many", ["0", "-1", "x"])
def test_a_number_that_makes_no_sense_is_refused(settings, many: str) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError, match="1 or more"):
        seed("--rooms", many)


def test_it_makes_as_much_as_asked_and_the_same_from_the_same_seed(settings) -> None:
    settings.DEBUG = True
    said = seed("--rooms", "3", "--events", "100", "--seed", "7")
    assert said.startswith("3 rooms, ")
    first = story()
    assert len(first) == 100
    assert {slug for slug, *_ in first} == {"seeded-00000", "seeded-00001", "seeded-00002"}
    with pytest.raises(CommandError, match="--remove"):
        seed("--rooms", "1")
    seed("--remove")
    assert not any(model.objects.exists() for model in (*EVENTS, Visit, ReactionTotal, SkewSample))
    seed("--rooms", "3", "--events", "100", "--seed", "7")
    assert story() == first
