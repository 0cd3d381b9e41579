"""The skew's figures as tables to read, and as a section of docs/accuracy.md."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from bench.machine import crowded
from bench.report import Marks
from bench.skew.figures import RESIDUAL_FROM_MS, SkewFigures, assess
from bench.skew.goals import AssessedRun, short, verdicts
from bench.skew.networks import CONFIGURATIONS
from bench.skew.plots import PLOTTED
from bench.skew.records import SkewRun
from bench.skew.viewer import LAWS, OURS

MARKS: Final = Marks("bench.skew", "# Accuracy\n\n")
DROPPED_MAX: Final = 0.02
"""Above this the machine did not keep up with the film."""
TITLES: Final = {"ours": "ours", "original": "the original's", "jellyfin": "Jellyfin's"}

Table = list[list[str]]
"""Head first."""


@dataclass(slots=True)
class Report:
    """All there is to say about what was measured."""

    command: str
    setting: Sequence[str]
    runs: list[AssessedRun] = field(default_factory=list)

    def take(self, records: Iterable[SkewRun]) -> None:
        """Assess them; of a run made twice the later counts."""
        latest = {(run.name, run.law, run.repeat): run for run in records}
        order, laws = list(CONFIGURATIONS), list(LAWS)
        runs = sorted(
            latest.values(),
            key=lambda run: (order.index(run.name), laws.index(run.law), run.repeat),
        )
        self.runs = [(run, assess(run)) for run in runs]

    def of(self, name: str, law: str) -> list[AssessedRun]:
        """The runs of one law in one situation."""
        return [each for each in self.runs if each[0].name == name and each[0].law == law]

    def sections(self) -> list[tuple[str, Table]]:
        """Every table with its title."""
        return [
            ("Steady: medians of runs, the worst run in parentheses", self.table(STEADY)),
            ("Events: medians of runs, the worst run in parentheses", self.table(EVENTS)),
            ("Every run", every_run(self.runs)),
        ]

    def table(self, columns: Sequence["Column"]) -> Table:
        """One row for each situation and law."""
        table = [["network", "law", "runs", *(column.title for column in columns)]]
        for name in CONFIGURATIONS:
            for law in LAWS:
                figures = [each for _, each in self.of(name, law)]
                if figures:
                    cells = (column.cell(figures) for column in columns)
                    table.append([name, TITLES[law], str(len(figures)), *cells])
        return table

    def doubts(self) -> list[str]:
        """Why the figures may not be what they seem."""
        lines = crowded([run.use for run, _ in self.runs])
        late = [figures for _, figures in self.runs if figures.dropped > DROPPED_MAX]
        if late:
            most = max(figures.dropped for figures in late)
            lines.append(
                f"in {len(late)} of {len(self.runs)} runs a browser dropped more than "
                f"{DROPPED_MAX:.0%} of its frames (at most {most:.1%})."
            )
        return lines

    def ruler(self) -> list[str]:
        """The ruler's own error."""
        if not self.runs:
            return []
        most_ms = max(figures.ruler_ms for _, figures in self.runs)
        unread = sum(figures.unread for _, figures in self.runs)
        pictures = sum(len(seen.frames) for run, _ in self.runs for seen in run.seen)
        return [
            (
                f"ruler: a reading of a position took at most ± {most_ms:.2f} ms (p95 of the worst "
                f"run); in {unread:,} of {pictures:,} pictures the index could not be read, or was "
                "not the one that the frame's own time says."
            )
        ]


@dataclass(frozen=True, slots=True)
class Column:
    """One figure in a table of medians."""

    title: str
    figure: Callable[[SkewFigures], float]

    def cell(self, figures: Sequence[SkewFigures]) -> str:
        """The median, and the worst where it is another."""
        values = [self.figure(each) for each in figures]
        middle, worst = short(median(values)), short(max(values))
        return middle if middle == worst else f"{middle} ({worst})"


STEADY: Final = (
    Column("position ms rms", lambda f: f.rms_ms),
    Column("position p50", lambda f: f.position_ms[0]),
    Column("position p95", lambda f: f.position_ms[1]),
    Column("position p99", lambda f: f.position_ms[2]),
    Column("position max", lambda f: f.position_ms[3]),
    Column("picture ms p50", lambda f: f.picture_ms[0]),
    Column("picture p95", lambda f: f.picture_ms[1]),
    Column("picture max", lambda f: f.picture_ms[2]),
    Column("seeks/min", lambda f: f.seeks_per_min),
    Column("rate writes/min", lambda f: f.writes_per_min),
    Column("s beyond 1 %", lambda f: f.away_s),
    Column("dropped %", lambda f: f.dropped * 100),
)
EVENTS: Final = (
    Column("late join: s to 20 ms", lambda f: f.settle_s),
    Column("250 ms disturbed: s to 20 ms", lambda f: f.recovered_s),
    Column("a seek leaves ms", lambda f: f.residual_ms),
    Column("after it s to 20 ms", lambda f: f.after_seek_s),
    Column("start together: ms at 1 s", lambda f: f.start_ms[0]),
    Column("start: ms at 6 s", lambda f: f.start_ms[1]),
    Column("other picture after pause", lambda f: float(not f.is_same_picture)),
    Column("apart at the end ms", lambda f: f.end_ms),
)


def every_run(runs: Iterable[AssessedRun]) -> Table:
    """Each run by itself."""
    table = [
        [
            "network", "law", "run", "settle s", "rms ms", "position ms p50 / p95 / p99 / max",
            "picture ms p50 / p95 / max", "disturbed s", "seek ms", "start ms 1 s / 6 s",
            "pictures after pause", "seeks, rate writes a min", "s beyond 1 %", "dropped",
            "load", "our / others' cores", "laws at once",
        ]
    ]  # fmt: skip
    for run, f in runs:
        table.append(
            [
                run.name,
                TITLES[run.law],
                str(run.repeat + 1),
                short(f.settle_s),
                short(f.rms_ms),
                " / ".join(short(value) for value in f.position_ms),
                " / ".join(short(value) for value in f.picture_ms),
                short(f.recovered_s),
                short(f.residual_ms),
                " / ".join(short(value) for value in f.start_ms),
                " / ".join("unread" if each is None else str(each) for each in f.stills),
                f"{short(f.seeks_per_min)}, {short(f.writes_per_min)}",
                short(f.away_s),
                f"{f.dropped:.1%}",
                f"{run.use.load:.1f}",
                f"{run.use.ours:.2f} / {run.use.others:.2f}",
                str(run.abreast),
            ]
        )
    return table


NOTES: Final = (
    (
        "Two Chromium processes as Debian ships them, headless, in one room of `manage.py serve` "
        "with the demo film (30 fps). Their clocks are wrong in the window, the Worker and the "
        "frame callbacks: one 30 s ahead and 80 ppm slow, the other 30 s behind and 80 ppm fast, "
        "in turn."
    ),
    (
        "Laws differ in how they follow and in nothing else: the original's and Jellyfin's "
        "(its correction on, which by default is off) are written anew from what is published of "
        "them (`bench/skew/laws/`) and take the place of our follower in the page. They keep our "
        "clock, our measurement and our exact standing still. The original, run whole with its own "
        "clock on such a machine, stood at 17–133 ms median with right clocks, and 30 s apart when "
        "one clock was 30 s wrong."
    ),
    (
        "What all laws are given is where the picture is, not the player's position: on a busy "
        "machine pictures are whole frames late, and a follower then moves the position by them "
        "(`picture-lag.js`). The pictures are what viewers compare."
    ),
    (
        "Laws are measured one after the other within a repeat, over the same networks from the "
        "same seeds: two browsers use half of this machine, six would wait for each other."
    ),
    (
        "The ruler: both browsers' performance.now() is CLOCK_MONOTONIC since an instant that "
        "Chromium's debugger tells, so that readings of both stand on one clock without any "
        "network. Position: `currentTime`, read some 50 times a second, between readings on the "
        "line through them, compared every 100 ms. Picture: for each frame that both showed, by "
        "the index read from the picture, the difference of its instants of display, which comes "
        "in steps of a refresh (16.7 ms)."
    ),
    (
        "A run: the second viewer comes 3 s after the film began; 12 s on begins the steady part; "
        "the first viewer's film is moved back by 250 ms behind the player's back; the second "
        "seeks; the first pauses; 3 s later it starts together with a lead of 1 s. A seek's "
        f"residual is what is left {RESIDUAL_FROM_MS:.0f}–900 ms after both move again. Seeks, "
        "rate writes, seconds and dropped frames are of the viewer with more."
    ),
    (
        "Asymmetric: half of the difference between the two paths' asymmetries, 30 ms, no clock "
        "that exchanges messages can see."
    ),
    "One machine hides what other displays, audio devices, decoders and browsers do.",
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
    lines += ["", *verdicts(ours_of(report)), *report.ruler()]
    lines += [f"DOUBT: {doubt}" for doubt in report.doubts()]
    return "\n".join([*lines, "", *NOTES])


def as_markdown(report: Report) -> str:
    """For docs/accuracy.md, between its two marks."""
    lines = [
        MARKS.begin,
        "## Viewers in step: three laws side by side",
        "",
        f"`{report.command}`",
        "",
    ]
    lines += [f"- {line}" for line in report.setting]
    lines += ["", "Ours against its goals:", ""]
    lines += [f"- {line}" for line in verdicts(ours_of(report))]
    lines += [f"- {line}" for line in report.ruler()]
    lines += [f"- **Doubt:** {doubt}" for doubt in report.doubts()]
    lines += ["", *(f"![{about}](img/{file})\n" for file, about in PLOTTED.items())]
    for title, (head, *body) in report.sections():
        rows = [head, ["---", "---"] + ["---:"] * (len(head) - 2), *body]
        lines += ["", f"### {title}", "", *("| " + " | ".join(row) + " |" for row in rows)]
    about = (f"- {name}: {each.about}" for name, each in CONFIGURATIONS.items())
    lines += ["", "Networks:", "", *about, "", *(f"- {note}" for note in NOTES), MARKS.end]
    return "\n".join(lines) + "\n"


def ours_of(report: Report) -> list[AssessedRun]:
    """What the goals are for."""
    return [each for each in report.runs if each[0].law == OURS]
