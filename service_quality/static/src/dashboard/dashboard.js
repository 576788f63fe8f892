import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { configureBlobDownloadXHR } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { formatNumber, formatPercent } from "./figures";
import { EmployeeTable } from "./employee_table";
import { KpiTile } from "./kpi_tile";
import { OutcomeBars } from "./outcome_bars";

const { DateTime } = luxon;
const MANAGER = "service_quality.group_manager";

/** The figures of a period on one page; every number opens the records behind it. */
export class ServiceDashboard extends Component {
    static template = "service_quality.Dashboard";
    static components = { EmployeeTable, KpiTile, Layout, OutcomeBars };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        const saved = this.props.state?.filters;
        this.state = useState({
            filters: saved || this.presetFilters("days_90"),
            data: null,
            error: null,
            isLoading: true,
            isManager: false,
            isExporting: false,
        });
        useSetupAction({ getLocalState: () => ({ filters: { ...this.state.filters } }) });
        onWillStart(async () => {
            this.state.isManager = await user.hasGroup(MANAGER);
            await this.load();
        });
    }

    // ---------------------------------------------------------------------
    // Data
    // ---------------------------------------------------------------------

    get serverFilters() {
        const { date_from, date_to, res_model, kind } = this.state.filters;
        return { date_from, date_to, res_model, kind };
    }

    async load() {
        this.state.isLoading = true;
        this.state.error = null;
        try {
            this.state.data = await this.keepLast.add(
                this.orm.call("service.dashboard", "get_data", [this.serverFilters])
            );
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
        this.state.isLoading = false;
    }

    // ---------------------------------------------------------------------
    // Filters
    // ---------------------------------------------------------------------

    get presets() {
        return [
            { key: "days_7", label: _t("Last 7 days") },
            { key: "days_30", label: _t("Last 30 days") },
            { key: "days_90", label: _t("Last 90 days") },
            { key: "month", label: _t("This month") },
            { key: "quarter", label: _t("This quarter") },
            { key: "year", label: _t("This year") },
        ];
    }

    presetFilters(preset) {
        const today = DateTime.now().startOf("day");
        const start = preset.startsWith("days_")
            ? today.minus({ days: parseInt(preset.slice(5)) - 1 })
            : today.startOf(preset);
        return {
            preset,
            date_from: serializeDate(start),
            date_to: serializeDate(today),
            res_model: this.state?.filters.res_model || "",
            kind: this.state?.filters.kind || "",
        };
    }

    setPreset(ev) {
        if (ev.target.value) {
            this.state.filters = this.presetFilters(ev.target.value);
            return this.load();
        }
    }

    setFilter(name, ev) {
        if (name.startsWith("date_")) {
            if (!ev.target.value) {
                return;
            }
            this.state.filters.preset = "";
        }
        this.state.filters[name] = ev.target.value;
        return this.load();
    }

    get kinds() {
        return [
            { key: "deadline", label: _t("Deadline") },
            { key: "response", label: _t("First answer") },
            { key: "appointment", label: _t("Appointment") },
            { key: "callback", label: _t("Call back") },
            { key: "progress", label: _t("Progress update") },
            { key: "scope", label: _t("Scope change") },
        ];
    }

    // ---------------------------------------------------------------------
    // What is shown
    // ---------------------------------------------------------------------

    get totals() {
        return this.state.data.totals;
    }

    get isEmpty() {
        return !this.totals.total && !this.totals.open_now && !this.totals.overdue_now;
    }

    get periodText() {
        const { date_from, date_to } = this.state.data.filters;
        const [from, to] = [date_from, date_to].map((day) =>
            formatDate(deserializeDate(day))
        );
        return _t("%(from)s to %(to)s", { from, to });
    }

    get tiles() {
        const { totals } = this;
        const { definitions, feedback, checklists } = this.state.data;
        return [
            {
                key: "rate",
                label: _t("Kept rate"),
                value: formatPercent(totals.rate),
                detail: this.rateDetail(totals),
                help: definitions.kept_rate,
                figure: "counted",
                change: this.rateChange(totals),
            },
            {
                key: "counted",
                label: _t("Counted promises"),
                value: formatNumber(totals.counted),
                detail: _t("%(kept)s kept, %(late)s late, %(missed)s missed", totals),
                help: definitions.counted,
                figure: "counted",
            },
            {
                key: "overdue_now",
                label: _t("Overdue now"),
                value: formatNumber(totals.overdue_now),
                detail: _t("%s running and not due yet", totals.open_now),
                help: definitions.overdue_now,
                figure: "overdue_now",
                isAlarming: totals.overdue_now > 0,
            },
            {
                key: "satisfaction",
                label: _t("Satisfaction"),
                value: formatNumber(feedback.satisfaction),
                detail: _t("%(answers)s answers; checklists %(score)s", {
                    answers: feedback.count,
                    score: formatPercent(checklists.score),
                }),
                help: definitions.satisfaction,
                figure: "feedback",
            },
        ];
    }

    rateDetail(totals) {
        if (totals.rate === null) {
            return _t("no counted promise in this period");
        }
        return _t("likely between %(low)s and %(high)s", {
            low: formatPercent(totals.low),
            high: formatPercent(totals.high),
        });
    }

    rateChange(totals) {
        if (totals.rate === null || totals.previous.rate === null) {
            return null;
        }
        const points = 100 * (totals.rate - totals.previous.rate);
        const shown = formatNumber(Math.abs(points), 1);
        return {
            isUp: points >= 0,
            text: _t("%(points)s points against the period before", {
                points: points >= 0 ? `+${shown}` : `-${shown}`,
            }),
        };
    }

    get weeks() {
        return this.state.data.trend.map((week) => ({
            ...week,
            key: week.date,
            label: formatDate(deserializeDate(week.date)),
        }));
    }

    get kindRows() {
        return this.totals.kinds.map((row) => ({ ...row, key: row.kind }));
    }

    // ---------------------------------------------------------------------
    // Handlers
    // ---------------------------------------------------------------------

    async openRecords(figure, employeeId = false) {
        const action = await this.orm.call("service.dashboard", "get_records_action", [
            this.serverFilters,
            figure,
            employeeId,
        ]);
        return this.action.doAction(action);
    }

    async exportXlsx() {
        this.state.isExporting = true;
        const data = Object.fromEntries(
            Object.entries(this.serverFilters).filter(([, value]) => value)
        );
        data.company_ids = user.activeCompanies.map((company) => company.id).join(",");
        try {
            await this.downloadFile(
                "/service_quality/export.xlsx?" + new URLSearchParams(data)
            );
        } finally {
            this.state.isExporting = false;
        }
    }

    downloadFile(url) {
        const xhr = new XMLHttpRequest();
        xhr.open("GET", url);
        return new Promise((resolve, reject) => {
            configureBlobDownloadXHR(xhr, {
                onSuccess: resolve,
                onFailure: reject,
                url,
            });
            xhr.send();
        });
    }
}

registry
    .category("lazy_components")
    .add("service_quality.Dashboard", ServiceDashboard);
