import { Component, onWillStart, useState } from "@odoo/owl";
import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { NOTHING, formatNumber, formatPercent } from "./figures";
import { KpiTile } from "./kpi_tile";

const { DateTime } = luxon;
const MODEL = "service.feedback.analysis";

/** What customers answered in a period; every number opens the records behind it. */
export class FeedbackAnalysis extends Component {
    static template = "service_quality.FeedbackAnalysis";
    static components = { KpiTile, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.formatNumber = formatNumber;
        this.formatPercent = formatPercent;
        this.state = useState({ days: 90, data: null, error: null, isLoading: true });
        onWillStart(() => this.load());
    }

    get filters() {
        const today = DateTime.now().startOf("day");
        return {
            date_from: serializeDate(today.minus({ days: this.state.days - 1 })),
            date_to: serializeDate(today),
        };
    }

    get periods() {
        return [
            { days: 30, label: _t("Last 30 days") },
            { days: 90, label: _t("Last 90 days") },
            { days: 365, label: _t("Last 365 days") },
        ];
    }

    async load() {
        this.state.isLoading = true;
        this.state.error = null;
        try {
            this.state.data = await this.keepLast.add(
                this.orm.call(MODEL, "get_data", [this.filters])
            );
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
        this.state.isLoading = false;
    }

    setPeriod(ev) {
        this.state.days = parseInt(ev.target.value);
        return this.load();
    }

    async open(figure, row = {}) {
        const action = await this.orm.call(MODEL, "get_records_action", [this.filters, figure], row);
        return this.action.doAction(action);
    }

    // ---------------------------------------------------------------------
    // What is shown
    // ---------------------------------------------------------------------

    /** Number with its sign, as a net promoter score is written. */
    signed(value) {
        const sign = value > 0 ? "+" : "";
        return value === null ? NOTHING : sign + formatNumber(value);
    }

    get tiles() {
        const { csat, nps, response, recovery, qualities } = this.state.data;
        const quality = (name) => formatNumber(qualities[name].mean);
        return [
            {
                key: "csat",
                label: _t("Satisfied customers"),
                value: formatPercent(csat.rate),
                detail: _t("%s answers", csat.count),
                help: _t(
                    "CSAT: answers of 75 and more (the two best faces) of all answers."
                ),
                figure: "csat",
            },
            {
                key: "nps",
                label: _t("Net promoter score"),
                value: this.signed(nps.score),
                detail:
                    nps.margin === null
                        ? _t("%s answers", nps.count)
                        : _t("± %(margin)s points, %(count)s answers", {
                              margin: formatNumber(nps.margin),
                              count: nps.count,
                          }),
                help: _t(
                    "Percentage of 9-10 minus percentage of 0-6; in 95 of 100 cases the true score lies within the margin."
                ),
                figure: "nps",
            },
            {
                key: "technical_quality",
                label: _t("Quality of the work"),
                value: quality("technical_quality"),
                detail: _t("%s answers, 0-100", qualities.technical_quality.count),
                help: _t("Was the work done well? Mean of the answers."),
                figure: "technical_quality",
            },
            {
                key: "service_quality",
                label: _t("Quality of the service"),
                value: quality("service_quality"),
                detail: _t("%s answers, 0-100", qualities.service_quality.count),
                help: _t("What was it like to deal with us? Mean of the answers."),
                figure: "service_quality",
            },
            {
                key: "response",
                label: _t("Response rate"),
                value: formatPercent(response.rate),
                detail: _t("%(answered)s of %(asked)s asked", response),
                help: _t("Answers of all invitations that were sent by plan."),
                figure: "asked",
            },
            {
                key: "recovery",
                label: _t("Recovered in time"),
                value: formatPercent(recovery.rate),
                detail: _t("%(in_time)s of %(decided)s", recovery),
                help: _t("Of the recoveries that ended or should have ended."),
                figure: "recoveries",
            },
        ];
    }

    get quadrants() {
        return {
            both: _t("Good work, good service"),
            work_only: _t("Good work, poor service"),
            service_only: _t("Poor work, good service"),
            neither: _t("Neither"),
        };
    }

    get groups() {
        const { people, teams } = this.state.data;
        return [
            { key: "employee_id", title: _t("Employees"), rows: people },
            { key: "department_id", title: _t("Teams"), rows: teams },
        ].filter((group) => group.rows.length);
    }

    get shares() {
        const { reasons, ladder } = this.state.data;
        return [
            {
                key: "promoter_reason",
                title: _t("Why promoters recommend us"),
                hint: _t(
                    "To compare: about 10 % of recommendations are said to come from the result, 90 % from the relationship."
                ),
                rows: reasons.promoters,
            },
            { key: "reason", title: _t("What decides, all customers"), rows: reasons.all },
            { key: "ladder", title: _t("Ladder of service"), rows: ladder },
        ];
    }

    get hasAnything() {
        const { response, csat, nps, recovery } = this.state.data;
        return response.done + csat.count + nps.count + recovery.recoveries > 0;
    }
}

registry
    .category("lazy_components")
    .add("service_quality.FeedbackAnalysis", FeedbackAnalysis);
