"""Log lines of production: one JSON object each."""

import json
import logging
import sys

from config.logging import JsonFormatter


def formatted(**extra: object) -> dict[str, object]:
    record = logging.LogRecord("party", logging.INFO, "", 0, "room %s", ("a\nb",), None)
    vars(record).update(extra)
    line = JsonFormatter("i-1").format(record)
    assert "\n" not in line
    parsed: dict[str, object] = json.loads(line)
    return parsed


def test_a_record_is_one_line_whatever_it_says():
    line = formatted()
    assert line["message"] == "room a\nb"
    assert (line["level"], line["logger"], line["instance"]) == ("INFO", "party", "i-1")


def test_extras_are_fields_and_strangers_are_text():
    line = formatted(room="demo", thing=object(), request=object())
    assert line["room"] == "demo"
    assert str(line["thing"]).startswith("<object")
    assert "request" not in line


def test_a_traceback_is_a_field():
    try:
        raise ValueError("broken")
    except ValueError:
        line = formatted(exc_info=sys.exc_info())
    assert "ValueError: broken" in str(line["traceback"])
