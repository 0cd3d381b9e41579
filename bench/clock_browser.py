"""How far a real browser's clock is off, on good and bad networks: `python -m bench.clock_browser`.

Chromium on the clock's page, its clocks wrong by 30 s and 80 ppm in the window and the Worker, and
made to jump by 40 ms near the end of each run. Finished parts are kept in var/, so that it goes on
where it was stopped; `--again` begins anew. Only `--write` changes docs/accuracy.md.
"""

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Error as BrowserFault
from playwright.sync_api import sync_playwright

from bench.accuracy_report import MARKS, Report, as_markdown, as_text
from bench.clock_networks import CONFIGURATIONS
from bench.clock_records import DECODER, BrowserRun, BusyServer, Record, RelayAlone
from bench.clock_work import (
    BUSY_PATHS,
    BUSY_WORK,
    Job,
    run_browsers,
    run_busy_server,
    run_relay_alone,
    run_ruler,
)
from bench.machine import describe
from bench.place import Place, serving
from bench.records import Records
from bench.report import put_into
from bench.server import ROOT, ServerFault
from bench.turns import code_of, stop, turn

PAGE: Final = ROOT / "docs" / "accuracy.md"
KEPT: Final = ROOT / "var" / "clock_browser.jsonl"
RELAYS: Final = ("direct", "null", "wan")
BUSY: Final = {("busy", path, work) for path in BUSY_PATHS for work in BUSY_WORK}
RULER: Final = "ruler"
LONG: Final = "long"
RULERS: Final = 2
"""The ruler is the same at every repeat."""
ALONE: Final = {RULER, LONG}
LONG_S: Final = 600.0

Run = tuple[str, str, int]
"""The word "run", its name and its number."""
Key = Run | tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is not there yet, then tell."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, stop)
    records = Records(KEPT, DECODER)
    if options.again:
        records.forget()
    try:
        _measure(records, options)
    except (ServerFault, OSError, BrowserFault) as fault:
        print(f"The benchmark stopped, and can go on: {fault}", file=sys.stderr)
        return 1
    command = f"python -m bench.clock_browser {' '.join(options.given)}".rstrip()
    report = Report(
        command, [*describe(), *code_of("the page's clock", "static/js/clock", "static/js/room")]
    )
    report.take(records.read())
    print(as_text(report))
    if options.write:
        page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        PAGE.write_text(put_into(page, as_markdown(report), MARKS), encoding="utf-8")
        print(f"\nWrote {PAGE.relative_to(ROOT)}.")
    return 0


def _measure(records: Records[Record], options: argparse.Namespace) -> None:
    done = {key(record) for record in records.read()}
    if not done.issuperset(BUSY):
        for busy in run_busy_server():
            records.add(busy)
            _say(f"busy server, {busy.path}, {busy.work}")
    relays = [name for name in RELAYS if ("relay", name) not in done]
    runs = [run for run in plan(options) if run not in done]
    if not relays and not runs:
        return
    with serving() as place:
        for name in relays:
            records.add(run_relay_alone(place, name))
            _say(f"relay alone, {name}")
        for together in batches(runs, options.abreast):
            with turn(options.lock):
                made = _browse(place, together, options.seconds)
            for record in made:
                records.add(record)
                _say(f"{record.name} {record.repeat + 1}: others used {record.use.others:.2f} core")


def key(record: Record) -> Key:
    """What a record is of."""
    match record:
        case BrowserRun():
            return ("run", record.name, record.repeat)
        case RelayAlone():
            return ("relay", record.name)
        case BusyServer():
            return ("busy", record.path, record.work)


def plan(options: argparse.Namespace) -> Iterator[Run]:
    """All runs in browsers: every configuration once, then all again."""
    for repeat in range(options.repeats):
        for name in (RULER, *CONFIGURATIONS):
            if name != LONG and (name != RULER or repeat < RULERS):
                yield "run", name, repeat
    if options.long:
        yield "run", LONG, 0


def batches(runs: Sequence[Run], abreast: int) -> Iterator[list[Run]]:
    """Which runs are made at the same time; the ruler's and the long one never beside others."""
    together: list[Run] = []
    for run in runs:
        if together and (len(together) == abreast or {together[0][1], run[1]} & ALONE):
            yield together
            together = []
        together.append(run)
    if together:
        yield together


def _browse(place: Place, runs: Sequence[Run], seconds: float) -> list[BrowserRun]:
    with sync_playwright() as playwright:
        if runs[0][1] == RULER:
            return [run_ruler(playwright, place, runs[0][2])]
        span_s = LONG_S if runs[0][1] == LONG else seconds
        jobs = [Job(name, CONFIGURATIONS[name].network, repeat) for _, name, repeat in runs]
        return run_browsers(playwright, place, jobs, span_s)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.clock_browser", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="of each configuration")
    parser.add_argument("--seconds", type=float, default=75.0, help="of each run")
    parser.add_argument(
        "--abreast", type=int, default=1, help="browsers at once; each is part of the others' load"
    )
    parser.add_argument("--long", action="store_true", help="also one run of ten minutes")
    parser.add_argument("--again", action="store_true", help="forget what was measured before")
    parser.add_argument("--lock", type=Path, help="a file whose lock is held while a browser runs")
    parser.add_argument("--write", action="store_true", help="put it into docs/accuracy.md")
    given = sys.argv[1:] if arguments is None else list(arguments)
    return parser.parse_args(given, argparse.Namespace(given=given))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
