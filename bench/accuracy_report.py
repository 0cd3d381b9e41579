"""The clock's figures as tables to read, and as a section of docs/accuracy.md."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite, isnan
from statistics import median
from typing import Final

from bench.accuracy import (
    CLOSE_MS,
    RECOVERED_MS,
    RULER_MS,
    SETTLED_MS,
    TOOK_MAX_MS,
    assess,
    reference_strip,
)
from bench.accuracy_rows import (
    AssessedRun,
    Table,
    asymmetry_of,
    best_bias_ms,
    busy_rows,
    relay_rows,
    ruler_rows,
    run_rows,
    seconds,
)
from bench.clock_networks import CONFIGURATIONS, Configuration
from bench.clock_records import BrowserRun, BusyServer, Record, RelayAlone
from bench.machine import crowded
from bench.report import Marks

MARKS: Final = Marks("bench.clock_browser", "# Accuracy\n\n")
VIOLATED_MAX: Final = 0.001
FIRST_FIX_MAX_MS: Final = 1000.0
BUSY_BIAS_MAX_MS: Final = 0.2


@dataclass(slots=True)
class Report:
    """All there is to say about what was measured."""

    command: str
    setting: Sequence[str]
    runs: list[AssessedRun] = field(default_factory=list)
    rulers: list[BrowserRun] = field(default_factory=list)
    relays: dict[str, RelayAlone] = field(default_factory=dict)
    busy: dict[tuple[str, str], BusyServer] = field(default_factory=dict)

    def take(self, records: Iterable[Record]) -> None:
        """Sort them; of parts measured twice the later counts."""
        for record in records:
            match record:
                case BrowserRun(name="ruler"):
                    self.rulers.append(record)
                case BrowserRun():
                    asymmetry_ms = asymmetry_of(record)
                    figures = assess(record.watched, record.base_ms, record.law, asymmetry_ms)
                    self.runs.append((record, figures))
                case RelayAlone():
                    self.relays[record.name] = record
                case BusyServer():
                    self.busy[record.path, record.work] = record

    def ruler_ms(self) -> float:
        """How far two-way probes of the undisturbed browser can confirm the ruler."""
        halves = [
            reference_strip(run.reference, run.watched.pairs, run.base_ms).half_ms
            for run in self.rulers
        ]
        return median(halves) if halves else inf

    def sections(self) -> list[tuple[str, Table]]:
        """Every table with its title."""
        return [
            ("The clock, by network (medians of runs; most of each kind of harm)", self.summary()),
            ("The ruler: an undisturbed browser", ruler_rows(self.rulers)),
            ("The relay by itself: probes of a program", relay_rows(self.relays.values())),
            ("Every run", run_rows(self.runs)),
            (
                "A busy server: probes right behind messages that cost 4 ms",
                busy_rows(self.busy.values()),
            ),
        ]

    def summary(self) -> Table:
        """One row for each configuration."""
        table = [
            [
                "network", "runs", "error ms p50 / p95 / p99", "max", "goal p95", "explained",
                "p95 beyond", "stated bound", "violated", "first fix s", "after step s",
                "others' cores",
            ]
        ]  # fmt: skip
        for name, configuration in CONFIGURATIONS.items():
            mine = [(run, figures) for run, figures in self.runs if run.name == name]
            if mine:
                table.append(self._summary_row(name, configuration, mine))
        return table

    def _summary_row(
        self, name: str, configuration: Configuration, mine: list[AssessedRun]
    ) -> list[str]:
        figures = [each for _, each in mine]
        p50, p95, p99 = (median(f.error_ms[index] for f in figures) for index in range(3))
        goal_ms = self.ruler_ms() if name == "direct" else configuration.goal_ms
        goal = "–" if goal_ms is None else f"≤ {goal_ms:.2f} {'✓' if p95 <= goal_ms else '✗'}"
        readings = sum(f.settled for f in figures)
        return [
            name,
            str(len(mine)),
            f"{p50:.3f} / {p95:.3f} / {p99:.3f}",
            f"{max(f.error_ms[3] for f in figures):.3f}",
            goal,
            f"{median(asymmetry_of(run) for run, _ in mine):+.3f}",
            f"{median(f.beyond_ms for f in figures):.3f}",
            f"{median(f.bound_ms for f in figures):.2f}",
            f"{sum(f.violated for f in figures) / readings:.2%} of {readings:,}",
            seconds(max(f.first_fix_ms for f in figures)),
            seconds(max(f.recovery_ms for f in figures)),
            f"{median(run.use.others for run, _ in mine):.2f}",
        ]

    def verdicts(self) -> list[str]:
        """Each goal, met or missed."""
        lines = []
        for name, configuration in CONFIGURATIONS.items():
            mine = [(run, figures) for run, figures in self.runs if run.name == name]
            goal_ms = self.ruler_ms() if name == "direct" else configuration.goal_ms
            if mine and goal_ms is not None:
                p95 = median(figures.error_ms[1] for _, figures in mine)
                beyond = sum(figures.error_ms[1] > goal_ms for _, figures in mine)
                what = f"{name}: p95 of the error (median of {len(mine)} runs, {beyond} beyond)"
                line = _verdict(what, p95, goal_ms, "ms")
                lines.append(line if p95 <= goal_ms else f"{line}; {_circumstances(mine)}")
        every = [figures for _, figures in self.runs]
        if every:
            share = sum(f.violated for f in every) / sum(f.settled for f in every)
            lines.append(_verdict("stated bound violated", share * 100, VIOLATED_MAX * 100, "%"))
            fix_ms = max(f.first_fix_ms for f in every)
            lines.append(_verdict("first fix, slowest run", fix_ms, FIRST_FIX_MAX_MS, "ms"))
            back = [
                (figures.recovery_ms, run.name)
                for run, figures in self.runs
                if CONFIGURATIONS[run.name].step_is_seen and not isnan(figures.recovery_ms)
            ]
            if back:
                back_ms, name = max(back)
                late = sum(each_ms > RECOVERED_MS for each_ms, _ in back)
                what = f"after a step, slowest of {len(back)} runs ({name}; {late} beyond the goal)"
                lines.append(_verdict(what, back_ms, RECOVERED_MS, "ms"))
        ours = [abs(best_bias_ms(b)) for b in self.busy.values() if b.path != "consumer"]
        if ours:
            lines.append(
                _verdict("busy server: bias of the best probes", max(ours), BUSY_BIAS_MAX_MS, "ms")
            )
        return lines

    def doubts(self) -> list[str]:
        """Why the figures may not be what they seem."""
        lines = crowded([run.use for run, _ in self.runs])
        first = [run.use.nice for run, _ in self.runs if run.use.nice < 0]
        if first:
            lines.append(
                f"{len(first)} runs went before other programs (nice {min(first)}): beside the "
                "same load at equal rank they may do worse."
            )
        for run in self.rulers:
            strip = reference_strip(run.reference, run.watched.pairs, run.base_ms)
            if not strip.holds_ruler:
                lines.append(f"ruler run {run.repeat + 1}: probes contradict the ruler.")
        return lines


NOTES: Final = (
    (
        "Chromium as Debian ships it, headless, on the page `/clock/party/` of `manage.py serve`, "
        "the lightest with a clock: what drawing costs the clock belongs to the page that draws. "
        "Its clocks are wrong in the window and in the Worker (performance.now, timeOrigin, Date, "
        "frame times): by 30 s and 80 ppm, ahead and fast or behind and slow in turn; near the end "
        "of each run they jump by 40 ms."
    ),
    (
        "The ruler: server, browser and this program read one oscillator, so that true media time "
        "at the instant of a reading is computed, without any network, from the base that the "
        "server keeps and the zero of performance.now() that Chromium's debugger tells. A reading "
        f"is certain to half the time it took and {RULER_MS * 1000:.0f} µs; one that took more "
        f"than {TOOK_MAX_MS * 1000:.0f} µs was interrupted and is left out. An independent check: "
        "two-way probes from the undisturbed window, which can only tell ± half their best "
        "round trip."
    ),
    (
        f"Errors are settled ones, from {SETTLED_MS / 1000:.0f} s after the socket opened until "
        "the jump, read some 50 times a second. A first fix, and one after the jump, is an error "
        f"of at most {CLOSE_MS:g} ms that stays so for 2 s. A bound is violated if the error "
        "exceeds it by more than the ruler's own uncertainty; between the jump and the fix after "
        "it none could hold."
    ),
    (
        "A jump forward of 40 ms looks like a shorter queue upwards: behind a queue of 60–200 ms "
        "(bloat) no exchange can tell it before the queue has drained, so that this row counts "
        "for no goal; `later` is after the run's end, some 8 s on."
    ),
    (
        "Explained: half the difference of the shortest times that the relay kept small chunks "
        "up and down. No two-way exchange can see it. Beyond: the error without it."
    ),
    (
        "Direct is compared with what two-way probes of an undisturbed browser can tell at all "
        "(the ruler's table, median)."
    ),
    (
        "Busy server: each probe leaves in one segment with a message before it, which costs "
        "4 ms by holding the event loop or by awaiting. Direct is production's way, pump is the "
        "wrapper over any other server, consumer answers probes in a Channels consumer. The best "
        "are the twentieth with the shortest round trips, their median."
    ),
    ("One machine hides what oscillators of two machines, real radios and other browsers do."),
)


def as_text(report: Report) -> str:
    """For a terminal."""
    lines = [f"$ {report.command}", *report.setting]
    for title, rows in report.sections():
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines += ["", title]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            lines.append("  ".join(cells).rstrip())
    lines += ["", *report.verdicts()]
    lines += [f"DOUBT: {doubt}" for doubt in report.doubts()]
    return "\n".join([*lines, "", *NOTES])


def as_markdown(report: Report) -> str:
    """For docs/accuracy.md, between its two marks."""
    lines = [MARKS.begin, "## Real browsers", "", f"`{report.command}`", ""]
    lines += [f"- {line}" for line in report.setting]
    lines += ["", *(f"- {line}" for line in report.verdicts())]
    lines += [f"- **Doubt:** {doubt}" for doubt in report.doubts()]
    for title, (head, *body) in report.sections():
        rows = [head, ["---"] + ["---:"] * (len(head) - 1), *body]
        lines += ["", f"### {title}", "", *("| " + " | ".join(row) + " |" for row in rows)]
    lines += ["", *(f"- {note}" for note in NOTES), MARKS.end]
    return "\n".join(lines) + "\n"


def _circumstances(mine: Sequence[AssessedRun]) -> str:
    """What is known of the causes of an error."""
    explained = median(asymmetry_of(run) for run, _ in mine)
    off_ppm = median(abs(figures.skew_off_ppm) for _, figures in mine)
    others = median(run.use.others for run, _ in mine)
    return (
        f"the relay's asymmetry explains {explained:+.3f} ms, the skew was still {off_ppm:.0f} ppm "
        f"off, others used {others:.2f} core (medians)"
    )


def _verdict(what: str, value: float, most: float, unit: str) -> str:
    word = "met" if value <= most else "**missed**"
    told = f"{_short(value)} {unit}" if isfinite(value) else "not before the run's end"
    return f"{what}: {told}, goal ≤ {_short(most)} {unit}: {word}"


def _short(value: float) -> str:
    """Three digits, never as a power of ten."""
    return f"{float(f'{value:.3g}'):g}"
