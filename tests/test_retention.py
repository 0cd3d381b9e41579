"""History is pruned by age, and one person is given out or made nobody."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone
from msgspec import structs, to_builtins

from tests.history_rig import EVENTS, Tale, make_rooms, promoted, told, told_passing
from tests.rooms import play
from tests.test_book import Rig, in_step
from tests.test_presence import user
from watchparty.core.protocol import ChatRemove, ChatSend, RemoveMember, RoomSettings, VideoPause
from watchparty.core.state import Freeze
from watchparty.history.passing import PassingBatch, write_passing
from watchparty.history.persons import SOMEBODY
from watchparty.history.retention import AGES, prune
from watchparty.history.writing import write_records
from watchparty.models import ChatMessage, HouseEvent, PlaybackEvent, Room, SkewSample, Visit

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    """What a command says."""
    out = StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue().strip()


def days_ago(days: float) -> float:
    return (timezone.now() - timedelta(days=days)).timestamp() * 1000


def record(tale: Tale) -> None:
    write_records(tale.records, 0.0)


def visit(*names: str, at_ms: float, slug: str = "demo") -> None:
    """Members who come, react, are in step, and leave after ten seconds."""
    rig = Rig()
    rig.now_ms = at_ms
    room = rig.book.room(slug)
    for name in names:
        room.came(user(name, name=name.title()))
        room.reported(name, in_step(2.0))
        room.reacted("🔥", 3.0)
    rig.now_ms += 10_000
    for name in names:
        room.reported(name, in_step(2.0))
        room.left(name)
    write_passing(PassingBatch(f"b{at_ms}", rig.now_ms, rig.book.take()))


@pytest.fixture
def old_and_new() -> None:
    """A party of forty days ago, one of yesterday."""
    make_rooms("demo")
    for days, epoch in ((40, "e1"), (1, "e2")):
        tale = Tale(epoch=epoch, at_ms=days_ago(days))
        tale.ask(play())
        tale.ask(ChatSend(text="Hello"))
        tale.ask(promoted()[0], **promoted()[1])
        record(tale)
        visit("ada", at_ms=days_ago(days))


# -- Retention


@pytest.mark.parametrize("days", ["0", "-3"])
def test_a_number_of_days_that_makes_no_sense_deletes_nothing(old_and_new: None, days: str) -> None:
    with pytest.raises(CommandError, match="1 or more"):
        run("prune_history", f"--days={days}")
    assert len(told()) == 6


def test_without_the_setting_history_is_kept_for_ever(old_and_new: None, settings: Any) -> None:
    settings.HISTORY_DAYS = 0
    assert "for ever" in run("prune_history")
    assert len(told()) == 6


def test_a_dry_run_says_what_would_go_and_deletes_nothing(old_and_new: None) -> None:
    said = run("prune_history", "--days=30", "--dry-run")
    assert said == (
        "1 playback events, 1 chat messages, 1 house events, 1 visits, 1 reaction totals, "
        "1 skew samples: would go."
    )
    assert (len(told()), len(told_passing())) == (6, 6)


def test_what_is_older_goes_and_what_is_newer_stays(old_and_new: None, settings: Any) -> None:
    settings.HISTORY_DAYS = 30
    assert run("prune_history").endswith("1 skew samples: deleted.")
    assert {row[-1] for row in told()} != set()
    assert {one.epoch for model in EVENTS for one in model.objects.all()} == {"e2"}
    assert len(told_passing()) == 3
    assert run("prune_history") == "nothing: deleted."


def test_it_is_deleted_a_little_at_a_time(django_assert_max_num_queries: Any) -> None:
    make_rooms("demo")
    tale = Tale(at_ms=days_ago(40))
    for _ in range(25):
        tale.ask(play())
    record(tale)
    assert list(prune(timezone.now(), rows_at_once=10)) == [("playback events", 10)] * 2 + [
        ("playback events", 5)
    ]


def test_everything_that_is_recorded_has_an_age_with_an_index() -> None:
    recorded = set(apps.get_app_config("watchparty").get_models()) - {Room}
    assert AGES.keys() == recorded
    for model, age in AGES.items():
        assert any(index.fields == [age] for index in model._meta.indexes), model


# -- One person


@pytest.fixture
def party() -> Tale:
    """Ada and Bo at a party that is over; Ada took back a word of Bo's and removed him."""
    make_rooms("demo")
    tale = Tale()
    tale.ask(play(), "bo")
    stalled = Freeze(armed_seq=1, stalled={"bo": "p-bo"}, server="s1")
    tale.state = structs.replace(tale.state, settings=RoomSettings(wait_for_all=True))
    tale.ask(stalled)
    tale.ask(ChatSend(text="I am Bo."), "bo")
    tale.ask(ChatSend(text="I am Ada."), "ada")
    tale.ask(promoted()[0], **promoted()[1])
    tale.ask(ChatRemove(message_id="m3"), "ada")
    removal = RemoveMember(user_id="bo", ban=True, reason="Bo spoils it.")
    tale.ask(removal, target="p-bo", target_name="Bo")
    tale.ask(VideoPause(), "ada")
    tale.ask(ChatSend(text="Ada again"), "ada")
    record(tale)
    visit("ada", "bo", at_ms=tale.now_ms)
    state = {"room": to_builtins(tale.state), "saved_at_ms": 0.0}
    Room.objects.filter(slug="demo").update(state=state, owner_person="p-ada", left_cleanly=True)
    return tale


def everything() -> str:
    """All that the database knows, as text."""
    return str((told(), told_passing(), list(Room.objects.values_list("state", "owner_person"))))


def test_nobody_is_given_out_or_erased_by_a_mistyped_id(party: Tale) -> None:
    before = everything()
    with pytest.raises(CommandError, match="Nothing is known"):
        run("export_person", "p-a")
    assert run("erase_person", "p-a") == "nothing: changed."
    assert everything() == before


def test_a_person_s_data_are_given_out_and_nobody_else_s(party: Tale) -> None:
    found = json.loads(run("export_person", "p-bo"))
    assert [one["text"] for one in found["chat"]] == ["I am Bo."]
    assert [one["kind"] for one in found["playback"]] == ["play"]
    assert [one["kind"] for one in found["house"]] == ["role", "removed"]
    assert (len(found["visits"]), len(found["skew"])) == (1, 1)
    assert found["visits"][0]["room"] == "demo"
    assert "I am Ada" not in str(found)


def test_a_dry_run_erases_nothing(party: Tale) -> None:
    before = everything()
    said = run("erase_person", "p-bo", "--dry-run")
    assert said == "1 visits, 1 playback, 1 chat, 2 house, 1 skew, 1 saved states: would change."
    assert everything() == before


def test_an_erased_person_is_nowhere_and_the_story_is_whole(party: Tale) -> None:
    events = len(told())
    said = run("erase_person", "p-bo")
    assert said == "1 visits, 1 playback, 1 chat, 2 house, 1 skew, 1 saved states: changed."
    for trace in ("I am Bo", "'Bo'", "Bo spoils", "'bo'"):
        assert trace not in everything(), trace
    assert "p-bo" not in str((told(), told_passing()))
    assert len(told()) == events
    message = ChatMessage.objects.get(message_id="m3")
    assert (message.name, message.text, message.removed_by_name) == (SOMEBODY, "", "Ada")
    removed = HouseEvent.objects.get(kind="removed")
    assert (removed.name, removed.target_name, removed.details) == ("Ada", SOMEBODY, {"ban": True})
    assert SkewSample.objects.count() == 1
    # What was one member's still belongs together.
    assert Visit.objects.get(name=SOMEBODY).member == PlaybackEvent.objects.get(kind="play").member


def test_erasing_again_changes_nothing(party: Tale) -> None:
    run("erase_person", "p-ada")
    before = everything()
    assert run("erase_person", "p-ada") == "nothing: changed."
    assert everything() == before
    assert Room.objects.get().owner_person == ""


def test_an_erased_person_stays_banned(party: Tale) -> None:
    run("erase_person", "p-bo")
    state = Room.objects.get().state
    assert state is not None
    removal = state["room"]["people"]["removals"]["p-bo"]
    assert (removal["name"], removal["until_ms"]) == (SOMEBODY, None)
    assert [one["text"] for one in state["room"]["chat"]] == ["I am Ada.", "Ada again"]


def test_a_live_room_is_named_since_it_still_knows_the_person(party: Tale) -> None:
    Room.objects.update(left_cleanly=False)
    assert "demo. Erase again when they are over." in run("erase_person", "p-ada")


def test_a_room_in_which_the_person_is_just_now_is_named(party: Tale) -> None:
    rig = Rig()
    rig.now_ms = days_ago(0)
    rig.book.room("demo").came(user("bo"))
    write_passing(PassingBatch("now", rig.now_ms, rig.book.take()))
    assert "demo. Erase again when they are over." in run("erase_person", "p-bo")
    assert "demo" not in run("erase_person", "p-bo")


def test_what_is_kept_of_a_room_by_another_version_disturbs_nobody(party: Tale) -> None:
    Room.objects.update(state={"room": ["p-bo"]})
    assert run("erase_person", "p-bo").endswith("1 skew: changed.")
