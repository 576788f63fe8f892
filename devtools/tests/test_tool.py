"""Locks, ports, keys, servers: the small parts."""

import fcntl
import socket
import tarfile

import pytest

from devtools import (
    axe,
    databases,
    locks,
    odoo_debian,
    odoo_source,
    ports,
    postgres,
    processes,
    test,
    whitespace,
)
from devtools.ui import DevError


def test_lock_excludes_and_is_given_back(tmp_path):
    first, second = (locks.Lock("x", tmp_path) for _ in range(2))
    assert first.try_acquire()
    first.sign("first")
    assert not second.try_acquire()
    assert second.holder() == "first"
    first.release()
    assert second.try_acquire()


def test_shared_locks_count_users(tmp_path):
    first, second = (locks.Lock("x", tmp_path) for _ in range(2))
    assert first.try_acquire(shared=True)
    assert second.try_acquire(shared=True)
    assert not first.try_acquire(), "another one still uses it"
    first.release()
    assert second.try_acquire(), "the last one may stop it"


def test_lock_is_not_inherited_by_children(tmp_path):
    lock = locks.Lock("x", tmp_path)
    lock.acquire()
    assert fcntl.fcntl(lock._file, fcntl.F_GETFD) & fcntl.FD_CLOEXEC


def test_second_run_says_where_the_first_serves(tmp_path, monkeypatch):
    monkeypatch.setattr(locks.paths, "LOCKS", tmp_path)
    with locks.serving("http://localhost:8069"):
        with pytest.raises(DevError) as caught, locks.serving("elsewhere"):
            pass
    assert "http://localhost:8069" in str(caught.value)
    assert "Ctrl-C" in caught.value.way_out


def test_port_in_use_says_what_to_do():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(DevError) as caught:
            ports.check(port)
    assert f"Port {port} can't be used" in str(caught.value)
    assert f"--port {ports.other(port)}" in caught.value.way_out
    ports.check(port)


def make_addon(folder, name, depends=()):
    addon = folder / name
    for path in ("models", "tests", "static/description", "static/tests/tours", "i18n"):
        (addon / path).mkdir(parents=True)
    (addon / "__manifest__.py").write_text(repr({"depends": list(depends)}))
    return addon


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("models/x.py", True),
        ("i18n/hu.po", True),
        ("static/tests/x.js", True),
        ("static/tests/tours/x.js", True),
        ("__manifest__.py", True),
        ("tests/test_x.py", False),
        ("static/description/icon.png", False),
        ("models/x.pyc", False),
        ("README.md", False),
    ],
)
def test_key_follows_the_files_that_count(tmp_path, path, counts):
    addon = make_addon(tmp_path, "a")
    before = databases.files_digest([addon])
    (addon / path).write_text("changed")
    assert (databases.files_digest([addon]) != before) is counts


def test_key_follows_names_and_removals(tmp_path):
    addon = make_addon(tmp_path, "a")
    file = addon / "models" / "x.py"
    file.write_text("same")
    before = databases.files_digest([addon])
    file.rename(addon / "models" / "y.py")
    assert databases.files_digest([addon]) != before


def test_base_modules_are_what_our_addons_stand_on(tmp_path):
    one = make_addon(tmp_path, "one", ["hr", "project"])
    two = make_addon(tmp_path, "two", ["one", "stock"])
    modules = databases.base_modules([one, two])
    assert {"project", "stock", "helpdesk_mgmt"} <= set(modules)
    assert not {"one", "two"} & set(modules)
    assert modules == sorted(modules)


def test_broken_manifest_is_named(tmp_path):
    addon = make_addon(tmp_path, "a")
    (addon / "__manifest__.py").write_text("{'depends': ")
    with pytest.raises(DevError, match="__manifest__.py can't be read"):
        databases.base_modules([addon])


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("2026-01-01 00:00:00,000 1 ERROR db odoo.sql_db: bad query", True),
        ("2026-01-01 00:00:00,000 1 CRITICAL db odoo: no", True),
        ("Traceback (most recent call last):", True),
        ("2026-01-01 00:00:00,000 1 INFO db odoo: no ERROR here", False),
        ("2026-01-01 00:00:00,000 1 WARNING db odoo: careful", False),
    ],
)
def test_log_lines_that_fail_a_build(tmp_path, line, bad):
    log = tmp_path / "log"
    log.write_text(f"fine\n{line}\n")
    if not bad:
        databases.check_log("Installing", 0, log)
        return
    with pytest.raises(DevError) as caught:
        databases.check_log("Installing", 0, log)
    assert line in caught.value.details


def test_external_server_is_the_one_of_the_environment():
    server = postgres.external(
        {"PGHOST": "db", "PGPORT": "6543", "PGUSER": "me", "PGDATABASE": "start"}
    )
    assert server.options() == {"db_host": "db", "db_port": "6543", "db_user": "me"}
    assert server.database == "start"
    assert postgres.external({"PGHOST": "db", "PGUSER": "me"}).port == "5432"
    assert postgres.external({"PGHOST": "db", "PGUSER": "me"}).database == "postgres"


def test_servers_have_their_own_files():
    hosts = ("/a/socket", "db", "other")
    assert len({postgres.Server(host, "5432").data for host in hosts}) == 3


def test_external_server_refuses_the_user_that_odoo_refuses():
    with pytest.raises(DevError, match="database user postgres"):
        postgres.checked(postgres.external({"PGHOST": "db", "PGUSER": "postgres"}))


def test_external_server_that_is_not_there():
    server = postgres.external({"PGHOST": "127.0.0.1", "PGPORT": "1", "PGUSER": "me"})
    with pytest.raises(DevError, match="127.0.0.1:1 can't be used"):
        postgres.checked(server)


def test_socket_path_stays_short(tmp_path):
    deep = tmp_path / ("x" * 100)
    assert postgres.socket_folder(postgres.Path("/a")) == postgres.Path("/a/socket")
    assert len(str(postgres.socket_folder(deep))) < 100


def test_stale_pid_file_of_another_program_is_removed(tmp_path):
    file = tmp_path / "postmaster.pid"
    file.write_text("1\n")
    postgres.remove_stale_pid_file(file)
    assert not file.exists()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("odoo/http.py", True),
        ("odoo/addons/web/i18n/hu.po", True),
        ("odoo/addons/web/i18n/de.po", False),
        ("odoo/addons/web/i18n/web.pot", False),
        ("odoo/addons/l10n_hu/__manifest__.py", False),
        ("other/x.py", False),
    ],
)
def test_what_is_unpacked(name, wanted):
    assert odoo_debian.is_wanted(f"./{odoo_debian.PREFIX}/{name}") is wanted


def test_release_is_read_without_importing(tmp_path):
    assert odoo_source.release_of(tmp_path) is None
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("major_version = '18.0'\n")
    assert odoo_source.release_of(tmp_path) == "18.0"


def test_wrong_odoo_path_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_PATH", str(tmp_path))
    with pytest.raises(DevError, match="no odoo/release.py"):
        odoo_source.existing()


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("write: No space left on device", "The disk is full."),
        ("Temporary failure in name resolution", "can't be reached"),
    ],
)
def test_known_causes_are_explained(output, sentence):
    assert sentence in str(processes.explain(output, "It failed.", "try again"))


def test_arguments_that_name_tests(tmp_path):
    assert test.names_a_test([f"{tmp_path}::test_x", "-v"])
    assert not test.names_a_test(["-k", "promise", "-x"])


def test_whitespace(tmp_path):
    file = tmp_path / "x"
    file.write_bytes(b"a \nb\n\n\n")
    assert whitespace.check([file], fix=True) == [file]
    assert file.read_bytes() == b"a\nb\n"
    assert whitespace.check([file]) == []


def test_axe_is_fetched_once_and_not_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(axe.paths, "CACHE", tmp_path)
    (tmp_path / "npm").mkdir()
    calls = []

    def pack(package, sha256):
        calls.append(package)
        if len(calls) == 1:
            raise DevError("This machine has no npm.", "install Node.js.")
        (tmp_path / "axe.min.js").write_text("axe")
        archive = tmp_path / "axe.tgz"
        with tarfile.open(archive, "w:gz") as content:
            content.add(tmp_path / "axe.min.js", axe.FILE)
        return archive

    monkeypatch.setattr(axe.npm, "pack", pack)
    assert axe.script() is None
    assert axe.script().read_text() == "axe"
    assert axe.script().read_text() == "axe"
    assert len(calls) == 2
