"""Runs inside Odoo's process: install or update modules, then make asset bundles.

Usage: python inside_odoo.py BUNDLE,BUNDLE,... ODOO_OPTION...

One process does both, because loading the registry again would take seconds.
"""

import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import config


def main(bundles, options):
    """Return the exit code."""
    config.parse_config(options, setup_logging=True)
    (database,) = config["db_name"]
    server.load_server_wide_modules()
    if server.preload_registries([database]):
        return 1
    with Registry(database).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        for bundle in filter(None, bundles.split(",")):
            assets = env["ir.qweb"]._get_asset_bundle(bundle)
            assets.js()
            assets.css()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
