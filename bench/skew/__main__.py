"""How far apart viewers' pictures are in real Chromium, by law and network: `python -m bench.skew`.

Two browsers in a room of each law: ours, the original program's, Jellyfin's. Finished runs are kept
in var/, so that it goes on where it was stopped; `--again` begins anew. Only `--write` changes
docs/accuracy.md and its plots.
"""

import argparse
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Error as BrowserFault
from playwright.sync_api import sync_playwright

from bench.machine import describe
from bench.place import serving
from bench.records import Records
from bench.report import put_into
from bench.server import ROOT, ServerFault
from bench.skew.figures import NothingSeen, assess
from bench.skew.networks import CONFIGURATIONS
from bench.skew.plots import write_plots
from bench.skew.records import DECODER, SkewRun
from bench.skew.report import MARKS, Report, as_markdown, as_text
from bench.skew.session import AROUND_S, Job, run_session
from bench.skew.viewer import LAWS, OURS
from bench.turns import code_of, stop, turn

PAGE: Final = ROOT / "docs" / "accuracy.md"
PLOTS: Final = ROOT / "docs" / "img"
KEPT: Final = ROOT / "var" / "skew.jsonl"
LONG: Final = "long"
SITUATIONS: Final = [name for name in CONFIGURATIONS if name != LONG]
LONG_S: Final = 590.0 + AROUND_S
"""Ten minutes and a half in all; what follows the steady part does not meet the film's end."""
SHORTEST_S: Final = AROUND_S + 10
LONGEST_S: Final = AROUND_S + 60
"""The film would end while a viewer recovers."""
ATTEMPTS: Final = 2
"""A browser that did not come up says nothing about a law; one that never does is a fault."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is not there yet, then tell."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, stop)
    records = Records(KEPT, DECODER)
    if options.again:
        records.forget()
    try:
        missing = _measure(records, options)
    except (ServerFault, OSError) as fault:
        print(f"The benchmark stopped, and can go on: {fault}", file=sys.stderr)
        return 1
    command = f"python -m bench.skew {' '.join(options.given)}".rstrip()
    law = code_of("our law", "static/js/playback", "static/js/clock")
    report = Report(command, [*describe(), *law])
    report.take(records.read())
    print(as_text(report))
    if options.write:
        page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        PAGE.write_text(put_into(page, as_markdown(report), MARKS), encoding="utf-8")
        write_plots(report.runs, PLOTS)
        print(f"\nWrote {PAGE.relative_to(ROOT)} and its plots.")
    for what in missing:
        print(f"Missing: {what}. The same command measures it again.", file=sys.stderr)
    return 1 if missing else 0


def plan(options: argparse.Namespace, done: set[tuple[str, str, int]]) -> Iterator[Job]:
    """All jobs that are left: every situation under every law once, then all again."""
    for repeat in range(options.repeats):
        for name, configuration in CONFIGURATIONS.items():
            if name not in options.networks:
                continue
            laws = [law for law in options.laws if (name, law, repeat) not in done]
            for first in range(0, len(laws), options.abreast):
                together = tuple(laws[first : first + options.abreast])
                yield Job(name, configuration, together, repeat)
    if options.long and (LONG, OURS, 0) not in done:
        yield Job(LONG, CONFIGURATIONS[LONG], (OURS,), 0)


def _measure(records: Records[SkewRun], options: argparse.Namespace) -> list[str]:
    """Make all runs that are left; what could not be measured, in words."""
    done = {(run.name, run.law, run.repeat) for run in records.read()}
    jobs = list(plan(options, done))
    if not jobs:
        return []
    missing = []
    with serving(bundled=False) as place:  # laws change places by their modules
        for job in jobs:
            seconds = LONG_S if job.name == LONG else options.seconds
            for _ in range(ATTEMPTS):
                began_s = time.monotonic()
                try:
                    with turn(options.lock), sync_playwright() as playwright:
                        made = run_session(playwright, place, job, seconds)
                    for run in made:
                        assess(run)
                except (BrowserFault, NothingSeen) as fault:
                    why = f"{job.name} {job.repeat + 1}, {job.laws}: {str(fault).splitlines()[0]}"
                    _say(why)
                    continue
                for run in made:
                    records.add(run)
                _say(_told(made, time.monotonic() - began_s))
                break
            else:
                missing.append(why)
    return missing


def _told(made: Sequence[SkewRun], took_s: float) -> str:
    run = made[0]
    laws = ", ".join(each.law for each in made)
    return (
        f"{run.name} {run.repeat + 1}, {laws}: {took_s:.0f} s with its turn, "
        f"others used {run.use.others:.2f} core"
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.skew", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="of each law in each situation")
    parser.add_argument("--seconds", type=float, default=70.0, help="of each run")
    parser.add_argument(
        "--abreast", type=int, default=1, help="laws at once; each is part of the others' load"
    )
    parser.add_argument("--laws", nargs="+", choices=LAWS, default=list(LAWS), help="only these")
    parser.add_argument(
        "--networks", nargs="+", choices=SITUATIONS, default=SITUATIONS, help="only these"
    )
    parser.add_argument("--long", action="store_true", help="also one run of ten minutes, ours")
    parser.add_argument("--again", action="store_true", help="forget what was measured before")
    parser.add_argument("--lock", type=Path, help="a file whose lock is held while browsers run")
    parser.add_argument("--write", action="store_true", help="put it into docs/accuracy.md")
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser.parse_args(given, argparse.Namespace(given=given))
    if options.seconds < SHORTEST_S:
        parser.error(f"a run takes {SHORTEST_S:g} s at least, to have a steady part")
    if options.seconds > LONGEST_S:
        parser.error(f"a run takes {LONGEST_S:g} s at most, else the film ends in it")
    return options


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
