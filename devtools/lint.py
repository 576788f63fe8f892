"""``./dev lint``: the style checks, with pinned versions in their own environment."""

import os
import subprocess
from pathlib import Path

from . import eslint, locks, paths, python_env, whitespace
from .ui import say

NOT_CHECKED = ("LICENSE", ".lock")
# the tool only looks at what git knows or would take
LIST_FILES = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")


def lint(fix):
    """Run all checks, correcting what can be corrected if asked to; return the code."""
    paths.make_folders()
    with locks.preparing("lint"):
        python_env.ensure(paths.LINT_VENV, paths.LINT_LOCK_FILE, "Style checkers")
    if fix:
        sort_translations()
    failed = [
        name for name, command in commands(fix).items() if not passes(name, command)
    ]
    if not check_whitespace(fix):
        failed.append("whitespace")
    if failed:
        say(f"\nNot clean: {', '.join(failed)}.")
        if not fix:
            say("`./dev lint --fix` corrects what can be corrected by itself.")
        return 1
    say("All clean.")
    return 0


def sort_translations():
    """Put the entries of the translations in their order."""
    # what it corrects it counts as a fault; the check after it tells what is left
    subprocess.call(
        [
            str(paths.LINT_VENV / "bin" / "oca-checks-po"),
            *("--fix", "--no-verbose", *map(str, translations())),
        ],
        stdout=subprocess.DEVNULL,
        cwd=paths.ROOT,
    )


def translations():
    """The files with translations, and their templates."""
    return sorted(
        path for addon in paths.addon_folders() for path in addon.glob("i18n/*.po*")
    )


def commands(fix):
    """Name and command of each check."""
    addons = paths.addon_folders()
    manifests = [addon / "__manifest__.py" for addon in addons]
    found = {
        "ruff format": ["ruff", "format", *([] if fix else ["--diff"]), "-q", "."],
        "ruff": ["ruff", "check", "--quiet", *(["--fix"] if fix else []), "."],
        "eslint": eslint.command(fix),
    }
    if addons:
        found["pylint-odoo"] = ["pylint", "--rcfile=pyproject.toml", *addons]
        found["oca-checks-odoo-module"] = ["oca-checks-odoo-module", *manifests]
    if texts := translations():
        found["oca-checks-po"] = ["oca-checks-po", *texts]
    return found


def passes(name, command):
    """Run one check; return whether it found nothing."""
    say(f"- {name}")
    program, *arguments = command
    return not subprocess.call(
        [str(paths.LINT_VENV / "bin" / program), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        cwd=paths.ROOT,
        env={**eslint.environment(), "PYTHONPATH": ""},
    )


def files():
    """The files of the repository; without git, those of the addons and the tool."""
    try:
        listing = subprocess.run(
            LIST_FILES, cwd=paths.ROOT, capture_output=True, check=True
        ).stdout
        return [Path(os.fsdecode(name)) for name in listing.split(b"\0") if name]
    except (OSError, subprocess.CalledProcessError):
        folders = [*paths.addon_folders(), paths.TOOLS]
        found = (path for folder in folders for path in folder.rglob("*"))
        return [
            path.relative_to(paths.ROOT)
            for path in found
            if path.is_file() and "__pycache__" not in path.parts
        ]


def check_whitespace(fix):
    """Whether no file has stray spaces."""
    say("- whitespace")
    wanted = [path for path in files() if not path.name.endswith(NOT_CHECKED)]
    bad = whitespace.check([paths.ROOT / path for path in wanted], fix)
    for path in bad:
        say(f"{path.relative_to(paths.ROOT)}: spaces at the end of a line or file")
    return not bad
