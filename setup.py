"""One wheel with every addon of this repository.

An addon lies in the wheel under ``odoo/addons``, where Odoo finds it without any
configuration. Neither ``odoo`` nor ``odoo/addons`` gets an ``__init__.py``: both are
namespaces that Odoo and other wheels share.
"""

import ast
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).resolve().parent
MAIN = "service_quality"
ADDONS = sorted(path.parent for path in HERE.glob("*/__manifest__.py"))
MANIFEST = ast.literal_eval((HERE / MAIN / "__manifest__.py").read_text("utf-8"))
README = HERE / "README.md"


def packages_of(addon):
    """The folders of an addon that are Python packages, as paths."""
    return sorted(init.parent for init in addon.rglob("__init__.py"))


def package_name(folder):
    """The name under which a folder of this repository is installed."""
    return "odoo.addons." + ".".join(folder.relative_to(HERE).parts)


def data_of(addon):
    """What is no module of a package: views, assets, translations, migrations, ..."""
    packages = set(packages_of(addon))
    return sorted(
        str(path.relative_to(addon))
        for path in addon.rglob("*")
        if path.is_file()
        and path.suffix != ".pyc"
        and not (path.suffix == ".py" and path.parent in packages)
    )


setup(
    name="odoo-addon-service-quality",
    version=MANIFEST["version"],
    description=MANIFEST["name"],
    long_description=README.read_text("utf-8") if README.exists() else "",
    long_description_content_type="text/markdown",
    license="AGPL-3.0-or-later",
    license_files=["LICENSE"],
    python_requires=">=3.10",
    install_requires=[
        "odoo==19.0.*",
        "odoo-addon-helpdesk-mgmt==19.0.*",
        "XlsxWriter",
        "openpyxl",
    ],
    classifiers=[
        "Environment :: Web Environment",
        "Framework :: Odoo",
        "Framework :: Odoo :: 19.0",
        "Programming Language :: Python",
    ],
    packages=[
        package_name(folder) for addon in ADDONS for folder in packages_of(addon)
    ],
    package_dir={package_name(addon): addon.name for addon in ADDONS},
    package_data={package_name(addon): data_of(addon) for addon in ADDONS},
    include_package_data=False,
    zip_safe=False,
)
