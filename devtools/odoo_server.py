"""Odoo's configuration and process."""

import os
import time
import urllib.error
import urllib.request

from . import paths, processes
from .ui import DevError

START_SECONDS = 120


def config_path(database):
    """Where the configuration for a database lies."""
    return paths.ETC / f"{database}.conf"


def write_config(database, server, **extra):
    """Write a configuration for one database; a personal one has no say then."""
    options = {
        "addons_path": paths.ROOT,
        "data_dir": server.data,
        "db_name": database,
        "dbfilter": f"^{database}$",
        "list_db": False,
        "http_interface": "127.0.0.1",
        "workers": 0,
        "max_cron_threads": 0,
        # nobody's mail server: mails stay in the queue
        "smtp_server": "",
        "geoip_city_db": "",
        "geoip_country_db": "",
        **server.options(),
        **extra,
    }
    path = config_path(database)
    lines = [f"{name} = {value}" for name, value in options.items()]
    path.write_text("\n".join(["[options]", *lines, ""]))
    return path


def environment(server):
    """The environment of Odoo's processes."""
    # PYTHONPATH could hide the environment's packages, ODOO_RC our configuration
    unwanted = ("PYTHONPATH", "PYTHONHOME", "ODOO_RC", "OPENERP_SERVER", "ODOO_PATH")
    env = {name: value for name, value in os.environ.items() if name not in unwanted}
    bin_folder = paths.VENV / "bin"
    env["PATH"] = f"{bin_folder}{os.pathsep}{env.get('PATH', os.defpath)}"
    # Odoo computes in UTC; the tests must not depend on where they run
    env["TZ"] = "UTC"
    # compiled modules halve the time of a start; outside the addons' folders
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env["PYTHONPYCACHEPREFIX"] = str(paths.PYCACHE)
    return {**env, **server.environment()}


def start(config, server, log_path):
    """Start the Odoo server."""
    return processes.start(
        [paths.venv_python(), "-m", "odoo", "-c", config],
        log_path=log_path,
        env=environment(server),
        cwd=paths.STATE,
    )


def wait_for_login_page(process, address, log_path):
    """Return when the login page answers; raise if the server ends before."""
    deadline = time.monotonic() + START_SECONDS
    problem = f"Odoo did not answer within {START_SECONDS} s."
    while time.monotonic() < deadline:
        if process.poll() is not None:
            problem = "Odoo ended while starting."
            break
        try:
            # our own server
            with urllib.request.urlopen(f"{address}/web/login", timeout=30) as page:  # noqa: S310
                if page.status == 200:
                    return
        except urllib.error.HTTPError as error:
            problem = f"Odoo answers with an error ({error.code})."
            break
        except OSError:
            time.sleep(0.2)
    raise DevError(
        problem,
        f"read {processes.shown(log_path)}; `./dev run --fresh` starts with new data.",
        processes.tail(log_path.read_text(errors="replace"), 25),
    )
