"""What every test may count on."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nothing_is_remembered_in_the_cache() -> Iterator[None]:
    """Rate limits of one test must not meet the next one."""
    cache.clear()
    yield
    cache.clear()
