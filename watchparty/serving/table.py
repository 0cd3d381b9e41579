"""What `serve status` prints: a supervisor's answer as a small table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

HEADINGS = ("pid", "instance", "state", "up since (UTC)", "restarts", "connections")
GAP = "  "


def table(status: Mapping[str, Any]) -> str:
    """Lines for people: the supervisor, then a row for each worker and each empty seat."""
    rows = [HEADINGS, *(_row(worker) for worker in status["workers"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join([_heading(status), *(_line(row, widths) for row in rows)])


def _heading(status: Mapping[str, Any]) -> str:
    reloading = ", reloading" if status["reloading"] else ""
    return (
        f"supervisor {status['pid']} of instance {status['instance']} on port {status['port']}: "
        f"{status['wanted']} wanted{reloading}"
    )


def _row(worker: Mapping[str, Any]) -> Sequence[str]:
    if worker["state"] == "waiting":
        again = f"again in {worker['againInS']:.0f} s"
        return ("–", "–", "waiting", again, str(worker["restarts"]), "–")
    return (
        str(worker["pid"] or "–"),  # 0 in the moment of its birth
        worker["instance"],
        f"{worker['state']}, resting" if worker["rests"] else worker["state"],
        worker["upSince"],
        str(worker["restarts"]),
        str(worker["connections"]),
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    """Numbers of the last columns to the right, all else to the left."""
    cells = [
        cell.rjust(width) if column >= len(HEADINGS) - 2 else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return GAP.join(cells).rstrip()
