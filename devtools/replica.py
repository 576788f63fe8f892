"""Two PostgreSQL servers with streaming replication, for as long as a block lasts.

For the test that the dashboard, reports and exports run on Odoo's read replica. The
data come from a dump, so that the server the dump is from is left alone.
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from . import postgres

PROGRAMS = ("initdb", "pg_ctl", "pg_basebackup", "pg_dump", "pg_restore")
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
fsync = off
wal_level = replica
max_wal_senders = 4
hot_standby = on
log_statement = all
log_line_prefix = '%d '
"""
SECONDS = 60


def programs(version=0):
    """The folder with all programs that are needed, None without them.

    :param int version: of the server to dump from; an older ``pg_dump`` refuses
    """
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("pg_ctl"):
        folders.insert(0, Path(found).resolve().parent)
    if embedded := postgres.Embedded().programs:
        folders.append(embedded)
    for folder in folders:
        if all((folder / name).exists() for name in PROGRAMS):
            if version_of(folder / "pg_dump") >= version:
                return folder
    return None


def server_version(server, database):
    """The major version of a server."""
    ((number,),) = server.query("SHOW server_version_num", database=database)
    return int(number) // 10000


def version_of(program):
    """The major version of one of PostgreSQL's programs."""
    text = subprocess.check_output([program, "--version"], text=True)
    return int(re.search(r"\) (\d+)", text).group(1))


class Cluster:
    """One of the two servers."""

    def __init__(self, folder, home, name):
        self.folder = folder
        self.data = home / name
        self.socket = home / f"{name}-socket"
        self.log = home / f"{name}.log"
        self.server = postgres.Server(str(self.socket), user=postgres.ROLE)

    def call(self, program, *arguments):
        """Run a program as a user that PostgreSQL accepts; raise when it fails."""
        prefix, identity, _home = postgres.way_to_run()
        env = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        for name in [name for name in env if name.startswith("PG")]:
            del env[name]
        with (self.log.parent / "programs.log").open("ab") as output:
            subprocess.run(
                [str(part) for part in (*prefix, self.folder / program, *arguments)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=env,
                cwd="/",
                check=True,
                **identity,
            )

    def start(self):
        self.socket.mkdir(exist_ok=True)
        open_to_servers(self.socket)
        with (self.data / "postgresql.auto.conf").open("a") as config:
            config.write(SETTINGS.format(socket=self.socket))
        self.call("pg_ctl", "-D", self.data, "-l", self.log, "-w", "start")

    def stop(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.call("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def statements(self):
        """What was asked of this server so far."""
        return self.log.read_text(errors="replace")


def open_to_servers(folder):
    """Let the user that the servers run as write into a folder."""
    _prefix, identity, _home = postgres.way_to_run()
    if identity:
        shutil.chown(folder, identity["user"], identity["group"])


@contextlib.contextmanager
def replicated(source, database, dump_environment):
    """A database on a primary and its replica, made of a dump of another one.

    :param Server source: where the other one is
    :param str database: its name, and that of the copy
    :param dict dump_environment: what libpq reads to reach it
    """
    folder = programs(server_version(source, database))
    home = Path(tempfile.mkdtemp(prefix="sq-replica-"))
    open_to_servers(home)
    primary = Cluster(folder, home, "primary")
    replica = Cluster(folder, home, "replica")
    try:
        options = f"--username={postgres.ROLE} --auth=trust --encoding=UTF8 --no-locale"
        primary.call("initdb", "-D", primary.data, "--no-sync", *options.split())
        primary.start()
        dump = home / "dump"
        subprocess.run(
            [folder / "pg_dump", "-Fd", "-Z0", "-f", dump, "-d", database],
            env={**os.environ, **source.environment(), **dump_environment},
            check=True,
        )
        primary.server.query(f'CREATE DATABASE "{database}"')
        subprocess.run(
            [folder / "pg_restore", "-O", "-j2", "-h", primary.socket]
            + ["-U", postgres.ROLE, "-d", database, dump],
            check=True,
        )
        primary.server.query("ANALYZE", database=database)
        replica.call(
            *("pg_basebackup", "-R", "--checkpoint=fast", "--no-sync"),
            *("-h", primary.socket, "-U", postgres.ROLE, "-D", replica.data),
        )
        replica.start()
        yield primary, replica
    finally:
        replica.stop()
        primary.stop()
        shutil.rmtree(home, ignore_errors=True)


def catch_up(primary, replica):
    """Wait until the replica has everything."""
    ((position,),) = primary.server.query("SELECT pg_current_wal_lsn()::text")
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        ((done,),) = replica.server.query(
            "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [position]
        )
        if done:
            return
        time.sleep(0.1)
    raise TimeoutError("The replica does not follow.")
