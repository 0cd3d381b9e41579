"""A room's story in the admin: read by who may, told in order, cheap at any size."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from tests.history_rig import Tale, make_rooms
from tests.test_retention import visit
from watchparty.core.protocol import ChatRemove, ChatSend, VideoSeek
from watchparty.history.queries import parties, visits
from watchparty.history.retention import AGES
from watchparty.history.seeding import make_rooms as seeded_rooms
from watchparty.history.seeding import seed
from watchparty.history.writing import write_records
from watchparty.models import ChatMessage, Room, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_hash(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def room() -> Room:
    make_rooms("demo")
    tale = Tale()
    tale.ask(VideoSeek(time=62.0), "ada")
    tale.ask(ChatSend(text="<b>Popcorn?</b>", video_time=62.0), "bo")
    tale.ask(ChatRemove(message_id="m2"), "ada")
    write_records(tale.records, 0.0)
    visit("ada", "bo", at_ms=tale.now_ms)
    return Room.objects.get(slug="demo")


def story_of(room: Room) -> str:
    return f"/admin/watchparty/room/{room.pk}/story/"


def past(events: int) -> Room:
    rooms = seeded_rooms(f"past{events}", 1, timezone.now(), Random(1))
    list(seed(rooms, events, Random(1)))
    return rooms[0]


def test_strangers_and_staff_without_permission_read_no_story(
    client: Any, room: Room, django_user_model: Any
) -> None:
    assert client.get(story_of(room)).status_code == 302
    client.force_login(django_user_model.objects.create_user("guest", is_staff=True))
    assert client.get(story_of(room)).status_code == 403


def test_a_room_that_is_not_there_has_no_story(admin_client: Any) -> None:
    assert admin_client.get("/admin/watchparty/room/999/story/").status_code == 404


def test_a_story_is_told_in_sentences_with_words_as_they_were_written(
    admin_client: Any, room: Room
) -> None:
    page = admin_client.get(story_of(room)).content.decode()
    told = [page.index(words) for words in ("goes to 1:02", "Popcorn?", "takes back message m2")]
    assert told == sorted(told)
    assert "&lt;b&gt;Popcorn?&lt;/b&gt;" in page
    assert "taken back by Ada" in page
    for drawing in (
        *("Where the film was", "Who was here", "Viewers over time", "Skew over time"),
        "Reactions over",
    ):
        assert drawing in page
    assert "style=" not in page.split('id="content-main"')[1], "the policy forbids it"


def test_a_story_is_searched(admin_client: Any, room: Room) -> None:
    page = admin_client.get(story_of(room), {"q": "popcorn"}).content.decode()
    assert "Popcorn?" in page
    assert "goes to" not in page
    assert "Nothing of the kind" in admin_client.get(story_of(room), {"q": "x%"}).content.decode()


@pytest.mark.parametrize("after", ["nonsense", "2026-01-01T00:00:00+00:00~x"])
def test_a_place_that_is_none_is_the_beginning(admin_client: Any, room: Room, after: str) -> None:
    assert "goes to 1:02" in admin_client.get(story_of(room), {"after": after}).content.decode()


def test_a_room_without_a_past_says_so(admin_client: Any) -> None:
    make_rooms("empty")
    page = admin_client.get(story_of(Room.objects.get())).content.decode()
    assert "Nothing is recorded" in page


def test_no_size_changes_the_number_of_queries_and_pages_follow_one_another(
    admin_client: Any, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    short, room = past(5), past(210)
    with django_assert_max_num_queries(14) as few:
        admin_client.get(story_of(short))
    with django_assert_num_queries(len(few)):
        page = admin_client.get(story_of(room))
    seen = [moment["event"].seq for moment in page.context["moments"]]
    while page.context["next"] is not None:
        page = admin_client.get(story_of(room), {"after": str(page.context["next"])})
        seen += [moment["event"].seq for moment in page.context["moments"]]
    assert seen == list(range(1, 211))


@pytest.mark.parametrize("model", AGES)
def test_every_list_is_read_only_searched_and_cheap(
    admin_client: Any, room: Room, model: Any, django_assert_max_num_queries: Any
) -> None:
    past(30)
    where = f"/admin/watchparty/{model._meta.model_name}/"
    with django_assert_max_num_queries(8):
        assert admin_client.get(where).status_code == 200
    assert admin_client.get(where, {"q": "ada"}).status_code == 200
    assert admin_client.get(f"{where}add/").status_code == 403
    one = model.objects.first()
    assert admin_client.get(f"{where}{one.pk}/change/").status_code == 200
    assert admin_client.post(f"{where}{one.pk}/change/", {"kind": "x"}).status_code == 403
    assert admin_client.post(f"{where}{one.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("model", "asked", "found"),
    [
        ("playbackevent", {"kind": "seek"}, 1),
        ("playbackevent", {"kind": "rate"}, 0),
        ("houseevent", {"kind": "unsaid"}, 1),
        ("skewsample", {"state": "synced"}, 2),
        ("reactiontotal", {"emoji": "💀"}, 0),
        ("chatmessage", {"q": "nowhere"}, 0),
        ("chatmessage", {"q": "popcorn nowhere"}, 0),
        ("chatmessage", {"q": '"DEMO popcorn"'}, 0),
        ("chatmessage", {"q": "DEMO popcorn"}, 1),
        ("skewsample", {"q": "popcorn"}, 0),
        ("skewsample", {"q": "dem"}, 2),
    ],
)
def test_lists_are_filtered_by_known_words_and_searched_by_any(
    admin_client: Any, room: Room, model: str, asked: dict[str, str], found: int
) -> None:
    page = admin_client.get(f"/admin/watchparty/{model}/", asked)
    assert page.context["cl"].result_count == found


def test_rows_are_found_by_a_person_s_or_a_member_s_id(admin_client: Any) -> None:
    past(60)
    one = ChatMessage.objects.order_by("pk")[0]
    theirs = ChatMessage.objects.filter(person=one.person).count()
    page = admin_client.get("/admin/watchparty/chatmessage/", {"q": one.person})
    assert page.context["cl"].result_count == theirs
    page = admin_client.get("/admin/watchparty/visit/", {"q": one.member})
    assert page.context["cl"].result_count == 1
    page = admin_client.get("/admin/watchparty/chatmessage/", {"q": one.person[:-1]})
    assert page.context["cl"].result_count == 0


def test_deleting_a_room_says_how_much_goes_with_it_and_lists_none_of_it(
    admin_client: Any, room: Room
) -> None:
    where = f"/admin/watchparty/room/{room.pk}/delete/"
    page = admin_client.get(where).content.decode()
    assert "Chat messages: 1" in page
    assert "Popcorn" not in page
    assert admin_client.post(where, {"post": "yes"}).status_code == 302
    assert not ChatMessage.objects.exists()


def test_the_list_of_rooms_leads_to_their_stories(admin_client: Any, room: Room) -> None:
    assert story_of(room) in admin_client.get("/admin/watchparty/room/").content.decode()


def test_lists_tell_numbers_as_people_read_them(admin_client: Any, room: Room) -> None:
    ChatMessage.objects.update(text="popcorn " * 40)
    page = admin_client.get("/admin/watchparty/chatmessage/").content.decode()
    assert "1:02" in page
    assert "62.0" not in page
    assert "popcorn…" in page
    assert "1:02" in admin_client.get("/admin/watchparty/playbackevent/?o=5").content.decode()
    at = ChatMessage.objects.get().at
    assert f"{at:%H:%M:%S}" in page, "to the second, on a clock of 24 hours"


def test_the_newest_party_is_told_first_and_others_can_be_chosen(admin_client: Any) -> None:
    room = past(40)
    [party] = parties(visits(room))
    Visit.objects.create(
        room=room, member="late", person="p-late", name="Latecomer", role="guest", instance="one",
        joined_at=party.last + timedelta(days=1), seen_at=party.last + timedelta(days=1, hours=1),
    )  # fmt: skip
    newest = admin_client.get(story_of(room))
    assert newest.context["moments"] == []
    assert [line.name for line in newest.context["presence"]] == ["Latecomer"]
    page = admin_client.get(story_of(room), {"party": party.key})
    assert len(page.context["moments"]) == 40
    assert "Latecomer" not in {line.name for line in page.context["presence"]}
    everything = admin_client.get(story_of(room), {"party": "all"})
    assert len(everything.context["moments"]) == 40
    assert "Latecomer" in {line.name for line in everything.context["presence"]}
    found = admin_client.get(story_of(room), {"q": "settings"})
    assert found.context["party"] is None, "what is searched may be in any party"
    assert admin_client.get(story_of(room), {"party": "x"}).context["party"].key != party.key


def test_a_search_of_very_many_words_asks_no_more_than_one_of_a_few(
    admin_client: Any, room: Room, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20):
        admin_client.get("/admin/watchparty/chatmessage/", {"q": "so many words " * 40})
