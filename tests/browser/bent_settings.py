"""The settings of browser tests for a server whose clocks are wrong on purpose."""

from tests.bent_clocks import *  # noqa: F403 - all of them, then where the collected files are
from tests.browser.settings import *  # noqa: F403
