"""One measurement of a workbook in a process of its own; prints JSON.

Usage: python -m benchmarks.xlsx_process -c CONFIG -d DATABASE MODE ROWS

MODE is ``ours`` (rows by rows as the addon writes them), ``odoo`` (Odoo's own list
export) or ``plain`` (xlsxwriter with constant_memory, from a list of the same cells).
"""

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from types import SimpleNamespace

from odoo import SUPERUSER_ID, api, http
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import config

#: (our column, field of Odoo's export): nine texts, three moments, three numbers.
COLUMNS = (
    ("name", "name"),
    ("document", "res_name"),
    ("customer", "partner_name"),
    ("employee", "employee_id/name"),
    ("department", "department_id/name"),
    ("kind", "kind"),
    ("source", "source"),
    ("state", "state"),
    ("company", "company_id/name"),
    ("date_made", "date_made"),
    ("date_due", "date_due"),
    ("date_settled", "date_settled"),
    ("delay", "delay_hours"),
    ("is_counted", "is_counted"),
    ("chased", "chase_count"),
)
NAME = "Bench workbook"


def memory(name):
    """Return a figure of this process, in MiB: ``VmRSS`` now, ``VmHWM`` the most."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith(name + ":"):
                return int(line.split()[1]) / 1024
    raise LookupError(name)


def reset_most():
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def get_ids(env, rows):
    env.cr.execute(
        "SELECT id FROM service_promise WHERE name = %s ORDER BY id LIMIT %s",
        [NAME, rows],
    )
    return [row[0] for row in env.cr.fetchall()]


def prepare_ours(env, rows):
    """Return the work: ids by the period's domain, rows, file."""
    workbook = env["service.workbook"]
    options = workbook._clean_options(
        {
            "filters": {"date_from": "2020-01-01", "date_to": "2020-12-31"},
            "sheets": ["promises"],
            "columns": {"promises": [ours for ours, _theirs in COLUMNS]},
        }
    )
    if rows < 1000:  # to warm up
        options["ids"] = {"promises": get_ids(env, rows)}

    def work():
        with tempfile.TemporaryDirectory() as folder:
            run = workbook._get_run(options, folder)
            run.prepare()
            run.step()
            path = os.path.join(folder, "result")
            with open(path, "wb") as target:
                run.finish(target)
            return run.state["total"], os.path.getsize(path)

    return work


def prepare_odoo(env, rows):
    """Return the work of Odoo's own export of the same rows and columns."""
    from odoo.addons.web.controllers.export import ExportXlsxWriter

    names = [theirs for _ours, theirs in COLUMNS]
    fields = [{"name": name, "type": "char"} for name in names]
    ids = get_ids(env, rows)

    def work():
        promises = env["service.promise"].browse(ids)
        table = promises.export_data(names)["datas"]
        # The writer asks the request for the currencies' digits.
        http._request_stack.push(SimpleNamespace(env=env))
        try:
            with ExportXlsxWriter(fields, names, len(table)) as writer:
                for number, row in enumerate(table, 1):
                    for column, value in enumerate(row):
                        writer.write_cell(number, column, value)
        finally:
            http._request_stack.pop()
        return len(table), len(writer.value)

    return work


def prepare_plain(env, rows):
    """Return the work of xlsxwriter alone, the cells being in memory already."""
    import xlsxwriter

    workbook = env["service.workbook"]
    folder = tempfile.TemporaryDirectory()
    options = workbook._clean_options(
        {
            "sheets": ["promises"],
            "columns": {"promises": [ours for ours, _theirs in COLUMNS]},
            "ids": {"promises": get_ids(env, rows)},
        }
    )
    run = workbook._get_run(options, folder.name)
    run.prepare()
    (sheet,) = run._get_sheets(0)
    kinds = [column.kind for column in sheet.columns]
    ids = options["ids"]["promises"]
    values = run._read(run._get_settings(0), sheet, ids)
    table = [
        [
            column.labels.get(value, value)
            for column, value in zip(sheet.columns, values[row_id], strict=True)
        ]
        for row_id in ids
    ]

    def work():
        path = os.path.join(folder.name, "plain.xlsx")
        book = xlsxwriter.Workbook(
            path, {"constant_memory": True, "strings_to_formulas": False}
        )
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        duration = book.add_format({"num_format": "[h]:mm"})
        formats = {"datetime": moment, "duration": duration}
        page = book.add_worksheet()
        for number, row in enumerate(table, 1):
            for column, (value, kind) in enumerate(zip(row, kinds, strict=True)):
                if value is None:
                    continue
                if kind == "text":
                    page.write_string(number, column, value)
                else:
                    page.write_number(number, column, value, formats.get(kind))
        book.close()
        size = os.path.getsize(path)
        folder.cleanup()
        return len(table), size

    return work


MODES = {"ours": prepare_ours, "odoo": prepare_odoo, "plain": prepare_plain}


def main(arguments):
    parser = argparse.ArgumentParser(prog="benchmarks.xlsx_process")
    parser.add_argument("-c", dest="config", required=True)
    parser.add_argument("-d", dest="database", required=True)
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("rows", type=int)
    options = parser.parse_args(arguments)
    config.parse_config(["-c", options.config, "--log-level=warn"], setup_logging=True)
    logging.getLogger("odoo.modules.registry").setLevel(logging.ERROR)
    server.load_server_wide_modules()
    with Registry(options.database).cursor() as cursor:
        root = api.Environment(cursor, SUPERUSER_ID, {})
        admin = root.ref("base.user_admin")
        env = root(
            user=admin.id, su=False, context={"lang": "en_US", "tz": "Europe/Paris"}
        )
        prepare = MODES[options.mode]
        if options.mode != "plain":
            prepare(env, 200)()  # what is imported and cached once, is not measured
        work = prepare(env, options.rows)
        env.invalidate_all()
        before = memory("VmRSS")
        reset_most()
        wall, cpu = time.perf_counter(), time.process_time()
        rows, size = work()
        result = {
            "rows": rows,
            "bytes": size,
            "seconds": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
            "extra": memory("VmHWM") - before,
            "most": memory("VmHWM"),
        }
        cursor.rollback()
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
