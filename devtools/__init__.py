"""What stands behind ./dev: a private Odoo 19 with the addon, and its tests.

The way of a command: ``launcher`` finds a Python that suits, ``cli`` reads the
arguments, ``python_env`` makes the environment in which everything else runs.
``odoo_source`` brings Odoo (``odoo_debian``, ``odoo_archive``), ``postgres`` the
database server, ``databases`` the cached templates. ``run``, ``test``, ``lint`` and
``clean`` are the commands. ``settings`` is where to change modules, languages, logins.
"""
