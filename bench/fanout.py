"""Server CPU per delivered frame, ours beside a naive consumer: `python -m bench.fanout`.

One room of 200 members, of whom one points at the picture 20 times a second. Ends by itself after
about three minutes; only `--write` changes a file (docs/performance.md).
"""

import argparse
import gc
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NoReturn

import uvloop

from bench.figures import Run, Summary, summarise
from bench.machine import describe, load, part_cores
from bench.measure import measure
from bench.report import Arm, Report, as_markdown, as_text, put_into
from bench.server import ROOT, ServerFault, Site
from watchparty.hub.company import TICK_S

PAGE: Final = ROOT / "docs" / "performance.md"
TICK_MS: Final = TICK_S * 1000
FASTEST_HZ: Final = 20.0
"""The wire's limit for cursors of one member."""
SLOWER: Final = (1.0, 0.5, 0.25, 0.1)
"""Parts of the rate that the naive server is tried at until it can hold one."""
TRIAL_S: Final = 4.0
HELD_CORE: Final = 0.85
"""A server that uses more of its core is on the way to falling behind."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure in turn, then tell."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _stop)
    setting = describe()
    cores = part_cores()
    pinned = (
        f"server on core {cores[0]}, generator on core {cores[1]}"
        if cores[1] is not None
        else "unpinned"
    )
    setting.append(f"{pinned}; load average before: {load():.2f}")
    try:
        with tempfile.TemporaryDirectory(prefix="csw-bench-") as directory:
            site = Site(Path(directory), options.members)
            bench = Bench(site, cores[0], options.members)
            report = _compare(bench, options, setting)
    except (ServerFault, ConnectionError, TimeoutError) as fault:
        print(f"The benchmark failed: {fault or 'a time ran out'}", file=sys.stderr)
        return 1
    print(as_text(report))
    if options.write:
        page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        PAGE.write_text(put_into(page, as_markdown(report)), encoding="utf-8")
        print(f"\nWrote {PAGE.relative_to(ROOT)}.")
    return 0


class Bench:
    """Measures one window after another, each on a fresh server."""

    def __init__(self, site: Site, core: int | None, members: int) -> None:
        self._site = site
        self._core = core
        self._members = members

    def run(self, arm: Arm, seconds: float) -> Run:
        """One window; says on stderr how it went."""
        with self._site.serve(arm.kind, self._core) as server:
            gc.collect()
            work = measure(
                server,
                members=self._members,
                rate_hz=arm.rate_hz,
                seconds=seconds,
                merges=arm.tick_ms > 0,
            )
            run = uvloop.run(work)
        _say(f"{arm.title}: {_short(run)}")
        return run


def _compare(bench: Bench, options: argparse.Namespace, setting: list[str]) -> Report:
    trials: list[str] = []
    naive = _held_arm(bench, options, trials)
    arms = [Arm("ours", options.rate, TICK_MS), naive]
    if naive.rate_hz != options.rate:
        arms.append(Arm("ours", naive.rate_hz, TICK_MS))
    runs: dict[Arm, list[Run]] = {arm: [] for arm in arms}
    for repeat in range(options.repeats):
        _say(f"Repeat {repeat + 1} of {options.repeats}")
        for arm in arms:
            runs[arm].append(bench.run(arm, options.seconds))
    setting.append(f"load average after: {load():.2f}")
    summaries: list[tuple[Arm, Summary]] = [(arm, summarise(runs[arm])) for arm in arms]
    return Report(
        command=f"python -m bench.fanout {' '.join(options.given)}".rstrip(),
        setting=setting,
        arms=summaries,
        trials=trials,
        members=options.members,
        seconds=options.seconds,
    )


def _held_arm(bench: Bench, options: argparse.Namespace, trials: list[str]) -> Arm:
    """The naive server at the given rate, or at the fastest tried that it holds."""
    if options.naive_rate:
        return Arm("naive", options.naive_rate, 0.0)
    _say("Which rate can the naive server hold?")
    for part in SLOWER:
        arm = Arm("naive", options.rate * part, 0.0)
        run = bench.run(arm, TRIAL_S)
        if run.is_whole and run.server_cpu_s <= HELD_CORE * run.wall_s:
            break
        trials.append(f"{arm.title} for {TRIAL_S:g} s, which it did not hold: {_short(run)}")
    return arm


def _short(run: Run) -> str:
    p50, _, p99 = run.latency_ms
    return (
        f"{run.cpu_us:.1f} µs per frame, core {run.server_cpu_s / run.wall_s:.2f}, "
        f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, {run.tally.delivered} delivered, "
        f"{run.tally.missing} missing"
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fanout", description=__doc__)
    parser.add_argument("--members", type=_whole(2, 1000), default=200)
    parser.add_argument("--rate", type=_number(1, FASTEST_HZ), default=FASTEST_HZ, help="in Hz")
    parser.add_argument(
        "--naive-rate", type=_number(1, FASTEST_HZ), help="in Hz; otherwise the fastest it can hold"
    )
    parser.add_argument("--seconds", type=_number(1, 120), default=10.0)
    parser.add_argument("--repeats", type=_whole(1, 20), default=3)
    parser.add_argument("--write", action="store_true", help="put it into docs/performance.md")
    given = sys.argv[1:] if arguments is None else list(arguments)
    return parser.parse_args(given, argparse.Namespace(given=given))


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not lowest <= int(text) <= highest:
            raise argparse.ArgumentTypeError(f"must lie from {lowest} to {highest}")
        return int(text)

    return parse


def _number(lowest: float, highest: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        if not lowest <= float(text) <= highest:
            raise argparse.ArgumentTypeError(f"must lie from {lowest:g} to {highest:g}")
        return float(text)

    return parse


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _stop(_signal: int, _frame: object) -> NoReturn:
    """Leave through every `finally`, which ends the server."""
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main())
