"""Text of people: what is invisible, reorders others or towers over them goes; languages stay."""

import pytest

from watchparty.core.text import MOST_MARKS, has_visible, without_tricks


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202egnp.exe", "gnp.exe"),
        ("a\u2066b\u2069c", "abc"),
        ("pay\u200bpal", "paypal"),
        ("a\ufeffb\u2060c", "abc"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("bell\x07\x1b[31m", "bell  [31m"),
        ("one\u2028two", "one two"),
        ("one\r\ntwo", "one  two"),
        ("\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "😀"),
    ],
)
def test_what_disturbs_others_is_taken_out(text: str, shown: str) -> None:
    assert without_tricks(text) == shown


@pytest.mark.parametrize(
    "text",
    ["👩‍👩‍👧", "می‌خواهم", "שלום", "مرحبا", "नमस्ते", "ก็ที่", "Việt Nam", "e\u0301", "❤️", "日本語"],
)
def test_what_people_write_stays(text: str) -> None:
    assert without_tricks(text) == text


def test_a_tower_of_marks_is_cut() -> None:
    assert (
        without_tricks("Z" + "\u0335" * 40 + "a\u0301") == "Z" + "\u0335" * MOST_MARKS + "a\u0301"
    )


def test_a_line_may_be_kept() -> None:
    assert without_tricks("a\nb\tc", keep="\n") == "a\nb c"


@pytest.mark.parametrize("text", ["", " ", "\u3164", "\u2800", "\u200d", "\u0301", "\n"])
def test_what_shows_nothing_is_not_visible(text: str) -> None:
    assert not has_visible(text)


@pytest.mark.parametrize("between", ["\u200b", "\u2060", "\u115f", "\u3164", "\u200d", "\u202e"])
def test_no_tower_grows_on_what_does_not_show(between: str) -> None:
    tower = "a" + ("\u0301" * MOST_MARKS + between) * 20
    assert without_tricks(tower).count("\u0301") == MOST_MARKS
