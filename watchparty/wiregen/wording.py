"""Puts the types of the wire into words: their names, bounds and notes."""

from functools import cache
from typing import Any, Final, Literal, get_args, get_origin

from msgspec.inspect import (
    BoolType,
    DictType,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    Metadata,
    NoneType,
    StrType,
    StructType,
    Type,
    UnionType,
)

from sync.core import wire
from sync.core.bucket import Limit
from watchparty.core import protocol

PLAIN_TYPES: Final[dict[type[Type], str]] = {
    IntType: "number",
    FloatType: "number",
    StrType: "string",
    BoolType: "boolean",
    NoneType: "null",
}


@cache
def choices() -> dict[str, tuple[str, ...]]:
    """The named sets of words: name → words in the protocol's order."""
    return {
        name: get_args(alias)
        for module in (wire, protocol)
        for name, alias in vars(module).items()
        if get_origin(alias) is Literal
    }


def type_text(kind: Type) -> str:
    """A type as TypeScript writes it, with the names of the protocol."""
    match kind:
        case Metadata(type=inner):
            return type_text(inner)
        case StructType(cls=cls):
            return cls.__name__
        case LiteralType(values=words):
            return _choice_name(words) or " | ".join(f'"{word}"' for word in words)
        case UnionType(types=kinds):
            return " | ".join(type_text(each) for each in kinds)
        case ListType(item_type=item):
            text = type_text(item)
            return f"({text})[]" if " | " in text else f"{text}[]"
        case DictType(value_type=value):
            return f"Record<string, {type_text(value)}>"
        case _ if type(kind) in PLAIN_TYPES:
            return PLAIN_TYPES[type(kind)]
        case _:
            raise TypeError(f"The generator does not know how to write {kind!r}.")


def notes(kind: Type) -> dict[str, str]:
    """What the definition says about a type, or about the one member of a union it speaks of."""
    if isinstance(kind, Metadata):
        return {**notes(kind.type), **(kind.extra_json_schema or {})}
    if isinstance(kind, UnionType):
        return next((found for each in kind.types if (found := notes(each))), {})
    return {}


def bounds_text(kind: Type) -> str:
    """The bounds of a number, or those of a string's length and its pattern."""
    match kind:
        case Metadata(type=inner):
            return bounds_text(inner)
        case UnionType(types=kinds):
            return next((text for each in kinds if (text := bounds_text(each))), "")
        case IntType() | FloatType():
            return _span(kind.ge, kind.le, above=kind.gt)
        case StrType():
            length = _span(kind.min_length, kind.max_length)
            texts = (f"{length} characters" if length else "", _pattern(kind.pattern))
            return ", ".join(text for text in texts if text)
        case ListType() if kind.max_length is not None:
            return f"{_span(None, kind.max_length)} of them"
        case _:
            return ""


def limit_text(limit: Limit) -> str:
    """A limit in words: "10 in 1 s, 16 at once"."""
    burst = f", {limit.burst} at once" if limit.burst else ""
    return f"{limit.max} in {limit.window_ms / 1000:g} s{burst}"


def constant_name(word: str) -> str:
    """The name of a word as a constant: "video:play" → VIDEO_PLAY."""
    return word.replace(":", "_").upper()


def _choice_name(words: tuple[Any, ...]) -> str | None:
    names = (name for name, known in choices().items() if set(known) == set(words))
    return next(names, None)


def _span(low: float | None, high: float | None, *, above: float | None = None) -> str:
    if low is not None and high is not None:
        return f"{_number(low)} to {_number(high)}"
    ends = (
        "" if low is None else f"{_number(low)} or more",
        "" if above is None else f"above {_number(above)}",
        "" if high is None else f"at most {_number(high)}",
    )
    return ", ".join(end for end in ends if end)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _pattern(pattern: str | None) -> str:
    return f"`{pattern}`" if pattern else ""
