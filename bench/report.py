"""The fan-out's figures as a table to read, and as a section of docs/performance.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.figures import Summary
from bench.machine import OTHERS_CORE_MAX
from bench.measure import DRAIN_S, SILENCE_S

GENERATOR_CORE_MAX: Final = 0.7
"""Above this the generator itself may delay what it measures."""

PREFACE: Final = """# Performance

Every figure here was measured by a program in `bench/` that anyone can run again. Trust ratios
measured in one run, not last digits: another machine gives other microseconds.

"""


@dataclass(frozen=True, slots=True)
class Marks:
    """Between which lines of a page a program writes, and how the page begins if there is none."""

    program: str
    preface: str = PREFACE

    @property
    def begin(self) -> str:
        """The line before the section."""
        return f"<!-- {self.program}: written by `python -m {self.program} --write` -->"

    @property
    def end(self) -> str:
        """The line after it."""
        return f"<!-- {self.program}: end -->"


FANOUT: Final = Marks("bench.fanout")


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the servers that are measured in turn."""

    kind: str
    rate_hz: float
    tick_ms: float
    """How long this server keeps a cursor back on purpose, to merge it with others."""

    @property
    def title(self) -> str:
        """As the table's head names it."""
        return f"{self.kind} at {self.rate_hz:g} Hz"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything there is to say about one run of the benchmark."""

    command: str
    setting: Sequence[str]
    arms: Sequence[tuple[Arm, Summary]]
    trials: Sequence[str]
    """What was tried to find the rate that the naive server can hold."""
    members: int
    seconds: float

    def ratios(self) -> list[str]:
        """Naive ÷ ours: at the rates of the table and, where they differ, at the same rate."""
        naive, naive_summary = self._only("naive")
        lines = []
        for arm, summary in self.arms:
            if arm.kind == "ours" and summary.cpu_us:
                ratio = naive_summary.cpu_us / summary.cpu_us
                lines.append(f"CPU per delivered frame, {naive.title} ÷ {arm.title}: {ratio:.1f}")
        return lines

    def doubts(self) -> list[str]:
        """Why the figures may not be what they seem."""
        lines = []
        for arm, summary in self.arms:
            if summary.whole_runs < summary.runs:
                lines.append(
                    f"{arm.title}: {summary.runs - summary.whole_runs} of {summary.runs} runs were "
                    f"not whole ({summary.missing} frames missing): figures are of what arrived."
                )
            if summary.generator_core > GENERATOR_CORE_MAX:
                lines.append(
                    f"{arm.title}: the generator used {summary.generator_core:.2f} core and may "
                    "have been the limit."
                )
            if summary.others_core > OTHERS_CORE_MAX:
                lines.append(
                    f"{arm.title}: other programs used {summary.others_core:.2f} core meanwhile; "
                    "delays are not to be trusted."
                )
        return lines

    def notes(self) -> list[str]:
        """How to read the table."""
        ours = self._only("ours")[0]
        return [
            (
                f"One room of {self.members} sockets. One of them publishes; every socket, its own "
                f"included, receives each cursor. Windows of {self.seconds:g} s, medians of "
                f"{self.arms[0][1].runs}, servers in turn, each window on a fresh one."
            ),
            (
                "CPU is user and system time of the server's process (in steps of 10 ms), the "
                "kernel's part of sending included, divided by the cursor frames that arrived. "
                "Ours pays for validation, limits, probes and housekeeping in it; naive has none."
            ),
            (
                f"Ours keeps each cursor for a tick of {ours.tick_ms:g} ms on purpose, to merge "
                "cursors of many members; with one publisher there is nothing to gain by it. "
                "'Beyond the tick' is the rest of the delay. If a late cursor meets the next, only "
                "the newer is sent: the other is merged and has no delay. Naive has no tick."
            ),
            (
                "Missing frames were lost, or later than the run waited "
                f"({DRAIN_S:g} s, or {SILENCE_S:g} s of silence)."
            ),
            (
                "Both run under `manage.py serve` with production settings and the in-memory "
                "channel layer, over loopback."
            ),
        ]

    def rows(self) -> list[list[str]]:
        """The table, its head first."""
        table = [["", *(arm.title for arm, _ in self.arms)]]
        summaries = [summary for _, summary in self.arms]
        table.append(["server CPU µs per delivered frame", *(f"{s.cpu_us:.1f}" for s in summaries)])
        ranges = (f"{low:.1f}–{high:.1f}" for low, high in (s.cpu_us_range for s in summaries))
        table.append(["  lowest–highest run", *ranges])
        table.append(["server core used", *(f"{s.server_core:.2f}" for s in summaries)])
        table.append(["publish to receive p50 / p95 / p99 ms", *(_ms(s, 0.0) for s in summaries)])
        beyond = (_ms(summary, arm.tick_ms) for arm, summary in self.arms)
        table.append(["  beyond the tick", *beyond])
        table.append(["frames delivered", *(f"{s.delivered:,}" for s in summaries)])
        table.append(["frames missing", *(f"{s.missing:,}" for s in summaries)])
        table.append(["cursors merged", *(f"{s.merged:,}" for s in summaries)])
        table.append(["generator core used", *(f"{s.generator_core:.2f}" for s in summaries)])
        table.append(["other programs' core use", *(f"{s.others_core:.2f}" for s in summaries)])
        return table

    def _only(self, kind: str) -> tuple[Arm, Summary]:
        return next((arm, summary) for arm, summary in self.arms if arm.kind == kind)


def as_text(report: Report) -> str:
    """For a terminal."""
    rows = report.rows()
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [f"$ {report.command}", *report.setting, ""]
    for label, *cells in rows:
        values = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        lines.append("   ".join([label.ljust(widths[0]), *values]))
    lines += ["", *report.ratios()]
    lines += [f"Tried: {trial}" for trial in report.trials]
    lines += [f"DOUBT: {doubt}" for doubt in report.doubts()]
    return "\n".join([*lines, "", *report.notes()])


def as_markdown(report: Report) -> str:
    """For docs/performance.md, between its two marks."""
    head, *body = ([cell.strip() for cell in row] for row in report.rows())
    table = [head, ["---"] + ["---:"] * (len(head) - 1), *body]
    lines = [
        FANOUT.begin,
        "## Fan-out: one room, beside a naive consumer",
        "",
        f"`{report.command}`",
        "",
        *(f"- {line}" for line in report.setting),
        "",
        *("| " + " | ".join(row) + " |" for row in table),
        "",
        *(f"**{line}**  " for line in report.ratios()),
        "",
        *(f"- Tried: {trial}" for trial in report.trials),
        *(f"- **Doubt:** {doubt}" for doubt in report.doubts()),
        *(f"- {note}" for note in report.notes()),
        FANOUT.end,
    ]
    return "\n".join(lines) + "\n"


def put_into(page: str, section: str, marks: Marks = FANOUT) -> str:
    """The page with the section in its place: in place of the old one, or at the end."""
    if marks.begin not in page:
        return f"{page or marks.preface}{section}"
    before, _, rest = page.partition(marks.begin)
    old, end, after = rest.partition(f"{marks.end}\n")
    if not end:
        raise ValueError(f"the page has lost its mark {marks.end!r}: {old[:40]!r}…")
    return f"{before}{section}{after}"


def _ms(summary: Summary, tick_ms: float) -> str:
    return " / ".join(f"{max(value - tick_ms, 0):.1f}" for value in summary.latency_ms)
