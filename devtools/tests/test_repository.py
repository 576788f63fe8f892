"""What may not stand in the repository, and what must agree in it."""

import json
import re
from pathlib import Path

import pytest

from devtools import lint, node, paths

# put together here, because this file is in the repository, too
REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "yarnpkg" + ".com",
    "deb.debian" + ".org",
    "security.debian" + ".org",
    "ftp.debian" + ".org",
    "snapshot.debian" + ".org",
    "archive.ubuntu" + ".com",
)
HOME_FOLDERS = re.compile(r"/(root|home/\w+|Users/\w+)/")
ADDON_DATA = (".png", ".jpg", ".svg", ".gif", ".woff2", ".xlsx")


def texts():
    for name in lint.files():
        path = paths.ROOT / name
        if path.is_file() and path.suffix not in ADDON_DATA:
            yield name, path.read_text(errors="replace")


@pytest.mark.parametrize("registry", REGISTRIES)
def test_no_package_registry_is_named(registry):
    assert [name for name, text in texts() if registry in text] == []


def test_no_path_of_a_machine_is_named():
    here = (str(paths.ROOT) + "/", str(Path.home()) + "/")
    named = [
        name
        for name, text in texts()
        if HOME_FOLDERS.search(text) or any(path in text for path in here)
    ]
    assert named == []


def test_pre_commit_has_the_versions_of_lint():
    pattern = re.compile(r"^([\w-]+==[\d.]+)$", re.MULTILINE)
    pinned = set(pattern.findall((paths.TOOLS / "lint.in").read_text()))
    config = (paths.ROOT / ".pre-commit-config.yaml").read_text()
    assert set(re.findall(r'"([\w-]+==[\d.]+)"', config)) == pinned
    locked = paths.LINT_LOCK_FILE.read_text()
    assert all(f"{pin} \\" in locked for pin in pinned)


def test_pre_commit_has_the_version_of_eslint():
    package = json.loads((paths.TOOLS / "package.json").read_text())
    pinned = {f"{name}@{pin}" for name, pin in package["devDependencies"].items()}
    config = (paths.ROOT / ".pre-commit-config.yaml").read_text()
    assert set(re.findall(r'"([\w@/-]+@[\d.]+)"', config)) == pinned


def test_the_lock_of_npm_has_hashes_and_no_address():
    lock = json.loads((paths.TOOLS / "package-lock.json").read_text())
    packages = [package for name, package in lock["packages"].items() if name]
    assert packages
    for package in packages:
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package


LOCKS = (
    paths.LOCK_FILE,
    paths.LINT_LOCK_FILE,
    paths.BOOTSTRAP_LOCK_FILE,
    node.LOCK_FILE,
)


def test_locks_have_hashes_and_no_index():
    for lock in LOCKS:
        lines = lock.read_text().splitlines()
        names = [line for line in lines if "==" in line]
        assert names and all(line.endswith("\\") for line in names)
        assert not [line for line in lines if line.startswith("--")]


def test_functions_of_the_tool_are_short():
    import ast

    for path in sorted(paths.TOOLS.rglob("*.py")):
        for part in ast.walk(ast.parse(path.read_text())):
            if isinstance(part, ast.FunctionDef):
                length = part.end_lineno - part.lineno + 1
                assert length <= 40, f"{path.name}: {part.name} has {length} lines"
