"""Databases: two cached templates, and what is copied from them.

``base``: Odoo with demo data and the modules that the addons stand on (minutes).
``addon``: a copy of it with the addons of this repository (seconds).

The name of a template carries a hash of all it was made from, so a name that exists is
right. A database is made under the name of an unfinished one and renamed at the end,
so an interruption at any point leaves nothing that could be taken for a template.
"""

import ast
import contextlib
import hashlib
import json
import os
import re
import shutil

from . import odoo_server, paths, processes
from .settings import BASE_MODULES, BUNDLES, LANGUAGES
from .ui import DevError, step

# raise it when the way of making the templates changes
GENERATION = 1
PREFIX = f"sq_{paths.CLONE_ID}"
BAD_LINE = re.compile(r" \d+ (ERROR|CRITICAL) |^Traceback \(most recent call last\)")
LOADING = re.compile(r"Loading module (\S+) \((\d+/\d+)\)")
# tests, readmes and pictures of the store change no database
IGNORED_FOLDERS = ("tests", "readme", "__pycache__", "description")
IGNORED_SUFFIXES = (".pyc", ".md", ".rst", ".swp", ".orig")


def digest(*parts):
    """A short hash of some values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def manifest(addon):
    """The manifest of an addon folder."""
    path = addon / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text())
    except (SyntaxError, ValueError) as error:
        raise DevError(
            f"{processes.shown(path)} can't be read: {error}", "correct it."
        ) from None


def base_modules(addons):
    """What must be installed before the addons, sorted."""
    own = {addon.name for addon in addons}
    needed = {name for addon in addons for name in manifest(addon).get("depends", ())}
    return sorted((needed | set(BASE_MODULES)) - own)


def is_relevant(path, addon):
    """Whether a file of an addon has a say in the database."""
    if not path.is_file() or path.suffix in IGNORED_SUFFIXES:
        return False
    folders = path.relative_to(addon).parts[:-1]
    # the browser tests are served with the assets
    is_asset = folders[:2] == ("static", "tests")
    return is_asset or not any(name in IGNORED_FOLDERS for name in folders)


def files_digest(addons):
    """A hash of all files of the addons that have a say."""
    files = {
        f"{addon.name}/{path.relative_to(addon)}": hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for addon in addons
        for path in addon.rglob("*")
        if is_relevant(path, addon)
    }
    return digest(files)


class Databases:
    """The databases of this clone on a server."""

    def __init__(self, server, odoo_version, addons=None):
        self.server = server
        self.addons = paths.addon_folders() if addons is None else addons
        if not self.addons:
            raise DevError("This folder has no addon.", "check the clone.")
        self.names = [addon.name for addon in self.addons]
        self.base_key = digest(
            GENERATION,
            odoo_version,
            hashlib.sha256(paths.LOCK_FILE.read_bytes()).hexdigest(),
            base_modules(self.addons),
            [*LANGUAGES, *BUNDLES],
        )
        self.addon_key = digest(self.base_key, files_digest(self.addons))

    # names and existence

    def name(self, kind, key):
        return f"{PREFIX}_{kind}_{key}"

    def unfinished(self):
        """The name of a database in the making."""
        return self.name("unfinished", os.getpid())

    def exists(self, name):
        return bool(
            self.server.query("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        )

    # templates

    def base(self):
        """The name of the base template, made if need be."""
        name = self.name("base", self.base_key)
        if not self.exists(name):
            self.drop_unfinished()
            with self.making(name) as unfinished:
                self.create(unfinished)
                modules = ",".join(base_modules(self.addons))
                self.odoo(
                    unfinished,
                    "Base database with demo data (2 minutes, once)",
                    *("-i", modules, "--with-demo"),
                    *("--load-language", ",".join(LANGUAGES)),
                )
            self.drop_others("base", name)
        return name

    def addon(self):
        """The name of the template with the addons, made if need be."""
        name = self.name("addon", self.addon_key)
        if not self.exists(name):
            base = self.base()
            self.drop_unfinished()
            with self.making(name) as unfinished:
                self.copy(base, unfinished)
                modules = ",".join(self.names)
                self.odoo(unfinished, f"Installing {modules}", "-i", modules)
            self.drop_others("addon", name)
        return name

    @contextlib.contextmanager
    def making(self, name):
        """Work on an unfinished database; it gets its name if all went well."""
        unfinished = self.unfinished()
        self.drop(unfinished)
        try:
            yield unfinished
        except BaseException:
            self.drop(unfinished)
            raise
        self.rename(unfinished, name)

    def odoo(self, database, title, *options, env=None, **extra):
        """Install or update modules; fail with the log if Odoo complains.

        :param dict env: the environment; default that of all Odoo processes
        :param extra: options of the configuration
        """
        log_path = paths.LOGS / "install.log"
        config = odoo_server.write_config(database, self.server, **extra)
        command = [
            *(paths.venv_python(), paths.TOOLS / "inside_odoo.py", ",".join(BUNDLES)),
            *("-c", config, "--no-http", "--skip-auto-install", *options),
        ]
        try:
            with step(title) as progress:
                process = processes.start(
                    command,
                    log_path=log_path,
                    env=env or odoo_server.environment(self.server),
                    cwd=paths.STATE,
                )
                try:
                    code = follow(process, log_path, progress)
                finally:
                    processes.stop(process)
                check_log(title, code, log_path)
                self.check_demo(database, log_path)
        finally:
            config.unlink(missing_ok=True)

    def check_demo(self, database, log_path):
        """Odoo only notes demo data that failed; for us that is an error."""
        failures = self.server.query(
            "SELECT m.name, f.error FROM ir_demo_failure f"
            " JOIN ir_module_module m ON m.id = f.module_id",
            database=database,
        )
        if failures:
            raise DevError(
                f"The demo data of {failures[0][0]} can't be loaded.",
                f"correct them. Log: {processes.shown(log_path)}",
                "\n".join(error for _module, error in failures),
            )

    # plain operations on a database and its folder in the filestore

    def files(self, name):
        """The folder with the files (attachments, assets) of a database."""
        return self.server.data / "filestore" / name

    def create(self, name):
        """An empty database."""
        self.server.query(
            f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'"
            " LC_COLLATE 'C'"
        )

    def copy(self, source, target):
        """Copy a database. The files are linked: Odoo never changes one."""
        self.server.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        files = self.files(source)
        if files.exists():
            shutil.rmtree(self.files(target), ignore_errors=True)
            shutil.copytree(files, self.files(target), copy_function=os.link)

    def throw_away(self, key, template):
        """Copy a template for this process; return the name of the copy.

        Of the kind "test": what a killed run left is dropped by the next.
        """
        name = self.name("test", f"{key}_{os.getpid()}")
        self.drop(name)
        self.copy(template, name)
        return name

    def rename(self, source, target):
        """Rename a database, its files first: only the database makes it valid."""
        files = self.files(source)
        if files.exists():
            shutil.rmtree(self.files(target), ignore_errors=True)
            files.rename(self.files(target))
        self.server.query(f'ALTER DATABASE "{source}" RENAME TO "{target}"')

    def drop(self, name):
        """Drop a database, if it exists, and its files."""
        # FORCE: an Odoo that outlived a killed ./dev may still hold it
        self.server.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.files(name), ignore_errors=True)
        odoo_server.config_path(name).unlink(missing_ok=True)

    # leftovers

    def ours(self, kind):
        """The databases of this clone of one kind."""
        rows = self.server.query(
            "SELECT datname FROM pg_database WHERE starts_with(datname::text, %s)",
            [f"{PREFIX}_{kind}_"],
        )
        return [name for (name,) in rows]

    def drop_others(self, kind, current):
        """Drop the templates that the current one replaces."""
        for name in self.ours(kind):
            if name != current:
                self.drop(name)

    def drop_unfinished(self):
        """Drop what interrupted builds and tests left."""
        for name in self.ours("unfinished"):
            self.drop(name)
        for name in self.ours("test"):
            if not is_alive(int(name.rpartition("_")[2])):
                self.drop(name)


def is_alive(pid):
    """Whether a process with this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def follow(process, log_path, progress):
    """Wait for Odoo, showing which module it is at; return its exit code."""
    with log_path.open(errors="replace") as log:
        while process.poll() is None:
            for module, number in LOADING.findall(log.read()):
                progress.note(f"{module} ({number})")
            with contextlib.suppress(Exception):
                process.wait(0.5)
    return process.returncode


def check_log(title, code, log_path):
    """Raise if Odoo failed or complained."""
    lines = log_path.read_text(errors="replace").splitlines()
    bad = [number for number, line in enumerate(lines) if BAD_LINE.search(line)]
    if not code and not bad:
        return
    first = bad[0] if bad else max(len(lines) - 20, 0)
    raise processes.explain(
        "\n".join(lines[first:]),
        f"{title}: Odoo reports an error.",
        f"correct it and run the command again. Log: {processes.shown(log_path)}",
        excerpt(lines[first:]),
    )


def excerpt(lines):
    """The telling lines of a log: a traceback has its reason at the end."""
    telling = [line for line in lines if " INFO " not in line]
    if len(telling) > 45:
        telling[10:-35] = ["..."]
    return "\n".join(telling)
