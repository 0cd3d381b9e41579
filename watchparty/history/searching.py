"""Finds rows of history by words, over all rooms: each row of a kind is read, so at little cost."""

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal

from watchparty.models import Room

ROOM: Final = "room__slug"
"""Among columns: the address of a row's room."""

FEW_ROOMS: Final = 100
"""So many are named to the database one by one: it then knows how few rows are theirs."""


MOST_WORDS: Final = 8
"""Of what is searched; more say nothing more."""


def with_words(rows: QuerySet[Any], columns: Iterable[str], asked: str) -> QuerySet[Any]:
    """Rows that have each of these words in one of these columns; quotes make words one.

    One more query for each word.
    """
    for part in islice(smart_split(asked), MOST_WORDS):
        is_quoted = part[0] in "\"'" and part[0] == part[-1]
        rows = rows.filter(_has(unescape_string_literal(part) if is_quoted else part, columns))
    return rows


def _has(word: str, columns: Iterable[str]) -> Q:
    """In a column, or in the address of a row's room.

    Rooms are looked for first: joined to each row they cost as much as a column, and let PostgreSQL
    sort every row that has the word instead of taking the newest by their index.
    """
    found = Q()
    for column in columns:
        found |= _of_rooms(word) if column == ROOM else Q(**{f"{column}__icontains": word})
    return found


def _of_rooms(word: str) -> Q:
    rooms = Room.objects.filter(slug__icontains=word).order_by().values("pk")
    few = [room["pk"] for room in rooms[: FEW_ROOMS + 1]]
    return Q(room__in=few if len(few) <= FEW_ROOMS else rooms)
