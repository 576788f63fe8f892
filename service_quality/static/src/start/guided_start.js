import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "service.start";

/**
 * Which checklists, which promises, who sees what: one step each, applied at the end.
 *
 * Nothing is written before the last button. Enter goes on, the steps above and the
 * button Back lead back.
 */
export class GuidedStart extends Component {
    static template = "service_quality.GuidedStart";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.form = useRef("form");
        this.title = useRef("title");
        this.state = useState({
            data: null,
            error: "",
            index: 0,
            isBusy: false,
            isDone: false,
        });
        Object.assign(this.state, this.props.state || {});
        useSetupAction({ getLocalState: () => ({ ...this.state, isBusy: false }) });
        onWillStart(() => this.state.data || this.load());
        // Whoever reads with his ears or goes on with the keyboard, starts at the top
        useEffect(
            (index, isDone) => {
                if (index || isDone) {
                    this.title.el?.focus();
                }
            },
            () => [this.state.index, this.state.isDone]
        );
    }

    // ---------------------------------------------------------------------
    // Server
    // ---------------------------------------------------------------------

    load() {
        return this.call("get_start", [], (data) => {
            this.state.data = data;
        });
    }

    apply() {
        return this.call("apply_start", [this.choices], (data) => {
            this.state.data = data;
            this.state.isDone = true;
        });
    }

    /** Make the sample and show it. */
    addSample() {
        return this.call("add_sample", [], (data) => {
            this.state.data = data;
            return this.openAction("service_quality.service_dashboard_action");
        });
    }

    removeSample() {
        return this.call("remove_sample", [], (data) => {
            this.state.data = data;
            const text = data.kept.length
                ? _t(
                      "The sample data are gone, except what yours still need: %s",
                      data.kept.join(", ")
                  )
                : _t("The sample data are gone.");
            this.notification.add(text, { type: "success" });
        });
    }

    skip() {
        if (this.state.data.is_configured) {
            return this.openAction("service_quality.service_dashboard_action");
        }
        return this.call("dismiss_start", [], (action) => this.openAction(action));
    }

    /** Call the server once at a time; what it refuses is shown above the buttons. */
    async call(method, args, then) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        this.state.error = "";
        try {
            await then(await this.orm.call(MODEL, method, args));
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        } finally {
            this.state.isBusy = false;
        }
    }

    get choices() {
        const { data } = this.state;
        const choices = { privacy: data.privacy, peer_review: data.peer_review };
        if (data.can_change_packs) {
            choices.packs = this.usedPacks.map((pack) => pack.id);
        }
        choices.plans = data.plans
            .filter((plan) => plan.is_editable)
            .map((plan) => ({
                id: plan.id,
                active: plan.active,
                asks: plan.asks,
                template_ids: plan.template_ids,
                rules: plan.rules.map(({ id, hours }) => ({ id, hours })),
            }));
        return choices;
    }

    // ---------------------------------------------------------------------
    // Steps
    // ---------------------------------------------------------------------

    get steps() {
        return [
            { key: "packs", title: _t("Checklists") },
            ...this.state.data.plans.map((plan) => ({
                key: `plan-${plan.id}`,
                title: plan.name,
                plan,
            })),
            { key: "people", title: _t("Who sees what") },
            { key: "check", title: _t("Start") },
        ];
    }

    get step() {
        return this.steps[this.state.index];
    }

    get isLast() {
        return this.state.index === this.steps.length - 1;
    }

    get positionText() {
        return _t("Step %(number)s of %(total)s: %(title)s", {
            number: this.state.index + 1,
            total: this.steps.length,
            title: this.step.title,
        });
    }

    /** Go to a step; forward only when what is on the screen can be understood. */
    goTo(index) {
        if (index < this.state.index || this.form.el.reportValidity()) {
            this.state.error = "";
            this.state.index = index;
        }
    }

    onSubmit() {
        return this.isLast ? this.apply() : this.goTo(this.state.index + 1);
    }

    restart() {
        this.state.isDone = false;
        this.state.index = 0;
    }

    // ---------------------------------------------------------------------
    // What is shown
    // ---------------------------------------------------------------------

    get usedPacks() {
        return this.state.data.packs.filter((pack) => pack.active);
    }

    get workPacks() {
        return this.usedPacks.filter((pack) => pack.is_work);
    }

    get activePlans() {
        return this.state.data.plans.filter((plan) => plan.active);
    }

    /** Name the checklists that a plan starts; an archived one starts nowhere. */
    startedBy(plan) {
        const packs = this.usedPacks.filter((pack) => plan.template_ids.includes(pack.id));
        return [...packs.map((pack) => pack.name), ...plan.other_templates];
    }

    togglePack(plan, pack) {
        const ids = plan.template_ids;
        plan.template_ids = ids.includes(pack.id)
            ? ids.filter((id) => id !== pack.id)
            : [...ids, pack.id];
    }

    /** Say working hours in days, as people think of them. */
    daysText(hours) {
        const days = hours / this.state.data.day_hours;
        if (!(days > 0)) {
            return "";
        }
        if (days < 0.95) {
            return _t("less than a working day");
        }
        const rounded = Math.round(days * 2) / 2;
        return rounded === 1
            ? _t("about a working day")
            : _t("about %s working days", rounded);
    }

    hoursText(rule) {
        const values = { name: rule.name, hours: rule.hours };
        return rule.kind === "progress"
            ? _t("%(name)s: every %(hours)s working hours", values)
            : _t("%(name)s: within %(hours)s working hours", values);
    }

    // ---------------------------------------------------------------------
    // Ways out
    // ---------------------------------------------------------------------

    openAction(action) {
        return this.action.doAction(action, { clearBreadcrumbs: true });
    }

    openPack(pack) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: pack.name,
            res_model: "service.checklist.template",
            res_id: pack.id,
            views: [[false, "form"]],
            target: "new",
        });
    }

    openDocuments(plan) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: plan.name,
            res_model: plan.res_model,
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }
}

registry.category("lazy_components").add("service_quality.GuidedStart", GuidedStart);
