"""A room's decisions beyond what the shared vectors say: sources, its own intents, its end."""

import pytest
from msgspec import structs

from sync.core.wire import encode
from tests.rooms import FILM, FILM_S, NOW_MS, by_ada, decide, pause, play, refused, room, seek
from tests.rooms import standing_at as standing
from watchparty.core.playhead import Playhead
from watchparty.core.protocol import (
    RoomClosed,
    RoomSettings,
    SourceRequest,
    VideoRate,
    VideoReady,
    VideoSource,
    VideoStateChanged,
)
from watchparty.core.room import apply
from watchparty.core.sources import make_source, source_problem
from watchparty.core.state import (
    Applied,
    CloseRoom,
    Command,
    FilmEnded,
    Moot,
    RoomEmptied,
    RoomState,
    video_state,
)

ENDS_MS = NOW_MS + 59_000.0
LOOPING = RoomSettings(on_end="loop")


def source(url: str = "https://films.example/new.mp4", **fields: object) -> VideoSource:
    return VideoSource(source=SourceRequest(kind="file", url=url, **fields), ref="r1")  # type: ignore[arg-type]


# -- Refusals


@pytest.mark.parametrize("intent", [play(), pause(), seek(1), VideoRate(rate=2), source()])
def test_nobody_controls_a_closed_room(intent: VideoSource) -> None:
    assert refused(room(closed=True), intent) == ("no_such_room", None)


@pytest.mark.parametrize("intent", [FilmEnded(40), RoomEmptied(40, NOW_MS), CloseRoom("again")])
def test_a_closed_room_does_nothing_of_its_own(intent: FilmEnded) -> None:
    assert apply(room(closed=True), Command(intent), ENDS_MS) == Moot()


def test_a_seek_made_for_another_film_is_stale() -> None:
    assert refused(room(), seek(5, base_seq=11)) == ("stale", None)


def test_a_seek_from_another_history_is_stale() -> None:
    assert refused(room(), seek(5, base_seq=41)) == ("stale", None)


def test_a_seek_past_the_end_is_refused() -> None:
    assert refused(room(), seek(90.001)) == ("invalid_field", "time")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:video/mp4;base64,AAAA",
        "file:///etc/passwd",
        "blob:https://films.example/1",
        "ftp://films.example/f.mp4",
        "//films.example/f.mp4",
        "/\\films.example/f.mp4",
        "\\\\films.example\\f.mp4",
        "films.example/f.mp4",
        "f.mp4",
        "https://",
        "https:///f.mp4",
        "https:f.mp4",
        "https://ada:secret@films.example/f.mp4",
        "https://films.example:99999/f.mp4",
        "https://films.example:x/f.mp4",
        "https://[::1/f.mp4",
        "https://films.example/a b.mp4",
        " https://films.example/f.mp4",
        "https://films.example/f.mp4\n",
        "java\tscript:alert(1)",
        "/media/\x00f.webm",
        "",
    ],
)
def test_an_address_that_is_no_film_is_refused(url: str) -> None:
    problem = source_problem(url)
    assert problem is not None
    assert problem.endswith(".")
    assert refused(room(), source(url)) == ("bad_source", "source.url")


def test_a_bad_poster_is_refused() -> None:
    code, field = refused(room(), source(poster="javascript:alert(1)"))
    assert (code, field) == ("bad_source", "source.poster")


# -- Sources


@pytest.mark.parametrize(
    "url",
    [
        "/media/clockwork-30.webm",
        "https://films.example/f.mp4",
        "http://films.example:8080/a%20b.mp4?t=1#x",
        "https://[2001:db8::1]/f.mp4",
    ],
)
def test_films_of_this_site_and_of_the_web_are_played(url: str) -> None:
    assert source_problem(url) is None


def test_another_film_stands_at_its_beginning() -> None:
    after = decide(room(), source(duration=120.0))
    assert after.source is not None
    assert (after.source.id, after.duration_s) == ("s41", 120.0)
    assert after.playhead == Playhead(position_s=0.0, at_ms=NOW_MS, rate=1.0, playing=False)
    assert (after.seek_seq, after.source_seq) == (41, 41)


def test_another_film_is_not_over_because_the_last_one_was() -> None:
    assert not decide(standing(90, ended=True), source()).ended


def test_a_film_of_unknown_length_has_no_end() -> None:
    after = decide(room(), source())
    assert after.duration_s is None
    assert decide(after, play(), NOW_MS + 1).ends_at() is None


def test_a_film_without_a_title_is_called_by_its_file() -> None:
    request = SourceRequest(kind="file", url="https://films.example/a/metropolis.mp4", title="  ")
    assert make_source(request, source_id="s1").title == "metropolis.mp4"
    bare = SourceRequest(kind="file", url="https://films.example")
    assert make_source(bare, source_id="s1").title == "https://films.example"


def test_a_title_made_from_an_address_is_not_too_long() -> None:
    long = SourceRequest(kind="file", url="/" + "x" * 2000)
    assert len(make_source(long, source_id="s1").title) == 200


def ready(seq: int = 40, duration: float = 60.0) -> VideoReady:
    return VideoReady(seq=seq, duration=duration)


UNMEASURED = room(duration_s=None, source=structs.replace(FILM, duration=None))


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (room(), ready()),
        (room(source=None, duration_s=None), ready()),
        (UNMEASURED, ready(seq=11)),
        (UNMEASURED, VideoReady(seq=40)),
    ],
)
def test_a_length_of_another_film_or_told_too_late_changes_nothing(
    state: RoomState, told: VideoReady
) -> None:
    assert apply(state, by_ada(told), NOW_MS) == Moot()


def test_who_is_ready_for_what_has_not_happened_is_of_another_history() -> None:
    assert refused(UNMEASURED, ready(seq=41)) == ("stale", "seq")


def test_the_first_length_told_is_everybody_s_and_moves_nothing() -> None:
    after = decide(UNMEASURED, ready(duration=60.0))
    assert after.source is not None
    assert (after.duration_s, after.source.duration) == (60, 60)
    assert (after.playhead, after.seq, after.by) == (UNMEASURED.playhead, 41, None)
    assert after.ends_at() == NOW_MS + 29_000
    assert apply(after, by_ada(ready(seq=41, duration=10.0)), NOW_MS) == Moot()


def test_a_film_longer_watched_than_it_is_told_to_be_is_over() -> None:
    after = decide(UNMEASURED, ready(duration=20.0))
    assert after.is_over_at(NOW_MS)


# -- The room's own


def test_an_end_that_something_overtook_is_moot() -> None:
    assert apply(room(), Command(FilmEnded(armed_seq=39)), ENDS_MS) == Moot()


def test_an_end_before_the_film_is_over_is_moot() -> None:
    assert apply(room(), Command(FilmEnded(armed_seq=40)), ENDS_MS - 0.001) == Moot()


def test_a_standing_film_does_not_end() -> None:
    assert apply(standing(90), Command(FilmEnded(armed_seq=40)), ENDS_MS) == Moot()


def test_a_film_ends_once() -> None:
    after = decide(room(), FilmEnded(armed_seq=40), ENDS_MS)
    assert (after.ended, after.ends_at()) == (True, None)


def test_the_end_is_nobody_s() -> None:
    after = decide(room(by="bo", ref="r0"), FilmEnded(armed_seq=40), ENDS_MS)
    assert (after.by, after.ref) == (None, None)


def test_a_looping_film_begins_again_at_the_instant_of_its_end() -> None:
    after = decide(room(settings=LOOPING), FilmEnded(armed_seq=40), ENDS_MS + 30)
    assert not after.ended
    assert after.playhead == Playhead(position_s=0.0, at_ms=ENDS_MS, rate=1.0, playing=True)
    assert after.position_at(ENDS_MS + 30) == pytest.approx(0.03)


def test_all_rounds_that_nobody_saw_are_one_event() -> None:
    late_ms = ENDS_MS + 2.5 * 90_000
    after = decide(room(settings=LOOPING), FilmEnded(armed_seq=40), late_ms)
    assert after.position_at(late_ms) == pytest.approx(45)
    assert after.ends_at() == pytest.approx(late_ms + 45_000)


def test_a_loop_counts_as_a_seek() -> None:
    looped = decide(room(settings=LOOPING), FilmEnded(armed_seq=40), ENDS_MS)
    late = decide(looped, pause(at=ENDS_MS, current_time=0.2, base_seq=40), ENDS_MS)
    assert late.playhead.position_s == 0


def test_an_emptied_room_that_something_overtook_goes_on() -> None:
    assert apply(room(), Command(RoomEmptied(39, NOW_MS)), NOW_MS) == Moot()


def test_an_emptied_room_that_stands_needs_nothing() -> None:
    assert apply(standing(10), Command(RoomEmptied(40, NOW_MS)), NOW_MS) == Moot()


def test_an_emptied_room_is_paused_where_its_last_viewer_left() -> None:
    after = decide(room(), RoomEmptied(40, at_ms=NOW_MS + 4000), NOW_MS + 64_000)
    assert not after.playhead.playing
    assert after.position_at(NOW_MS + 99_000) == 35
    assert after.by is None


def test_a_closed_room_says_so_once_and_in_order() -> None:
    decision = apply(room(), Command(CloseRoom(reason="Good night.")), NOW_MS)
    assert isinstance(decision, Applied)
    assert decision.event == RoomClosed(reason="Good night.", epoch="e1", seq=41, by=None)
    assert decision.state.closed
    assert decision.state.ends_at() is None


# -- What is told


def test_the_event_says_who_asked_and_answers_the_reference() -> None:
    decision = apply(room(), by_ada(pause("r7", at=NOW_MS, current_time=31.1)), NOW_MS)
    assert isinstance(decision, Applied)
    assert decision.event == VideoStateChanged(
        is_playing=False,
        current_time=31.1,
        server_timestamp=NOW_MS,
        rate=1.0,
        duration=FILM_S,
        source=FILM,
        ended=False,
        epoch="e1",
        seq=41,
        by="ada",
        ref="r7",
    )


def test_without_a_reference_none_is_told() -> None:
    decision = apply(room(), Command(VideoRate(rate=2), user_id="ada"), NOW_MS)
    assert isinstance(decision, Applied)
    assert '"ref"' not in encode(decision.event).text


def test_a_snapshot_tells_what_the_event_told() -> None:
    decision = apply(room(), by_ada(play()), NOW_MS)
    assert isinstance(decision, Applied)
    told = encode(decision.event).text.replace('"type":"video:state",', "")
    assert encode(video_state(decision.state)).text == told


def test_a_fresh_room_plays_when_told_to_though_it_has_no_film() -> None:
    after = decide(RoomState(slug="new", epoch="e1"), play(at=NOW_MS, current_time=0.1))
    assert (after.playhead.playing, after.position_at(NOW_MS + 1000)) == (True, 1.1)
