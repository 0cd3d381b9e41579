"""The product's own settings for a server in tests; only its collected files are elsewhere."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403 - all of them, then one of our own

# Tests that run side by side, or a server of yours, would serve what others just write.
STATIC_ROOT = Path(os.environ["TESTS_STATIC_ROOT"])
