"""What a developer may want to change, in one place."""

# The persistent database of ./dev run.
DATABASE = "service_quality"

# Installed before our addons, with demo data, and cached: the slow part. What the
# manifests of our addons depend on is added.
BASE_MODULES = ("helpdesk_mgmt", "hr", "sale_management", "survey")
LANGUAGES = ("en_US", "hu_HU", "ru_RU")

# (who, login, password) as the demo data of Odoo and of the addon have them.
LOGINS = (
    ("administrator", "admin", "admin"),
    ("service manager", "manager1", "manager1"),
    ("agent", "agent1", "agent1"),
    ("agent", "agent2", "agent2"),
    ("customer (portal)", "customer", "customer"),
)

# The bundles that the first pages ask for. Made in advance; the rest is made by Odoo
# when a page asks for it.
BUNDLES = (
    "web.assets_web",
    "web.assets_frontend",
    "web.assets_frontend_minimal",
    "web.assets_frontend_lazy",
    "web.assets_emoji",
    "bus.websocket_worker_assets",
)

# ./dev hosts: whose tests must not notice our addons, and which of them.
HOST_TESTS = {
    "helpdesk_mgmt": ("test_*.py",),
    "sale": ("test_*.py",),
    "survey": ("test_*.py",),
    "hr": ("test_*.py",),
    "project": ("test_*.py",),
    "mail": ("test_mail_*.py", "test_fetchmail.py"),
}
# These play in the browser and take a hundred times as long; our own tours do, too.
HOST_TESTS_LEFT_OUT = ("*_ui*.py", "test_js.py", "test_scenario.py")

# Tests in a browser or with many databases: they take longer than their size says.
SLOW_TESTS = (
    *("*_tour.py", "*_axe.py", "test_js.py", "test_customer_scan.py", "test_polish.py"),
    *("test_wheel.py", "test_tool.py", "test_replica.py"),
)
SLOW_WEIGHT = 40_000

# What the browser and the HTTP client say when a page took too long. Such a test gets
# a second chance, as in Odoo's own builds; a wrong result gets none.
TOO_SLOW = (
    "TIMEOUT step failed to complete",
    "Script timeout exceeded",
    "code was always falsy",
    "Failed to detect chrome devtools port",
    "Read timed out",
    "TimeoutError",
)

# ./dev mutate: code that must not be wrong, and the tests that say so. Which functions
# (all, if none is named), and which modules of tests, or classes in them.
MUTATIONS = {
    "verdict": {
        "code": {
            "models/verdict.py": (),
            "models/service_promise_verdict.py": (
                *("EARLY_UPDATE_SHARE", "ENDINGS", "_service_limit"),
                *("_service_verdict", "_compute_date_limit", "_compute_outcome"),
                *("_service_outcome", "_compute_delay_hours", "_service_delay"),
                *("_compute_wait_minutes", "_compute_is_counted", "_service_counts"),
                *("_service_was_told_early", "_add_precomputed_values"),
                *("_service_is_early_update", "_compute_state", "_search_state"),
                "_state_domain",
            ),
        },
        "tests": (
            "test_promise_verdict",
            "test_verdict",
            "test_promise.TestPromiseLife",
        ),
    },
    "tokens": {
        "code": {
            "models/service_link.py": (
                *("TOKEN_BYTES", "_service_issue", "_service_expiry"),
                *("_service_revoke", "_service_lang", "_service_hash"),
                *("_service_token_hash", "_service_url"),
            ),
            "models/service_link_address.py": (),
            "models/service_link_decision.py": (
                *("NONCE_SECONDS", "NONCE_SCOPE", "NAME_LIMIT", "MAX_QUESTIONS"),
                *("_service_find", "_service_is_for", "_service_is_valid"),
                *("_service_record", "_service_nonce", "_service_sign"),
                *("_service_check_nonce", "_service_decide", "_service_ask"),
                *("_service_lock_for", "_service_siblings"),
            ),
        },
        "tests": ("test_link_parts", "test_link", "test_link_address"),
    },
    "rollup": {
        "code": {
            "report/rollup_tables.py": (),
            "report/service_quality_rollup.py": (),
        },
        "tests": ("test_rollup_tables", "test_dashboard_rollup.TestRollup"),
    },
}
