"""Documents and committed files: nothing undocumented, nothing stale, nothing of one machine."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from config import settings
from tests.commands import ROOT, setting_names

TEXT = {".py", ".js", ".json", ".md", ".toml", ".txt", ".in", ".yml", ".sh", ".html", ".css", ""}
FOREIGN = re.compile(
    # Registries and mirrors belong to machines; a path from a root belongs to one machine.
    r"registry\.npmjs|files\.pythonhosted|pypi\.org|//[\w.-]*(?:mirror|artifactory|nexus)"
    r"|--(?:extra-)?index-url \S*//|--find-links|(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/"
)


def committed_files() -> list[Path]:
    """What git has or would take."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listing.stdout.splitlines() if (path := ROOT / name).is_file()]


def names_read_by_settings() -> set[str]:
    code = "".join(
        (ROOT / "config" / name).read_text() for name in ("settings.py", "env.py", "redis.py")
    )
    calls = r"env\.(?:text|flag|integer|items|choice|parsed|table)\(\s*\"([A-Z_]+)\""
    return set(re.findall(calls, code)) | set(re.findall(r"environ\.get\(\"([A-Z_]+)\"", code))


def names_in_readme() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))


def test_every_setting_is_in_the_readme_and_nothing_else_is():
    assert names_in_readme() == names_read_by_settings()


def test_every_setting_is_in_the_example_file_and_nothing_else_is():
    assert setting_names() == names_read_by_settings()


def test_limits_and_sync_config_are_documented_by_name_and_figure():
    from sync.core.limits import DEFAULT_LIMITS

    readme = (ROOT / "README.md").read_text()
    for name in (*DEFAULT_LIMITS, *settings.SYNC_CONFIG):
        assert f"`{name}`" in readme, name


def test_no_committed_file_knows_a_registry_or_a_machine():
    found = []
    for path in committed_files():
        if path.suffix not in TEXT or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if FOREIGN.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert found == []


def test_locks_carry_hashes_and_no_addresses():
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        pinned = re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)
        assert len(re.findall(r"^[^\n]+==[^\n]+\\\n    --hash=sha256:", text, re.MULTILINE)) == len(
            pinned
        )
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for package in packages.values():
        assert "resolved" not in package
        assert package["integrity"].startswith("sha512-")


def test_both_locks_pin_the_same_versions():
    def pins(name: str) -> dict[str, str]:
        return dict(
            re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE)
        )

    run, test = pins("requirements.txt"), pins("requirements-test.txt")
    assert {name: test.get(name) for name in run} == run


def test_the_changelog_tells_this_version():
    assert f"## [{settings.VERSION}]" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize(
    "page", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ids=lambda path: path.name
)
def test_links_between_documents_lead_somewhere(page: Path):
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_every_decision_is_listed():
    listing = (ROOT / "docs" / "adr" / "README.md").read_text()
    for page in (ROOT / "docs" / "adr").glob("[0-9]*.md"):
        assert f"]({page.name})" in listing


def test_make_tells_what_its_commands_are_for():
    told = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    targets = ("run", "test", "check", "lock", "film", "protocol", "bench-fanout", "bench-clock")
    for target in targets:
        assert re.search(rf"^  make {target} ", told.stdout, re.MULTILINE), target


def test_continuous_integration_runs_the_test_command_and_nothing_else():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == ['cd "$(dirname "$0")/.." && exec make test']
    assert "```sh\nmake test\n```" in (ROOT / "README.md").read_text()
