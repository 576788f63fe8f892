import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { clockOffset, countdown, stateClass, stateLabel } from "../core/promise_time";
import { ChecklistCard } from "./checklist_card";

const { DateTime } = luxon;
const CLOCK_INTERVAL = 30000;

/**
 * The Service quality panel of a document: its promises with a countdown and its
 * checklists, each tick saved at once. The same on every served document.
 */
export class ServicePanel extends Component {
    static template = "service_quality.ServicePanel";
    static components = { ChecklistCard };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null, now: DateTime.now() });
        this.loadedId = null;
        onWillStart(() => this.load());
        useRecordObserver((record) => {
            if (record.resId !== this.loadedId) {
                return this.load();
            }
        });
        const clock = setInterval(() => this.tick(), CLOCK_INTERVAL);
        onWillUnmount(() => clearInterval(clock));
    }

    // ---------------------------------------------------------------------
    // Data
    // ---------------------------------------------------------------------

    async load() {
        const { resId, resModel } = this.props.record;
        this.loadedId = resId;
        if (!resId) {
            this.state.data = null;
            return;
        }
        const data = await this.orm.call(resModel, "get_service_panel_data", [[resId]]);
        if (resId === this.props.record.resId) {
            this.offset = clockOffset(deserializeDateTime(data.now));
            this.state.data = data;
            this.tick();
        }
    }

    tick() {
        this.state.now = DateTime.now().plus(this.offset || 0);
    }

    /** Reload the whole form too: chatter and counters have changed. */
    async reload() {
        await this.props.record.load();
        await this.load();
    }

    // ---------------------------------------------------------------------
    // Getters
    // ---------------------------------------------------------------------

    get promises() {
        return this.state.data.promises.map((promise) => {
            const due = deserializeDateTime(promise.date_due);
            return {
                ...promise,
                label: stateLabel(promise.state),
                badge: stateClass(promise.state),
                due: toLocaleDateTimeString(due),
                countdown: promise.is_settled ? "" : countdown(due, this.state.now),
                canKeep:
                    !promise.is_settled && !["response", "progress"].includes(promise.kind),
                canTell: !promise.is_settled && !promise.is_told,
            };
        });
    }

    // ---------------------------------------------------------------------
    // Handlers
    // ---------------------------------------------------------------------

    async saved() {
        return !this.props.record.dirty || (await this.props.record.save());
    }

    async recordPromise() {
        if (!(await this.saved())) {
            return;
        }
        const { resId, resModel } = this.props.record;
        const action = await this.orm.call(resModel, "action_service_record_promise", [
            [resId],
        ]);
        await this.action.doAction(action, { onClose: () => this.reload() });
    }

    async tellCustomer(promise) {
        await this.orm.call("service.promise", "action_tell_customer", [[promise.id]]);
        await this.reload();
    }

    async keepPromise(promise) {
        await this.orm.call("service.promise", "action_keep", [[promise.id]]);
        await this.reload();
    }

    openPromise(promise) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Promise"),
                res_model: "service.promise",
                res_id: promise.id,
                views: [[false, "form"]],
                target: "new",
            },
            { onClose: () => this.load() }
        );
    }

    async startChecklist(ev) {
        const templateId = parseInt(ev.target.value);
        if (!templateId || !(await this.saved())) {
            return;
        }
        const { resId, resModel } = this.props.record;
        await this.orm.call(resModel, "action_service_start_checklist", [
            [resId],
            templateId,
        ]);
        await this.load();
    }
}

registry.category("view_widgets").add("service_quality_panel", {
    component: ServicePanel,
});
