"""`make load`: viewers arrive at a site of yours, join, think, act and leave; told as it goes.

Ends with 0, or with 1 where a threshold was missed or nobody came in; Ctrl-C ends it early, with
the summary all the same.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import reduce
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from operator import add
from pathlib import Path
from typing import Final

from bench.load.generator import Part, generate
from bench.load.report import HEADING, as_json, hints, progress, summary
from bench.load.scenario import BadScenario, Phase, Scenario, checked, part_of, read
from bench.load.tally import TIMES, Tally, missed
from bench.load.target import BadTarget, Target, target_of

ENDING_S: Final = 15.0
MAX_PROCESSES: Final = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Load, tell, judge."""
    options = _options(arguments)
    try:
        target = target_of(
            options.url, mine=options.mine, origin=options.origin, ca_file=options.ca_file
        )
        if options.spread and not target.is_loopback_ipv4:
            raise BadTarget("--spread needs an address of 127/8")
        scenario = _scenario(options)
    except (BadTarget, BadScenario, OSError) as problem:
        print(f"This load cannot be run: {problem}.", file=sys.stderr)
        return 2
    rooms = _rooms(options)
    _say(f"Loading {target.scheme}://{target.authority}{target.path} as {target.origin}:")
    _say(
        f"{scenario.arrivals} viewers in {scenario.seconds:g} s, {len(rooms)} room(s) from "
        f"{rooms[0]}, {options.processes} process(es). Ctrl-C ends it."
    )
    began_s = time.monotonic()
    tally = _play(target, rooms, scenario, options)
    wall_s = time.monotonic() - began_s
    _say("")
    for line in (*summary(tally, wall_s), *hints(tally, wall_s, options.processes)):
        _say(line)
    verdict = missed(tally, max_error_rate=options.max_error_rate, p99_ms=dict(options.p99_ms))
    for sentence in verdict:
        _say(f"Missed: {sentence}.")
    if options.json is not None:
        told = json.dumps(as_json(tally, wall_s, verdict), indent=1)
        options.json.write_text(told + "\n", encoding="utf-8")
    return 1 if verdict else 0


def _play(
    target: Target, rooms: Sequence[str], scenario: Scenario, options: argparse.Namespace
) -> Tally:
    """Start the generators, print what they tell, and see them end."""
    context = multiprocessing.get_context("spawn")
    pipes: list[Connection] = []
    started: list[BaseProcess] = []
    for number in range(options.processes):
        ours, theirs = context.Pipe()
        mine = part_of(scenario, options.processes)
        part = Part(target, rooms, mine, number, options.seed, options.spread)
        process = context.Process(target=generate, args=(part, theirs), daemon=True)
        process.start()
        theirs.close()
        pipes.append(ours)
        started.append(process)
    latest: dict[Connection, Tally] = {}
    try:
        _follow(pipes, latest)
    except KeyboardInterrupt:
        _say("Ending …")
        for pipe in pipes:
            with suppress(OSError):
                pipe.send("stop")
        with suppress(KeyboardInterrupt):
            _follow(pipes, latest)
    for running in started:
        running.join(ENDING_S)
        if running.is_alive():
            running.kill()
    return reduce(add, latest.values(), Tally())


def _follow(pipes: Sequence[Connection], latest: dict[Connection, Tally]) -> None:
    """Keep the newest word of each generator, and print a line a second, until all have ended."""
    _say(HEADING)
    began_s = told_s = time.monotonic()
    before = reduce(add, latest.values(), Tally())
    living = [pipe for pipe in pipes if not pipe.closed]
    while living:
        for pipe in wait(living, timeout=0.2):
            assert isinstance(pipe, Connection)
            word = _word(pipe)
            if word is None:
                living.remove(pipe)
                pipe.close()
            else:
                latest[pipe] = word
        now_s = time.monotonic()
        if now_s - told_s >= 1 and latest:
            now = reduce(add, latest.values(), Tally())
            _say(progress(round(now_s - began_s), now, before))
            told_s, before = now_s, now


def _word(pipe: Connection) -> Tally | None:
    try:
        word = pipe.recv()
    except (EOFError, OSError):
        return None
    return word if isinstance(word, Tally) else None


def _scenario(options: argparse.Namespace) -> Scenario:
    if options.scenario is not None:
        return read(options.scenario.read_text(encoding="utf-8"))
    phase = Phase(options.seconds, options.rate)
    return checked(Scenario((phase,), think_s=options.think, stay_s=options.stay))


def _rooms(options: argparse.Namespace) -> list[str]:
    if options.rooms:
        return [f"load-{number + 1}" for number in range(options.rooms)]
    return options.room or ["demo"]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the site's address")
    parser.add_argument("--mine", action="store_true", help="yes, that other machine is mine")
    parser.add_argument("--origin", help="what pages say they are from; default: the address")
    parser.add_argument("--ca-file", help="a certificate to trust beside the system's (PEM)")
    parser.add_argument("--rate", type=_positive, default=10.0, help="arrivals a second (10)")
    parser.add_argument("--seconds", type=_positive, default=60.0, help="of arriving (60)")
    parser.add_argument("--think", type=_positive, default=5.0, help="s before acting (5)")
    parser.add_argument("--stay", type=_positive, default=60.0, help="s of a visit (60)")
    parser.add_argument(
        "--scenario", type=Path, help="phases and behaviours in a TOML file instead"
    )
    parser.add_argument("--room", nargs="+", metavar="SLUG", help="rooms that exist (demo)")
    parser.add_argument("--rooms", type=_count, help="load-1 … load-N instead")
    parser.add_argument("--processes", type=_count, default=1, help="generators, a core each")
    parser.add_argument("--spread", action="store_true", help="an address of 127/8 for each viewer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the summary there too")
    parser.add_argument("--max-error-rate", type=float, metavar="0…1", help="of visits")
    parser.add_argument(
        "--p99-ms", type=_threshold, nargs="+", default=[], metavar="NAME=MS", help=", ".join(TIMES)
    )
    options = parser.parse_args(arguments)
    if options.processes > MAX_PROCESSES:
        parser.error(f"--processes is at most {MAX_PROCESSES}; {os.cpu_count()} cores are here")
    return options


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _threshold(text: str) -> tuple[str, float]:
    name, equals, most = text.partition("=")
    if name not in TIMES or not equals:
        raise argparse.ArgumentTypeError(f"{text}: say for example {TIMES[0]}=500")
    return name, _positive(most)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
