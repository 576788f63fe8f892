"""What stands behind ./dev: a private Odoo 19 with the addon, and its tests."""
