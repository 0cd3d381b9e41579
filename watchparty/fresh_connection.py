"""Asks the database from a thread of one's own, on a connection that has not gone stale."""

from collections.abc import Callable
from typing import TypeVar

from django.db import close_old_connections, reset_queries

A = TypeVar("A")
R = TypeVar("R")


def with_fresh_connection(function: Callable[[A], R], argument: A) -> R:
    """Call it as Django does for a request: threads of an executor have nobody who cleans up."""
    reset_queries()  # with DEBUG each statement is kept until then
    close_old_connections()
    try:
        return function(argument)
    finally:
        close_old_connections()
