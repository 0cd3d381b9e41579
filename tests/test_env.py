"""The typed environment: refusals with clear sentences, then values."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import Env, load, parse_lines


def problems_of(env: Env) -> str:
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.finish()
    return str(refusal.value)


def test_a_flag_that_is_neither_yes_nor_no_is_refused_by_name():
    env = Env({"DEBUG": "maybe"})
    assert env.flag("DEBUG", default=True) is True
    assert problems_of(env) == "Wrong settings: DEBUG is 'maybe'; use 1 or 0."


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8000.5", "eight", "8_0_0_0_0_0"])
def test_a_number_out_of_bounds_is_refused_with_its_bounds(port):
    env = Env({"PORT": port})
    assert env.integer("PORT", 8000, 1, 65_535) == 8000
    assert "use a whole number from 1 to 65535." in problems_of(env)


def test_a_word_outside_the_choice_is_refused_with_the_choice():
    env = Env({"LOG_LEVEL": "LOUD"})
    assert env.choice("LOG_LEVEL", "INFO", ("INFO", "DEBUG")) == "INFO"
    assert "use one of INFO, DEBUG" in problems_of(env)


@pytest.mark.parametrize("text", ["cursor=20", "[1]", "{", "NaN"])
def test_a_table_that_is_no_json_object_is_refused(text):
    env = Env({"LIMITS": text})
    assert env.table("LIMITS", dict) == {}
    assert "LIMITS is" in problems_of(env)


def test_all_problems_are_told_at_once():
    env = Env({"DEBUG": "maybe", "PORT": "none"})
    env.flag("DEBUG", default=True)
    env.integer("PORT", 8000, 1, 65_535)
    told = problems_of(env)
    assert "DEBUG" in told
    assert "PORT" in told


def test_an_address_in_a_problem_does_not_show_its_password():
    env = Env({"DATABASE_URL": "mysql://me:secret@host/name"})

    def refuse(text: str) -> str:
        raise ValueError("postgresql://…")

    env.parsed("DATABASE_URL", "", refuse)
    assert "secret" not in problems_of(env)


def test_a_file_named_by_env_file_must_exist(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("ENV_FILE", str(tmp_path / "absent"))
    with pytest.raises(FileNotFoundError):
        load(tmp_path / ".env")


def test_right_values_have_their_types():
    env = Env({"A": "YES", "B": "7", "C": " x , ,y ", "D": '{"n": 1}'})
    assert env.flag("A", default=False) is True
    assert env.integer("B", 0, 0, 9) == 7
    assert env.items("C") == ["x", "y"]
    assert env.table("D", dict) == {"n": 1}
    env.finish()


def test_an_empty_value_counts_as_not_given():
    env = Env({"A": " ", "B": ""})
    assert env.text("A", "default") == "default"
    assert env.flag("B", default=True) is True
    assert env.items("C", ["d"]) == ["d"]
    env.finish()


def test_a_file_gives_what_the_environment_does_not(monkeypatch, tmp_path: Path):
    file = tmp_path / "settings"
    file.write_text("CSW_TEST_A=file\nCSW_TEST_B=file\n")
    monkeypatch.setenv("ENV_FILE", str(file))
    monkeypatch.setenv("CSW_TEST_A", "environment")
    env = load(tmp_path / ".env")
    assert env.text("CSW_TEST_A") == "environment"
    assert env.text("CSW_TEST_B") == "file"


def test_lines_may_be_comments_quoted_or_exported():
    lines = ["# no", "", "A=1", "export B = 'two words'", 'C="x=y"', "D=", "#E=5", "no equals"]
    assert parse_lines(lines) == {"A": "1", "B": "two words", "C": "x=y", "D": ""}
