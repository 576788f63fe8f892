"""The dashboard, reports and export run on the read replica, on two real servers."""

import contextlib
import http.cookiejar
import json
import os
import socket
import urllib.request

import pytest

from devtools import odoo_server, paths, postgres, processes, replica

FIGURES = "GROUPING(employee_id, kind)"
FILTERS = {"date_from": "2020-01-01", "date_to": "2029-06-30"}


class Client:
    """A browser that is logged in."""

    def __init__(self, address, database):
        jar = http.cookiejar.CookieJar()
        self.address = address
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(jar)
        )
        login = {"db": database, "login": "admin", "password": "admin"}
        self.ask("/web/session/authenticate", login)

    def ask(self, path, parameters):
        request = urllib.request.Request(
            self.address + path,
            json.dumps({"jsonrpc": "2.0", "params": parameters}).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=120) as answer:
            result = json.load(answer)
        assert "error" not in result, result["error"]
        return result["result"]

    def call(self, model, method, *arguments, **keywords):
        return self.ask(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": arguments, "kwargs": keywords},
        )

    def get(self, path):
        with self.opener.open(self.address + path, timeout=120) as answer:
            return answer.read()


@pytest.fixture(scope="module")
def servers():
    """(primary, replica, name of the database), made of the one under test."""
    config = pytest.importorskip("odoo.tools").config
    if not config["db_host"] or not config["db_name"]:
        pytest.skip("runs beside a database")
    database = config["db_name"]
    database = database if isinstance(database, str) else database[0]
    source = postgres.Server(
        config["db_host"], str(config["db_port"] or 5432), config["db_user"]
    )
    if not replica.programs(replica.server_version(source, database)):
        pytest.skip("needs pg_ctl, pg_basebackup and pg_dump of the server's version")
    secret = {"PGPASSWORD": config["db_password"]} if config["db_password"] else {}
    with replica.replicated(source, database, secret) as clusters:
        yield *clusters, database


@pytest.fixture(scope="module")
def client(servers, tmp_path_factory):
    """A client of an Odoo that knows both servers."""
    from odoo.tools import config

    primary, standby, database = servers
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("odoo")
    addons = dict.fromkeys([*config["addons_path"], str(paths.ROOT)])
    options = {
        "addons_path": ",".join(addons),
        "data_dir": folder / "data",
        "db_name": database,
        "list_db": False,
        "http_interface": "127.0.0.1",
        "http_port": port,
        "max_cron_threads": 0,
        "db_host": primary.socket,
        "db_user": postgres.ROLE,
        "db_replica_host": standby.socket,
    }
    path = folder / "odoo.conf"
    lines = [f"{name} = {value}" for name, value in options.items()]
    path.write_text("\n".join(["[options]", *map(str, lines), ""]))
    env = {key: value for key, value in os.environ.items() if key[:2] != "PG"}
    log = folder / "odoo.log"
    command = [os.sys.executable, "-m", "odoo", "-c", path]
    process = processes.start(command, log_path=log, env=env, cwd=folder)
    address = f"http://127.0.0.1:{port}"
    try:
        odoo_server.wait_for_login_page(process, address, log)
        yield Client(address, database)
    finally:
        process.terminate()
        process.wait(30)


def asked(primary, standby, call):
    """Return what was asked of both servers during a call, and its answer."""
    replica.catch_up(primary, standby)
    before = [len(cluster.statements()) for cluster in (primary, standby)]
    answer = call()
    now = [cluster.statements() for cluster in (primary, standby)]
    return *(text[start:] for text, start in zip(now, before, strict=True)), answer


def test_dashboard_is_read_on_the_replica(servers, client):
    primary, standby, _database = servers
    on_primary, on_replica, data = asked(
        primary, standby, lambda: client.call("service.dashboard", "get_data", FILTERS)
    )
    assert FIGURES in on_replica
    assert FIGURES not in on_primary
    assert data["totals"]["total"] > 0


def test_records_and_reports_are_read_on_the_replica(servers, client):
    primary, standby, _database = servers
    for method, arguments in (
        ("search_read", [[["kind", "=", "promise"]], ["res_name"]]),
        ("formatted_read_group", [[], ["outcome"], ["is_counted:sum"]]),
    ):
        on_primary, on_replica, rows = asked(
            primary,
            standby,
            lambda method=method, arguments=arguments: client.call(
                "service.quality.report", method, *arguments
            ),
        )
        assert rows
        assert "service_quality_report" in on_replica, method
        assert "service_quality_report" not in on_primary, method
    on_primary, on_replica, action = asked(
        primary,
        standby,
        lambda: client.call("service.dashboard", "get_records_action", FILTERS, "kept"),
    )
    assert action["domain"]
    assert "ir_act_window" in on_replica
    assert "ir_act_window" not in on_primary


def test_export_is_read_on_the_replica(servers, client):
    primary, standby, _database = servers
    on_primary, on_replica, content = asked(
        primary,
        standby,
        lambda: client.get("/service_quality/export.xlsx?date_from=2026-01-01"),
    )
    assert content[:2] == b"PK"
    assert FIGURES in on_replica
    assert FIGURES not in on_primary


def test_what_is_settled_on_the_primary_arrives(servers, client):
    """The change and its note travel together: figures are never half of both."""
    primary, standby, database = servers
    before = client.call("service.dashboard", "get_data", FILTERS)["totals"]
    rows = primary.server.query(
        "UPDATE service_promise SET outcome = 'missed' WHERE id = (SELECT min(id)"
        " FROM service_promise WHERE outcome = 'kept' AND is_counted) RETURNING id",
        database=database,
    )
    assert rows
    replica.catch_up(primary, standby)
    after = client.call("service.dashboard", "get_data", FILTERS)["totals"]
    assert (after["kept"], after["missed"]) == (
        before["kept"] - 1,
        before["missed"] + 1,
    )
