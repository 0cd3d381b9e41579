"""What the wire consists of, read from its message classes by `msgspec.inspect`."""

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Final, Literal, cast, get_args

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.inspect import DictType, ListType, Metadata, StructType, Type, UnionType, type_info

from sync.core import wire
from watchparty.core import protocol
from watchparty.wiregen.wording import bounds_text, notes

Delivery = Literal["ordered", "answer", "passing"]

UNIT_SUFFIXES: Final = {"_ms": "ms", "_s": "s"}
"""Names carry their unit; a field without such a name carries it as `x-unit` in its `Meta`."""

ANSWERS: Final = (
    protocol.UserSelf,
    protocol.RoomJoined,
    protocol.RoomsListed,
    protocol.UsersListed,
    wire.TimeSyncResponse,
    wire.ErrorMessage,
    wire.RateLimited,
)
"""What only the one gets who asked; every other server message goes to all members."""


class Field(Struct, frozen=True):
    """One field as the wire carries it."""

    name: str
    type: Type
    optional: bool
    unit: str
    bounds: str
    meaning: str


class Shape(Struct, frozen=True):
    """A struct of the wire: a value where `tag` is empty, else a message of that `type`."""

    name: str
    tag: str
    meaning: str
    fields: tuple[Field, ...]


class Constant(Struct, frozen=True):
    """A number or a word that both sides know."""

    name: str
    value: float | str
    meaning: str


def client_messages() -> tuple[Shape, ...]:
    """Everything a client may send, in the protocol's order."""
    return tuple(_shape(cls) for cls in get_args(protocol.ClientMessage))


def server_messages() -> tuple[Shape, ...]:
    """Everything a server may send, in the protocol's order."""
    return tuple(_shape(cls) for cls in get_args(protocol.ServerMessage))


def ordered_events() -> tuple[Shape, ...]:
    """The server messages that change a room's state and carry `epoch` and `seq`."""
    return tuple(_shape(cls) for cls in get_args(protocol.OrderedEvent))


def values() -> tuple[Shape, ...]:
    """Every value that a message holds or is made of, each after the values it holds itself."""
    found: dict[str, Shape] = {}
    for cls in (*get_args(protocol.ClientMessage), *get_args(protocol.ServerMessage)):
        for base in reversed(cls.__mro__):
            if issubclass(base, wire.Value) and base is not wire.Value:
                _collect(type_info(base), found)
        _collect(type_info(cls), found)
    return tuple(found.values())


def actions() -> dict[str, str]:
    """The `type` of each client message → the limit it draws on."""
    return {_shape(cls).tag: action for cls, action in protocol.ACTIONS.items()}


def deliveries() -> dict[str, Delivery]:
    """The `type` of each server message → how it travels."""
    return {_shape(cls).tag: _delivery(cls) for cls in get_args(protocol.ServerMessage)}


def constants() -> tuple[Constant, ...]:
    """Public numbers and words of both modules, each with the sentence that follows it there."""
    return tuple(constant for module in (wire, protocol) for constant in _constants(module))


def close_codes() -> dict[str, int]:
    """Name → close code."""
    return {name: code for name, code in vars(wire.CloseCode).items() if name.isupper()}


def _shape(cls: type) -> Shape:
    kind = cast("StructType", type_info(cls))
    return Shape(
        name=cls.__name__,
        tag=str(kind.tag or ""),
        meaning=inspect.cleandoc(cls.__doc__ or ""),
        fields=tuple(_field(field) for field in kind.fields),
    )


def _field(field: msgspec.inspect.Field) -> Field:
    said = notes(field.type)
    suffix = next((each for each in UNIT_SUFFIXES if field.name.endswith(each)), "")
    bounds = (bounds_text(field.type), _default(field))
    return Field(
        name=field.encode_name,
        type=field.type,
        optional=not field.required,
        unit=said.get("x-unit", UNIT_SUFFIXES.get(suffix, "")),
        bounds="; ".join(text for text in bounds if text),
        meaning=said.get("description", ""),
    )


def _default(field: msgspec.inspect.Field) -> str:
    if field.default is NODEFAULT:
        return ""
    return f"{msgspec.json.encode(field.default).decode()} where it is missing"


def _collect(kind: Type, found: dict[str, Shape]) -> None:
    match kind:
        case Metadata(type=inner) | ListType(item_type=inner) | DictType(value_type=inner):
            _collect(inner, found)
        case UnionType(types=kinds):
            for each in kinds:
                _collect(each, found)
        case StructType(cls=cls, fields=fields, tag=tag):
            for field in fields:
                _collect(field.type, found)
            if not tag:
                found.setdefault(cls.__name__, _shape(cls))


def _delivery(cls: type) -> Delivery:
    if cls in get_args(protocol.OrderedEvent):
        return "ordered"
    return "answer" if cls in ANSWERS else "passing"


def _constants(module: ModuleType) -> Iterator[Constant]:
    body = ast.parse(inspect.getsource(module)).body
    for statement, following in zip(body, [*body[1:], None], strict=True):
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)) if name.isupper():
                value = vars(module)[name]
                if isinstance(value, int | float | str) and not name.startswith("_"):
                    yield Constant(name=name, value=value, meaning=_sentence(following))


def _sentence(statement: ast.stmt | None) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return " ".join(text.split())
        case _:
            return ""
