"""The wheel installs into an Odoo that knows nothing of this repository."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import odoo

from devtools import databases as tool
from devtools import paths

NOT_PACKED = (".git", ".dev", "build", "dist", "__pycache__", "*.egg-info")


def run(*command, **options):
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy: building leaves folders behind."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(
        paths.ROOT, source, ignore=shutil.ignore_patterns(*NOT_PACKED), symlinks=True
    )
    options = ("--no-deps", "--no-build-isolation", "--no-index", "-w", folder)
    run(sys.executable, "-m", "pip", "wheel", *options, source)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def clean_python(wheel, tmp_path_factory):
    """A Python with the wheel, Odoo and its dependencies, without this repository."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    ours = sysconfig.get_path("purelib")
    packages = Path(ours.replace(sys.prefix, str(folder)))
    options = ("--no-deps", "--no-index")
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, wheel)
    odoo_folders = [str(Path(path).parent) for path in odoo.__path__]
    (packages / "odoo.pth").write_text("\n".join([ours, *odoo_folders]) + "\n")
    return python


def test_wheel_holds_the_addons_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
    assert "odoo/__init__.py" not in names
    assert "odoo/addons/__init__.py" not in names
    for addon in paths.addon_folders():
        for path in addon.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"odoo/addons/{path.relative_to(paths.ROOT)}" in names
    strangers = [
        name
        for name in names
        if not name.startswith("odoo/addons/") and ".dist-info/" not in name
    ]
    assert strangers == []


def test_wheel_names_what_it_needs(wheel):
    with zipfile.ZipFile(wheel) as content:
        (name,) = (n for n in content.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = content.read(name).decode()
    assert wheel.name.startswith("odoo_addon_service_quality-19.0.")
    assert "Name: odoo-addon-service-quality\n" in metadata
    for requirement in (
        "odoo==19.0.*",
        "odoo-addon-helpdesk-mgmt==19.0.*",
        "XlsxWriter",
        "openpyxl",
    ):
        assert f"Requires-Dist: {requirement}\n" in metadata


def test_odoo_installs_the_addon_from_the_wheel(
    clean_python, databases, base_template, tmp_path
):
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    where = "import odoo.addons.service_quality as a; print(*a.__path__)"
    found = run(clean_python, "-c", where, env=env, cwd=tmp_path)
    assert str(clean_python.parent.parent) in found

    name = databases.name("test", os.getpid())
    config = tmp_path / "odoo.conf"
    server = databases.server
    options = {**server.options(), "data_dir": server.data, "db_name": name}
    lines = [f"{option} = {value}" for option, value in options.items()]
    config.write_text("\n".join(["[options]", *lines, ""]))
    command = (clean_python, "-m", "odoo", "-c", config, "-i", "service_quality")
    flags = ("--skip-auto-install", "--no-http", "--stop-after-init")
    databases.drop(name)
    try:
        databases.copy(base_template, name)
        output = run(*command, *flags, env=env, cwd=tmp_path)
        log = tmp_path / "log"
        log.write_text(output)
        tool.check_log("The wheel", 0, log)
        ((state,),) = databases.server.query(
            "SELECT state FROM ir_module_module WHERE name = 'service_quality'",
            database=name,
        )
        assert state == "installed"
    finally:
        databases.drop(name)
