"""What 10,000 to 1,000,000 viewers would need: `python -m bench.scale`.

From the measured costs in bench/scale/figures.json: servers, Redis, memory, traffic, and how
long it takes until everybody is back after a server died. Pure and seeded, in about a minute; only
`--write` changes a file (docs/scaling.md).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Final

from bench.report import Marks, put_into
from bench.scale.costs import FIGURES, Costs, costs_of
from bench.scale.measured import Figures, redis, seed_table
from bench.scale.measured import costs as costs_table
from bench.scale.plan import BUSY, Plan, World, plan
from bench.scale.returning import DRAINED_S, FIRST_DELAY_S, returning
from bench.server import ROOT

PAGE: Final = ROOT / "docs" / "scaling.md"
MARKS: Final = Marks("bench.scale")
VIEWERS: Final = (10_000, 40_000, 100_000, 1_000_000)
MIXES: Final = (
    (0.0, "all watch"),
    (0.1, "ten of each tenth room point"),
    (1.0, "ten of each room point"),
)
SMALLEST_FLEET: Final = 2
PLAN_HEAD: Final = (
    "| viewers | who | rooms (largest) | processes | core: mean, busiest | busiest ÷ mean | "
    "memory | to viewers | Redis calls/s | Redis |"
)
RETURN_HEAD: Final = (
    "| viewers | its viewers | dies: tries in a second | back p50 / p99 / last | "
    "replaced: tries | back p50 / p99 / last |"
)


def page(figures: Figures, costs: Costs, viewers: Sequence[int] = VIEWERS) -> str:
    """The section of docs/scaling.md."""
    plans = [
        (plan(World(count, share), costs), words) for count in viewers for share, words in MIXES
    ]
    apart = [plan(World(count, 0.1, affine=False), costs) for count in viewers]
    lines = [
        MARKS.begin,
        "Measured (`make bench-capacity`) on:",
        "",
        *(f"- {line}" for line in figures["setting"]),
        "",
        *costs_table(figures),
        "",
        "What Redis is asked, rooms on two servers:",
        "",
        *redis(figures),
        "",
        f"The original's table, at {BUSY} of a core each:",
        "",
        *seed_table(figures),
        "",
        "Simulated (`python -m bench.scale --write`), rooms kept together by their hash:",
        "",
        PLAN_HEAD,
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        *(_row(one, words) for one, words in plans),
        "",
        "Without affinity (each viewer at any server; every tenth room points):",
        "",
        "| viewers | processes | Redis calls/s | Redis | with affinity |",
        "|---:|---:|---:|---:|---:|",
        *(
            f"| {one.world.viewers:,} | {one.servers} | {one.redis_calls_per_s:,.0f} | "
            f"{one.redis} | "
            f"{_same(plans, one).redis_calls_per_s:,.0f} calls/s |"
            for one in apart
        ),
        "",
        "One server (the fullest) dies, or is replaced, while all watch:",
        "",
        RETURN_HEAD,
        "|---:|---:|---:|---:|---:|---:|",
        *(_return_row(one, costs) for one, words in plans if words == MIXES[0][1]),
        MARKS.end,
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate and tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--viewers", type=int, nargs="+", default=list(VIEWERS))
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scaling.md")
    options = parser.parse_args(arguments)
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    text = page(figures, costs_of(figures), options.viewers)
    print(text)
    if options.write:
        before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        PAGE.write_text(put_into(before, text, MARKS), encoding="utf-8")
    return 0


def _row(one: Plan, words: str) -> str:
    return (
        f"| {one.world.viewers:,} | {words} | {one.rooms:,} ({one.largest:,}) | "
        f"{one.servers:,} | {one.mean_core:.2f}, {one.busiest_core:.2f} | "
        f"{one.unluckiest:.2f} | {one.gib:,.1f} GiB | "
        f"{one.mbit_per_s:,.0f} Mbit/s | {one.redis_calls_per_s:,.0f} | {one.redis} |"
    )


def _same(plans: Sequence[tuple[Plan, str]], apart: Plan) -> Plan:
    return next(
        one
        for one, _ in plans
        if (one.world.viewers, one.world.pointing) == (apart.world.viewers, apart.world.pointing)
    )


def _return_row(one: Plan, costs: Costs) -> str:
    fleet = max(one.servers, SMALLEST_FLEET)
    spare = max(1 - one.mean_core * fleet / (fleet - 1), 0.05)
    rate = spare * 1e6 / costs.join_us
    cells = []
    for window_s in (FIRST_DELAY_S, DRAINED_S):
        back = returning(one.most_viewers, fleet - 1, rate, window_s)
        cells.append(
            f"{back.arrivals_per_s:,.0f} | "
            f"{back.p50_s:.1f} / {back.p99_s:.1f} / {back.last_s:.1f} s"
        )
    return f"| {one.world.viewers:,} | {one.most_viewers:,} | {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
