"""Settings of a server whose clocks are wrong on purpose; nothing of this is in the product.

TESTS_CLOCKS, JSON: `rawMs` and `utcMs` are what oscillator and UTC are ahead by, `ppm` how much the
oscillator is too fast, `rawStepMs` and `utcStepMs` what each leaps by at every SIGUSR1.
"""

import json
import os
import signal
from typing import Any

from config.settings import *  # noqa: F403 - all of them
from sync import clock

_bent = {"rawMs": 0, "utcMs": 0, "ppm": 0, "rawStepMs": 0, "utcStepMs": 0}
_bent |= json.loads(os.environ["TESTS_CLOCKS"])
_ahead_ns = {"raw": round(_bent["rawMs"] * 1e6), "utc": round(_bent["utcMs"] * 1e6)}
_true_raw_ns, _true_utc_ns = clock.raw_ns, clock.utc_ns
_since_ns = _true_raw_ns()
# As whole numbers: a float would read nanoseconds of a long uptime in steps.
_ppb = round(_bent["ppm"] * 1000)


def _raw_ns() -> int:
    true_ns = _true_raw_ns()
    return true_ns + (true_ns - _since_ns) * _ppb // 1_000_000_000 + _ahead_ns["raw"]


def _utc_ns() -> int:
    return _true_utc_ns() + _ahead_ns["utc"]


def _leap(*_: Any) -> None:
    for name in ("raw", "utc"):
        _ahead_ns[name] += round(_bent[f"{name}StepMs"] * 1e6)


# Before anything of ours has read them, or taken them along by name.
for _name, _function in (("raw_ns", _raw_ns), ("utc_ns", _utc_ns)):
    setattr(clock, _name, _function)
signal.signal(signal.SIGUSR1, _leap)
