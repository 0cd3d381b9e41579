"""Pages' scripts and sheets, each in one file with all it imports, by the real esbuild."""

import json
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from config.bundles import bundle_pages, esbuild


@pytest.fixture
def source(settings, tmp_path: Path) -> Path:
    """A page of two modules and two sheets, and a script that imports nothing."""
    source = tmp_path / "source"
    for folder in ("js/pages", "js/ui", "css/pages"):
        (source / folder).mkdir(parents=True)
    (source / "js/pages/page.js").write_text('import { say } from "../ui/deep.js";\nsay();\n')
    (source / "js/pages/first.js").write_text("document.title;\n")
    (source / "js/ui/deep.js").write_text('export const say = () => console.log("deep");\n')
    (source / "css/pages/page.css").write_text('@import url("../deep.css");\n')
    (source / "css/deep.css").write_text(".deep { inset-inline: 3px; }\n")
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "config.static.HashedStorage"},
    }
    return source


def collected(settings, name: str) -> str:
    """What a page gets that asks for a file by its template's name."""
    call_command("collectstatic", interactive=False, verbosity=0)
    manifest = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())
    return str((settings.STATIC_ROOT / manifest["paths"][name]).read_text())


def test_an_import_that_leads_nowhere_fails_the_collecting(source, settings, capfd):
    (source / "js/ui/deep.js").unlink()
    with pytest.raises(subprocess.CalledProcessError):
        collected(settings, "js/pages/page.js")
    assert "deep.js" in capfd.readouterr().err


@pytest.mark.parametrize("name", ["js/pages/page.js", "css/pages/page.css"])
def test_a_page_holds_all_it_imports(source, settings, name):
    text = collected(settings, name)
    assert "deep" in text
    assert "import" not in text


def test_a_bundle_is_made_of_the_sources_of_now(source, settings):
    assert "deep" in collected(settings, "js/pages/page.js")
    (source / "js/ui/deep.js").write_text('export const say = () => console.log("newer");\n')
    text = collected(settings, "js/pages/page.js")
    assert "newer" in text
    assert "deep" not in text


def test_its_source_map_is_found_and_holds_what_was_written(source, settings):
    text = collected(settings, "js/pages/page.js")
    named = text.rsplit("sourceMappingURL=", 1)[1].strip()
    told = json.loads((settings.STATIC_ROOT / "js/pages" / named).read_text())
    assert (source / "js/ui/deep.js").read_text() in told["sourcesContent"]


def test_what_imports_nothing_or_is_no_page_stays_as_it_is(source, settings):
    first = "js/pages/first.js"
    assert collected(settings, first) == (source / first).read_text()
    assert collected(settings, "js/ui/deep.js") == (source / "js/ui/deep.js").read_text()


@pytest.mark.parametrize("missing", ["by wish", "esbuild"])
def test_without_a_bundler_pages_load_what_they_import(
    source, settings, monkeypatch, tmp_path, missing
):
    if missing == "esbuild":
        settings.BASE_DIR = tmp_path
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        settings.BUNDLE = False
    assert esbuild() is None
    text = collected(settings, "js/pages/page.js")
    assert 'from "../ui/deep.' in text
    assert text.count("import") == 1


def test_every_script_of_a_page_that_templates_name_is_bundled(settings, tmp_path):
    pages = {
        f"js/pages/{path.name}": path
        for path in (settings.BASE_DIR / "static/js/pages").glob("*.js")
    }
    written = bundle_pages(pages, tmp_path)
    assert {"js/pages/room.js", "js/pages/home.js", "js/pages/socket-worker.js"} <= set(written)
    assert "js/pages/theme-first.js" not in written
