import { Component, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

const BADGES = {
    draft: "text-bg-light",
    sent: "text-bg-info",
    confirmed: "text-bg-success",
    declined: "text-bg-danger",
    expired: "text-bg-warning",
    cancelled: "text-bg-secondary",
};

/** The changes of what was agreed, in the panel: ask, and see the customer's word. */
export class ScopeSection extends Component {
    static template = "service_quality.ScopeSection";
    static props = {
        changes: Array,
        resModel: String,
        resId: Number,
        isEditable: Boolean,
        save: Function,
        reload: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ busyId: null });
    }

    get changes() {
        const labels = {
            draft: _t("Draft"),
            sent: _t("Waits for the customer"),
            confirmed: _t("Confirmed"),
            declined: _t("Declined"),
            expired: _t("Expired without an answer"),
            cancelled: _t("Cancelled"),
        };
        return this.props.changes.map((change) => ({
            ...change,
            label: labels[change.state],
            badge: BADGES[change.state],
            details: this.details(change),
        }));
    }

    /** Say in one line what changes and who said what when. */
    details(change) {
        const shown = (text) => toLocaleDateTimeString(deserializeDateTime(text));
        const parts = [];
        if (change.amount) {
            parts.push(change.amount);
        }
        if (change.date_due_new) {
            parts.push(_t("new date %s", shown(change.date_due_new)));
        }
        if (change.date_decided) {
            const values = { name: change.decided_by, date: shown(change.date_decided) };
            parts.push(_t("%(name)s, %(date)s", values));
        } else if (change.state === "sent") {
            parts.push(_t("until %s", shown(change.date_expiry)));
        }
        return parts.join(" · ");
    }

    async ask() {
        if (!(await this.props.save())) {
            return;
        }
        await this.action.doAction("service_quality.service_scope_change_action_new", {
            additionalContext: {
                default_res_model: this.props.resModel,
                default_res_id: this.props.resId,
            },
            onClose: () => this.props.reload(),
        });
    }

    async open(change) {
        await this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: change.name,
                res_model: "service.scope.change",
                res_id: change.id,
                views: [[false, "form"]],
                target: "new",
            },
            { onClose: () => this.props.reload() }
        );
    }

    async send(change) {
        this.state.busyId = change.id;
        try {
            await this.orm.call("service.scope.change", "action_send", [[change.id]]);
            await this.props.reload();
        } finally {
            this.state.busyId = null;
        }
    }
}
