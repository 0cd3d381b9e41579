"""A validator of the few JSON Schema keywords that the wire uses; any other keyword is an error."""

import re
from collections.abc import Callable
from typing import Any

Rule = dict[str, Any]

ANNOTATIONS = {"$schema", "$defs", "title", "description", "default", "x-unit", "discriminator"}
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def fits(value: Any, rule: Rule, definitions: Rule) -> bool:
    """Whether the value obeys the rule and all that the rule refers to."""
    return all(
        KEYWORDS[keyword](value, wanted, rule, definitions)
        for keyword, wanted in rule.items()
        if keyword not in ANNOTATIONS
    )


def _ref(value: Any, wanted: str, _: Rule, definitions: Rule) -> bool:
    return fits(value, definitions[wanted.removeprefix("#/$defs/")], definitions)


def _one_of(value: Any, wanted: list[Rule], _: Rule, definitions: Rule) -> bool:
    return sum(fits(value, each, definitions) for each in wanted) == 1


def _any_of(value: Any, wanted: list[Rule], _: Rule, definitions: Rule) -> bool:
    return any(fits(value, each, definitions) for each in wanted)


def _type(value: Any, wanted: str, _: Rule, __: Rule) -> bool:
    return isinstance(value, TYPES[wanted]) and isinstance(value, bool) is (wanted == "boolean")


def _properties(value: Any, wanted: Rule, _: Rule, definitions: Rule) -> bool:
    return all(fits(value[name], wanted[name], definitions) for name in wanted.keys() & value)


def _additional(value: Any, wanted: Any, rule: Rule, definitions: Rule) -> bool:
    extra = [each for name, each in value.items() if name not in rule.get("properties", {})]
    return not extra if wanted is False else all(fits(each, wanted, definitions) for each in extra)


def _items(value: Any, wanted: Rule, _: Rule, definitions: Rule) -> bool:
    return all(fits(each, wanted, definitions) for each in value)


KEYWORDS: dict[str, Callable[[Any, Any, Rule, Rule], bool]] = {
    "$ref": _ref,
    "oneOf": _one_of,
    "anyOf": _any_of,
    "type": _type,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "const": lambda value, wanted, _, __: bool(value == wanted),
    "enum": lambda value, wanted, _, __: value in wanted,
    "required": lambda value, wanted, _, __: set(wanted) <= set(value),
    "minimum": lambda value, wanted, _, __: bool(value >= wanted),
    "exclusiveMinimum": lambda value, wanted, _, __: bool(value > wanted),
    "maximum": lambda value, wanted, _, __: bool(value <= wanted),
    "maxItems": lambda value, wanted, _, __: len(value) <= wanted,
    "minLength": lambda value, wanted, _, __: len(value) >= wanted,
    "maxLength": lambda value, wanted, _, __: len(value) <= wanted,
    "pattern": lambda value, wanted, _, __: re.search(wanted, value) is not None,
}
