"""What SQL of its own says of the sheets beside promises and answers."""

#: A stored moment on the reader's clock, to the second.
LOCAL = "date_trunc('second', {}) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s"
IN_PERIOD = (
    "f.company_id = ANY(%(companies)s) AND ({} AT TIME ZONE 'UTC'"
    " AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s"
)
NAMES = """LEFT JOIN hr_employee e ON e.id = f.employee_id
    LEFT JOIN hr_department d ON d.id = f.department_id
    LEFT JOIN res_partner p ON p.id = f.partner_id"""
DONE = "COALESCE(f.date_done, f.date_started)"

CHECKLISTS = f"""SELECT f.name->>'en_US', f.res_name, p.name, e.name, d.name->>'en_US',
    f.state, f.score, {LOCAL.format("f.date_done")}, l.name->>'en_US', l.kind, l.answer,
    CASE WHEN l.date_answered IS NOT NULL AND l.kind IN ('score', 'balance')
        THEN l.value END,
    l.comment, {LOCAL.format("l.date_answered")}, l.is_required::int
FROM service_checklist_line l JOIN service_checklist f ON f.id = l.checklist_id {NAMES}
WHERE f.purpose = 'work' AND {IN_PERIOD.format(DONE)}
ORDER BY {DONE}, f.id, l.sequence, l.id"""
SCOPE = f"""SELECT f.name, f.res_name, f.partner_name, e.name, d.name->>'en_US',
    f.amount_delta, {LOCAL.format("f.date_due_new")}, f.state,
    {LOCAL.format("f.create_date")}, {LOCAL.format("f.date_sent")},
    {LOCAL.format("f.date_decided")}, f.decided_by, f.customer_comment,
    f.is_answered_first::int, f.is_work_unanswered::int
FROM service_scope_change f {NAMES}
WHERE {IN_PERIOD.format("f.create_date")} ORDER BY f.create_date, f.id"""
RECOVERIES = f"""SELECT f.trigger, f.res_name, p.name, e.name, d.name->>'en_US',
    f.description, f.state, f.cause, {LOCAL.format("f.date_opened")},
    {LOCAL.format("f.date_due")}, {LOCAL.format("f.date_apologised")},
    f.compensation_kind, f.compensation_amount, {LOCAL.format("f.date_closed")},
    f.is_in_time::int
FROM service_recovery f {NAMES}
WHERE {IN_PERIOD.format("f.date_opened")} ORDER BY f.date_opened, f.id"""
SILENT = f"""SELECT p.name, f.res_name, e.name, d.name->>'en_US', f.state,
    f.has_broken_promise::int, f.has_low_score::int, f.has_failed_checklist::int,
    f.event_count, {LOCAL.format("f.date_event")}, {LOCAL.format("f.date_contact")},
    floor(extract(epoch FROM %(now)s - f.date_contact) / 86400),
    f.gap_days, f.limit_days
FROM service_silent_customer f {NAMES}
WHERE f.company_id = ANY(%(companies)s) AND f.state <> 'back'
ORDER BY f.date_event, f.id"""

#: (title, header, statement, {column: (model, field) of a selection})
SHEETS = (
    (
        "Checklists",
        (
            *("Checklist", "Document", "Customer", "Employee", "Department", "State"),
            *("Score", "Done on", "Question", "Kind", "Answer", "Value", "Comment"),
            *("Answered on", "Required"),
        ),
        CHECKLISTS,
        {
            5: ("service.checklist", "state"),
            9: ("service.checklist.line", "kind"),
            10: ("service.checklist.line", "answer"),
        },
    ),
    (
        "Scope changes",
        (
            *("What changes", "Document", "Customer", "Employee", "Department"),
            *("Price difference", "New date", "State", "Created on", "Sent on"),
            *("Decided on", "Decided by", "Customer's comment"),
            *("Decided before the work", "Work without an answer"),
        ),
        SCOPE,
        {7: ("service.scope.change", "state")},
    ),
    (
        "Recoveries",
        (
            *("Opened by", "Document", "Customer", "Employee", "Department"),
            *("What happened", "State", "Cause", "Opened on", "Due", "Apologised on"),
            *("Compensation", "Amount", "Closed on", "In time"),
        ),
        RECOVERIES,
        {
            0: ("service.recovery", "trigger"),
            6: ("service.recovery", "state"),
            7: ("service.recovery", "cause"),
            11: ("service.recovery", "compensation_kind"),
        },
    ),
    (
        "Silent customers",
        (
            *("Customer", "Document", "Employee", "Department", "State"),
            *("Broken promise", "Low score", "Failed checklist", "Bad events"),
            *("Last bad event", "Last seen", "Days silent", "Usual gap (days)"),
            "Silent after (days)",
        ),
        SILENT,
        {4: ("service.silent.customer", "state")},
    ),
)
