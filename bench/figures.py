"""From raw readings to figures: percentiles, CPU times of /proc, and what did not arrive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Final

_UTIME_AFTER_NAME: Final = 11
"""Where utime (field 14 of proc(5)) stands among the fields that follow the command's name."""
_BUSY_COLUMNS: Final = (0, 1, 2, 5, 6, 7)
"""User, nice, system, irq, softirq and steal in the first line of /proc/stat: all but idleness."""


def percentile(ascending: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of all values do not exceed (nearest rank)."""
    if not ascending:
        raise ValueError("there is no percentile of nothing")
    return ascending[max(ceil(len(ascending) * percent / 100), 1) - 1]


def process_cpu_s(stat: str, ticks_per_s: int) -> float:
    """User and system time of a process with all its threads, from its /proc/<pid>/stat.

    The command's name stands in parentheses and may hold anything, even parentheses.
    """
    fields = stat[stat.rindex(")") + 1 :].split()
    return (int(fields[_UTIME_AFTER_NAME]) + int(fields[_UTIME_AFTER_NAME + 1])) / ticks_per_s


def family_cpu_s(stats: Mapping[int, str], eldest: int, ticks_per_s: int) -> float:
    """User and system time of a process and its descendants, from each one's /proc/<pid>/stat."""
    parents = {pid: int(stat[stat.rindex(")") + 1 :].split()[1]) for pid, stat in stats.items()}

    def descends(pid: int) -> bool:
        while pid != eldest and pid in parents:
            pid = parents[pid]
        return pid == eldest

    return sum(process_cpu_s(stat, ticks_per_s) for pid, stat in stats.items() if descends(pid))


def machine_busy_s(stat: str, ticks_per_s: int) -> float:
    """CPU time that all cores together have spent on anything, from /proc/stat."""
    name, *columns = stat.splitlines()[0].split()
    if name != "cpu":
        raise ValueError(f"the first line of /proc/stat is {name!r}, not 'cpu'")
    return sum(int(columns[index]) for index in _BUSY_COLUMNS) / ticks_per_s


def processor(cpuinfo: str) -> str:
    """The name that the processor gives itself in /proc/cpuinfo."""
    for line in cpuinfo.splitlines():
        name, colon, value = line.partition(":")
        if colon and name.strip() == "model name":
            return value.strip()
    return "unnamed processor"


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the published cursors, in frames; `merged` ones were replaced by a newer one.

    `missing` frames were lost, or had not arrived when the run ended.
    """

    delivered: int
    missing: int
    merged: int
    duplicated: int


def tally(published: int, receivers: int, received: Mapping[int, int], *, merges: bool) -> Tally:
    """Count deliveries, given how many receivers got each cursor (numbered from 0 to `published`).

    A server that merges may leave a cursor out for everybody; left out for some it is missing.
    """
    counts = [received.get(number, 0) for number in range(published)]
    merged = counts.count(0) if merges else 0
    return Tally(
        delivered=sum(counts),
        missing=sum(max(receivers - count, 0) for count in counts) - merged * receivers,
        merged=merged,
        duplicated=sum(max(count - receivers, 0) for count in counts),
    )


@dataclass(frozen=True, slots=True)
class Run:
    """One measured window. The window ends when the last frame has arrived, or none comes."""

    tally: Tally
    refused: int
    """Frames that the server answered with an error."""
    closed: int
    """Sockets that ended during the run."""
    wall_s: float
    server_cpu_s: float
    generator_cpu_s: float
    others_cpu_s: float
    """What everything else on the machine used meanwhile."""
    latency_ms: tuple[float, float, float]
    """Publish-to-receive, p50, p95 and p99."""

    @property
    def cpu_us(self) -> float:
        """Server CPU per delivered frame."""
        return self.server_cpu_s * 1e6 / self.tally.delivered if self.tally.delivered else 0.0

    @property
    def is_whole(self) -> bool:
        """Whether every frame arrived, once, at every receiver."""
        flaws = (self.tally.missing, self.tally.duplicated, self.refused, self.closed)
        return self.tally.delivered > 0 and not any(flaws)


@dataclass(frozen=True, slots=True)
class Summary:
    """The medians of repeated runs, and their range where it matters most."""

    cpu_us: float
    cpu_us_range: tuple[float, float]
    server_core: float
    generator_core: float
    others_core: float
    latency_ms: tuple[float, float, float]
    delivered: int
    missing: int
    merged: int
    whole_runs: int
    runs: int


def summarise(runs: Sequence[Run]) -> Summary:
    """Medians of rates and times; sums of counts."""
    p50, p95, p99 = (median(run.latency_ms[index] for run in runs) for index in range(3))
    costs = [run.cpu_us for run in runs]
    return Summary(
        cpu_us=median(costs),
        cpu_us_range=(min(costs), max(costs)),
        server_core=median(run.server_cpu_s / run.wall_s for run in runs),
        generator_core=median(run.generator_cpu_s / run.wall_s for run in runs),
        others_core=median(run.others_cpu_s / run.wall_s for run in runs),
        latency_ms=(p50, p95, p99),
        delivered=sum(run.tally.delivered for run in runs),
        missing=sum(run.tally.missing for run in runs),
        merged=sum(run.tally.merged for run in runs),
        whole_runs=sum(run.is_whole for run in runs),
        runs=len(runs),
    )


def spread(
    values: Sequence[float], percents: Sequence[int] = (50, 95, 99), unit: str = "ms"
) -> str:
    """These percentiles, and the most."""
    ascending = sorted(values)
    told = [percentile(ascending, percent) for percent in percents]
    return " / ".join(f"{value:.1f}" for value in [*told, ascending[-1]]) + f" {unit}"
