"""Keeps the media clock's base through restarts within one boot of the host."""

import logging
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, connection

from sync.models import MediaClockBase

logger = logging.getLogger(__name__)


def kept_base_ms(boot_id: str, fresh_base_ms: float) -> float:
    """The base that this boot's first process chose, which is ours if we are the first.

    Where the database does not answer, or has no tables yet, the fresh one is used: the clock is
    right, but rooms kept before may come back up to the host's clock correction off.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:  # servers import us on their event loop
        return thread.submit(_kept_base_ms, boot_id, fresh_base_ms).result()


def _kept_base_ms(boot_id: str, fresh_base_ms: float) -> float:
    try:
        kept, _ = MediaClockBase.objects.get_or_create(
            boot_id=boot_id, defaults={"base_ms": fresh_base_ms}
        )
    except DatabaseError:
        logger.warning("the media clock's base cannot be kept; it begins anew")
        return fresh_base_ms
    finally:
        connection.close()
    return kept.base_ms
