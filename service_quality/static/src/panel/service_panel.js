import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { KIND_ICONS, kindLabel, splitActions, usePromiseActions } from "../core/promise_actions";
import { clockOffset, countdown, stateClass, stateLabel } from "../core/promise_time";
import { ChecklistBoard } from "./checklist_board";
import { ScopeSection } from "./scope_card";

const { DateTime } = luxon;
const CLOCK_INTERVAL = 30000;

/**
 * The Service quality panel of a document: its promises with a countdown and its
 * checklists, each tick saved at once. The same on every served document.
 */
export class ServicePanel extends Component {
    static template = "service_quality.ServicePanel";
    static components = { ChecklistBoard, Dropdown, DropdownItem, ScopeSection };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.actions = usePromiseActions(() => this.reload());
        this.state = useState({ data: null, now: DateTime.now(), busyId: null });
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
            const isStill = promise.is_settled || promise.is_paused;
            return {
                ...promise,
                ...splitActions(promise.actions),
                label: stateLabel(promise.state),
                badge: stateClass(promise.state),
                icon: KIND_ICONS[promise.kind],
                kindLabel: kindLabel(promise.kind),
                due: toLocaleDateTimeString(due),
                asked: promise.date_asked && this.formatDate(promise.date_asked),
                countdown: isStill ? "" : countdown(due, this.state.now),
            };
        });
    }

    formatDate(text) {
        return toLocaleDateTimeString(deserializeDateTime(text));
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

    async printEvidence() {
        if (!(await this.saved())) {
            return;
        }
        const { resId, resModel } = this.props.record;
        const action = await this.orm.call(resModel, "action_service_evidence_pack", [
            [resId],
        ]);
        await this.action.doAction(action);
    }

    async runAction(promise, name) {
        if (!(await this.saved())) {
            return;
        }
        this.state.busyId = promise.id;
        try {
            await this.actions.run(promise, name);
        } finally {
            this.state.busyId = null;
        }
    }
}

registry.category("view_widgets").add("service_quality_panel", {
    component: ServicePanel,
});
