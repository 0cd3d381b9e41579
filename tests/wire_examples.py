"""Messages made from the wire's own definition: an example, or any that hypothesis thinks of."""

import re
from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st
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
    type_info,
)

EXAMPLES_BY_PATTERN = ("demo", "#1a2b3c", "tab_0001")
LONGEST_STRING = 12


def example(cls: type, *, full: bool) -> Any:
    """One valid message; with every optional field or with none."""
    return msgspec.convert(_example(type_info(cls), full=full), cls)


@cache
def any_message(cls: type) -> st.SearchStrategy[Any]:
    """All valid messages of a class, optional fields present or not."""
    return _strategy(type_info(cls)).map(lambda raw: msgspec.convert(raw, cls))


def _example(kind: Type, *, full: bool) -> Any:
    match kind:
        case Metadata(type=inner):
            return _example(inner, full=full)
        case UnionType(types=kinds):
            return _example(kinds[0], full=full)
        case StructType(fields=fields):
            present = [field for field in fields if full or field.required]
            values = {field.encode_name: _example(field.type, full=full) for field in present}
            return values | _tagged(kind)
        case ListType(item_type=item):
            return [_example(item, full=full)]
        case DictType(value_type=value):
            return {"key": _example(value, full=full)}
        case LiteralType(values=words):
            return words[0]
        case _:
            return _plain_example(kind)


def _plain_example(kind: Type) -> Any:
    match kind:
        case BoolType():
            return True
        case IntType() | FloatType():
            return kind.le or 1
        case StrType(pattern=None):
            return "word"
        case StrType():
            return next(text for text in EXAMPLES_BY_PATTERN if _fits(text, kind))
        case _:
            raise TypeError(f"There is no example of {kind!r}.")


def _strategy(kind: Type) -> st.SearchStrategy[Any]:
    match kind:
        case Metadata(type=inner):
            return _strategy(inner)
        case UnionType(types=kinds):
            return st.one_of(*map(_strategy, kinds))
        case StructType():
            return _struct(kind)
        case ListType(item_type=item):
            return st.lists(_strategy(item), max_size=3)
        case DictType(value_type=value):
            return st.dictionaries(_text(StrType()), _strategy(value), max_size=3)
        case LiteralType(values=words):
            return st.sampled_from(words)
        case _:
            return _plain_strategy(kind)


def _plain_strategy(kind: Type) -> st.SearchStrategy[Any]:
    match kind:
        case NoneType():
            return st.none()
        case BoolType():
            return st.booleans()
        case IntType():
            return st.integers(*_whole_span(kind))
        case FloatType():
            return st.floats(
                min_value=kind.ge if kind.gt is None else kind.gt,
                max_value=kind.le,
                exclude_min=kind.gt is not None,
                allow_nan=False,
                allow_infinity=False,
            )
        case StrType():
            return _text(kind)
        case _:
            raise TypeError(f"There is no strategy for {kind!r}.")


def _struct(kind: StructType) -> st.SearchStrategy[dict[str, Any]]:
    required = {field.encode_name: _strategy(field.type) for field in kind.fields if field.required}
    optional = {
        field.encode_name: _strategy(field.type) for field in kind.fields if not field.required
    }
    return st.fixed_dictionaries(required, optional=optional).map(
        lambda values: values | _tagged(kind)
    )


def _whole_span(kind: IntType) -> tuple[int, int]:
    low = -(2**63) if kind.ge is None else kind.ge
    return low, 2**63 - 1 if kind.le is None else kind.le


def _text(kind: StrType) -> st.SearchStrategy[str]:
    if kind.pattern:
        texts = st.from_regex(kind.pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
        return texts.filter(lambda text: _fits(text, kind))
    most = LONGEST_STRING if kind.max_length is None else kind.max_length
    return st.text(
        st.characters(exclude_categories=["Cs"]),
        min_size=kind.min_length or 0,
        max_size=min(most, LONGEST_STRING),
    )


def _fits(text: str, kind: StrType) -> bool:
    least, most = kind.min_length or 0, kind.max_length or len(text)
    return least <= len(text) <= most and re.search(kind.pattern or "", text) is not None


def _tagged(kind: StructType) -> dict[str, Any]:
    return {str(kind.tag_field): kind.tag} if kind.tag else {}
