"""Mutants that no test can or need notice: by target, which and why."""

LINK = "models/service_link.py"
ADDRESS = "models/service_link_address.py"
DECISION = "models/service_link_decision.py"
TABLES = "report/rollup_tables.py"
ROLLUP = "report/service_quality_rollup.py"

NO_OLD_OR_NEW = (
    "on an insert there is no old row and on a deletion no new one: its outcome is"
    " null, which the other half of the condition asks anyway"
)
FUTURE = (
    "a moment with so many digits is thousands of years away, and the future is refused"
)

SURVIVORS = {
    "verdict": {},
    "tokens": {
        (LINK, "ServiceLink._service_issue: record.ensure_one() -> nothing"): (
            "several records have no single id to write, which fails as well"
        ),
        (DECISION, "NONCE_SCOPE: 'service_quality.link' -> 'service_quality.linkX'"): (
            "any name will do that nothing else signs with"
        ),
        (DECISION, "ServiceLink._service_find: 1 -> 2"): (
            "the index is unique, there is never a second one"
        ),
        (DECISION, "ServiceLink._service_check_nonce: 12 -> 13"): FUTURE,
        (
            DECISION,
            "ServiceLink._service_check_nonce: len(moment) <= 12 -> len(moment) < 12",
        ): FUTURE,
        (ADDRESS, "ServiceLink._service_is_verified: self.ensure_one() -> nothing"): (
            "several links have no single address to compare, which fails as well"
        ),
        (
            ADDRESS,
            "ServiceLink._service_wrote_from: ...'email', 'comment')),"
            " ('email_from', 'ilike', self.email)] -> ...'email', 'comment'))]",
        ): "the address is compared as a whole afterwards; this only reads less",
    },
    "rollup": {
        (
            TABLES,
            "create_function: ... IF TG_OP <> 'INSERT'"
            " AND OLD.outcome IS NOT NULL THEN\\n INS..."
            " -> ... IF TG_OP <> 'INSERTX' AND OLD.outcome IS NOT NULL THEN\\n IN...",
        ): NO_OLD_OR_NEW,
        (
            TABLES,
            "create_function: ... IF TG_OP <> 'DELETE'"
            " AND NEW.outcome IS NOT NULL THEN\\n INS..."
            " -> ... IF TG_OP <> 'DELETEX' AND NEW.outcome IS NOT NULL THEN\\n IN...",
        ): NO_OLD_OR_NEW,
        (ROLLUP, "ServiceQualityRollup.init: return result -> return None"): (
            "what Odoo's own method returns is None"
        ),
        (ROLLUP, "ServiceQualityRollup._fold: 'into_' -> 'into_X'"): (
            "a name inside one statement, which nobody else reads"
        ),
    },
}
