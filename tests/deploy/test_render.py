"""render.sh: what a host's nginx is given, and what it refuses to write."""

import subprocess
from pathlib import Path

from tests.deploy.nginx import SHIPPED

EXAMPLE = SHIPPED / "nginx.env.example"


def render(*arguments: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SHIPPED / "render.sh", *arguments], capture_output=True, text=True, timeout=20, check=False
    )


def test_a_setting_that_is_missing_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    some = tmp_path / "nginx.env"
    some.write_text(EXAMPLE.read_text(encoding="utf-8").replace("CSW_FILMS=", "OTHER="))
    done = render(some, tmp_path / "conf.d")
    assert done.returncode == 1
    assert f"{some} does not set CSW_FILMS; nginx.env.example shows how." in done.stderr
    assert not (tmp_path / "conf.d").exists()


def test_it_is_told_what_to_read_and_where_to_write() -> None:
    done = render(EXAMPLE)
    assert done.returncode == 2
    assert "render.sh nginx.env /etc/nginx/conf.d" in done.stderr


def test_the_example_fills_every_template_and_leaves_nginxs_own_variables(tmp_path: Path) -> None:
    assert render(EXAMPLE, tmp_path).returncode == 0
    written = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*.conf")}
    assert set(written) == {
        "csw.conf",
        *(f"csw/{name}.conf" for name in ("locations", "proxy", "site-http", "site-https")),
    }
    texts = {name: path.read_text(encoding="utf-8") for name, path in written.items()}
    assert not any("${" in text for text in texts.values())
    assert "server 127.0.0.1:8002 max_fails=0;" in texts["csw.conf"]
    assert "include conf.d/csw/site-https.conf;" in texts["csw.conf"]
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in texts["csw/proxy.conf"]
