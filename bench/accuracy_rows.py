"""The tables of the clock's report whose rows are single measurements."""

from collections.abc import Iterable, Sequence
from math import isfinite, isnan
from statistics import median
from typing import Final

from bench.accuracy import Accuracy, assess, explained_ms, reference_strip
from bench.clock_networks import CONFIGURATIONS
from bench.clock_records import BrowserRun, BusyServer, RelayAlone
from bench.figures import percentile

BEST_SHARE: Final = 20
"""Of the probes one in so many, with the shortest round trips, is what an estimator lives on."""

Table = list[list[str]]
"""Head first."""
AssessedRun = tuple[BrowserRun, Accuracy]


def ruler_rows(rulers: Sequence[BrowserRun]) -> Table:
    """What is known of the ruler's own error."""
    table = [
        [
            "run", "probes − ruler ms", "probes can tell ± ms", "agree", "reading took µs p50",
            "page's error ms p50 / p95", "load", "others' cores",
        ]
    ]  # fmt: skip
    for run in rulers:
        strip = reference_strip(run.reference, run.watched.pairs, run.base_ms)
        took = sorted(r.took_ms for r in run.watched.readings)
        figures = assess(run.watched, run.base_ms, run.law, 0.0)
        table.append(
            [
                str(run.repeat + 1),
                f"{strip.middle_ms:+.3f}",
                f"{strip.half_ms:.3f}",
                "yes" if strip.holds_ruler else "NO",
                f"{percentile(took, 50) * 1000:.0f}",
                f"{figures.error_ms[0]:.3f} / {figures.error_ms[1]:.3f}",
                f"{run.use.load:.1f}",
                f"{run.use.others:.2f}",
            ]
        )
    return table


def relay_rows(relays: Iterable[RelayAlone]) -> Table:
    """What the relay does to probes that nothing else disturbs."""
    table = [
        [
            "way", "round trip ms least / p50 / p95", "kept at least ms up / down",
            "late ms p50 / p95 / max up", "down", "bias of the best", "others' cores",
        ]
    ]  # fmt: skip
    for alone in relays:
        delays = sorted(p.delay_ms for p in alone.probes)
        p50, p95 = percentile(delays, 50), percentile(delays, 95)
        up, down = alone.up, alone.down
        best_ms = min(alone.probes, key=lambda p: p.delay_ms).bias_ms(alone.base_ms)
        table.append(
            [
                alone.name,
                f"{delays[0]:.3f} / {p50:.3f} / {p95:.3f}",
                f"{up.floor_ms:.3f} / {down.floor_ms:.3f}" if up and down else "–",
                _three(up.late_ms) if up else "–",
                _three(down.late_ms) if down else "–",
                f"{best_ms:+.3f}",
                f"{alone.use.others:.2f}",
            ]
        )
    return table


def run_rows(runs: Iterable[AssessedRun]) -> Table:
    """Each run by itself."""
    table = [
        [
            "network", "run", "clock", "error ms p50 / p95 / p99 / max", "explained",
            "p95 beyond", "bound", "violated", "before that", "skew off ppm", "first fix s",
            "after step s", "relay late ms p95 up / down", "interrupted", "load",
            "our / others' cores",
        ]
    ]  # fmt: skip
    order = list(CONFIGURATIONS)
    for run, figures in sorted(runs, key=lambda each: (order.index(each[0].name), each[0].repeat)):
        table.append(
            [
                run.name,
                str(run.repeat + 1),
                f"{run.law.offset_ms / 1000:+g} s {run.law.ppm:+g} ppm",
                " / ".join(f"{value:.3f}" for value in figures.error_ms),
                f"{asymmetry_of(run):+.3f}",
                f"{figures.beyond_ms:.3f}",
                f"{figures.bound_ms:.2f}",
                f"{figures.violated} of {figures.settled}",
                str(figures.first_violated),
                f"{figures.skew_off_ppm:+.1f}",
                seconds(figures.first_fix_ms),
                seconds(figures.recovery_ms),
                f"{run.up.late_ms[1]:.2f} / {run.down.late_ms[1]:.2f}"
                if run.up and run.down
                else "–",
                str(figures.interrupted),
                f"{run.use.load:.1f}",
                f"{run.use.ours:.2f} / {run.use.others:.2f}",
            ]
        )
    return table


def busy_rows(measured: Iterable[BusyServer]) -> Table:
    """Three ways to a socket beside each other."""
    table = [["way", "work", "least delay ms", "bias of the best ms", "of all p50 / p95"]]
    table[0].append("others' cores")
    for busy in measured:
        biases = sorted(p.bias_ms(busy.base_ms) for p in busy.probes)
        table.append(
            [
                busy.path,
                busy.work,
                f"{min(p.delay_ms for p in busy.probes):.3f}",
                f"{best_bias_ms(busy):+.3f}",
                f"{percentile(biases, 50):+.3f} / {percentile(biases, 95):+.3f}",
                f"{busy.use.others:.2f}",
            ]
        )
    return table


def asymmetry_of(run: BrowserRun) -> float:
    """The error that the relay's own floors explain."""
    return explained_ms(run.up.floor_ms, run.down.floor_ms) if run.up and run.down else 0.0


def best_bias_ms(busy: BusyServer) -> float:
    """Median bias of the probes with the shortest round trips."""
    best = sorted(busy.probes, key=lambda p: p.delay_ms)[: max(len(busy.probes) // BEST_SHARE, 1)]
    return median(p.bias_ms(busy.base_ms) for p in best)


def seconds(value_ms: float) -> str:
    """As a table shows it."""
    if isnan(value_ms):
        return "–"
    return f"{value_ms / 1000:.2f}" if isfinite(value_ms) else "later"


def _three(values_ms: tuple[float, float, float]) -> str:
    return " / ".join(f"{value:.3f}" for value in values_ms)
