import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { formatFloat } from "@web/core/utils/numbers";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** How one employee kept his promises in the last 90 days, and how sure that is. */
export class Scorecard extends Component {
    static template = "service_quality.Scorecard";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null });
        onWillStart(() => this.load());
        useRecordObserver((record) => {
            if (record.resId !== this.loadedId) {
                return this.load();
            }
        });
    }

    async load() {
        const { resId } = this.props.record;
        this.loadedId = resId;
        const data = resId
            ? await this.orm.call("service.dashboard", "get_scorecard", [resId])
            : false;
        if (resId === this.props.record.resId) {
            this.state.data = data;
        }
    }

    percent(share) {
        return share === null || share === undefined
            ? ""
            : `${formatFloat(100 * share, { digits: [16, 1] })} %`;
    }

    get period() {
        const { date_from, date_to } = this.state.data;
        return _t("%(from)s to %(to)s", {
            from: formatDate(deserializeDate(date_from)),
            to: formatDate(deserializeDate(date_to)),
        });
    }

    get counted() {
        return _t("kept; counted promises: %s", this.state.data.totals.counted);
    }

    get tooFew() {
        return _t(
            "Too few to compare: nobody is compared under this many counted promises: %s",
            this.state.data.min_counted
        );
    }

    get interval() {
        const { low, high } = this.state.data.totals;
        return _t("likely between %(low)s and %(high)s", {
            low: this.percent(low),
            high: this.percent(high),
        });
    }

    get figures() {
        const { totals, delay_hours, chased, self_declared } = this.state.data;
        const delay = delay_hours
            ? _t("%s h", formatFloat(delay_hours, { digits: [16, 1] }))
            : "-";
        return [
            { key: "kept", label: _t("Kept"), value: totals.kept },
            { key: "late", label: _t("Late"), value: totals.late },
            { key: "missed", label: _t("Missed"), value: totals.missed },
            { key: "overdue", label: _t("Overdue"), value: totals.overdue },
            { key: "neutral", label: _t("Moved, excused, withdrawn"), value: totals.neutral },
            { key: "delay", label: _t("Mean lateness"), value: delay },
            { key: "chased", label: _t("Times chased"), value: chased },
            { key: "self_declared", label: _t("Self-declared"), value: self_declared },
            { key: "uncounted", label: _t("Not counted"), value: totals.uncounted },
        ];
    }

    /** How he asks the customer before the work goes on; each number opens its changes. */
    get scope() {
        const labels = {
            asked: _t("Changes asked"),
            confirmed_first: _t("Confirmed before the work went on"),
            declined: _t("Declined"),
            expired: _t("Expired without an answer"),
            went_on: _t("Work went on without the customer's word"),
        };
        return this.state.data.scope.map((figure) => ({ ...figure, label: labels[figure.key] }));
    }

    async openScope({ label, domain }) {
        const action = await this.action.loadAction("service_quality.service_scope_change_action");
        return this.action.doAction({ ...action, name: label, display_name: label, domain });
    }

    /** What customers said; nothing of a person under five answers. */
    get answers() {
        const { answers, csat, nps, qualities, recovery } = this.state.data.feedback;
        const shown = (value) => (value === null ? "-" : formatFloat(value, { digits: [16, 0] }));
        const sign = nps.score > 0 ? "+" : "";
        const score =
            nps.score === null
                ? "-"
                : _t("%(score)s ± %(margin)s", {
                      score: sign + shown(nps.score),
                      margin: shown(nps.margin),
                  });
        return [
            { key: "answers", label: _t("Answers"), value: answers },
            { key: "csat", label: _t("Satisfied customers"), value: this.percent(csat.rate) || "-" },
            { key: "nps", label: _t("Net promoter score"), value: score },
            {
                key: "technical_quality",
                label: _t("Quality of the work"),
                value: shown(qualities.technical_quality.mean),
            },
            {
                key: "service_quality",
                label: _t("Quality of the service"),
                value: shown(qualities.service_quality.mean),
            },
            {
                key: "recovery",
                label: _t("Recovered in time"),
                value: recovery.decided ? _t("%(in_time)s of %(decided)s", recovery) : "-",
            },
        ];
    }

    get tooFewAnswers() {
        return _t("No figures of a person from fewer answers than %s.", this.state.data.feedback.min_answers);
    }

    openPromises() {
        return this.action.doAction("service_quality.service_promise_action", {
            additionalContext: { search_default_employee_id: this.props.record.resId },
        });
    }
}

registry.category("view_widgets").add("service_quality_scorecard", {
    component: Scorecard,
});
