import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { defaultFilters, filtersFromUrl, filtersToUrl, serverFilters } from "./dashboard_filters";
import { dashboardTiles } from "./dashboard_tiles";
import { EmployeeTable } from "./employee_table";
import { FailedKinds, FailedLines, FailureHeatmap } from "./failures";
import { FigureButton } from "./figure_button";
import { FilterBar } from "./filter_bar";
import { FollowUp } from "./follow_up";
import { KpiTile } from "./kpi_tile";
import { OutcomeBars } from "./outcome_bars";
import { QualityQuadrant } from "./quadrant";
import { RateTrend } from "./rate_trend";
import { Sparkline } from "./sparkline";
import { TeamComparison } from "./team_comparison";
import { DEFINED, definitionId, useDefinitions } from "./use_definitions";

const MODEL = "service.dashboard";
const ACCESS_ERROR = "odoo.exceptions.AccessError";

/** The figures of a period on one page; every number opens the records behind it. */
export class ServiceDashboard extends Component {
    static template = "service_quality.Dashboard";
    static components = {
        EmployeeTable,
        FailedKinds,
        FailedLines,
        FailureHeatmap,
        FilterBar,
        FollowUp,
        KpiTile,
        Layout,
        OutcomeBars,
        QualityQuadrant,
        RateTrend,
        TeamComparison,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.root = useRef("root");
        this.definitionId = definitionId;
        this.state = useState({
            filters: this.firstFilters(),
            data: null,
            error: null,
            isLoading: true,
            isExporting: false,
        });
        this.tellUrl();
        useSetupAction({
            rootRef: this.root,
            getLocalState: () => ({ filters: { ...this.state.filters } }),
        });
        useDefinitions(this.root, (key) => this.state.data?.definitions[key]);
        // Not awaited: the page stands at once, its figures follow.
        onWillStart(() => {
            this.load();
        });
        onMounted(() => browser.setTimeout(() => this.compileTemplates()));
    }

    /** Compile the parts while the server counts, instead of after it. */
    compileTemplates() {
        const { app } = this.__owl__;
        const parts = Object.values(ServiceDashboard.components);
        const others = [FigureButton, Sparkline];
        for (const { template } of [...parts, ...others]) {
            app.getTemplate(template);
        }
        app.getTemplate("service_quality.DashboardFigures");
    }

    // ---------------------------------------------------------------------
    // Filters
    // ---------------------------------------------------------------------

    /** From the way back (breadcrumb), else from the URL, else the usual ones. */
    firstFilters() {
        return this.props.state?.filters || filtersFromUrl(this.props.action?.params || {});
    }

    tellUrl() {
        this.props.updateActionState?.(filtersToUrl(this.state.filters));
    }

    setFilters(filters) {
        this.state.filters = filters;
        this.tellUrl();
        return this.load();
    }

    resetFilters() {
        return this.setFilters(defaultFilters());
    }

    lookBack() {
        return this.setFilters(filtersFromUrl({ period: "days_365" }));
    }

    // ---------------------------------------------------------------------
    // Data
    // ---------------------------------------------------------------------

    get serverFilters() {
        return serverFilters(this.state.filters);
    }

    async load() {
        this.state.isLoading = true;
        this.state.error = null;
        try {
            this.state.data = await this.keepLast.add(
                this.orm.silent.call(MODEL, "get_data", [this.serverFilters])
            );
        } catch (error) {
            this.state.data = null;
            this.state.error = {
                isAccess: error.exceptionName === ACCESS_ERROR,
                text: error.data?.message || error.message,
            };
        }
        this.state.isLoading = false;
    }

    // ---------------------------------------------------------------------
    // What is shown
    // ---------------------------------------------------------------------

    get data() {
        return this.state.data;
    }

    get totals() {
        return this.data.totals;
    }

    get isEmpty() {
        const { totals } = this;
        return !totals.total && !totals.open_now && !totals.overdue_now;
    }

    get tiles() {
        return dashboardTiles(this.data);
    }

    get choices() {
        return this.data?.choices || {};
    }

    get kindRows() {
        return this.totals.kinds.map((row) => ({ ...row, key: row.kind }));
    }

    get heatmap() {
        return this.data.failures?.heatmap || [];
    }

    get failedLines() {
        return this.data.failures?.lines || [];
    }

    get quadrant() {
        return this.data.quadrant || [];
    }

    /** Alone on the page there is nobody to compare with in a table. */
    get hasEmployees() {
        const { employees, team, is_names_hidden } = this.data;
        return employees.length > (team || is_names_hidden ? 1 : 0);
    }

    get definitions() {
        return Object.entries(this.data.definitions).map(([key, text]) => ({
            key,
            name: DEFINED[key],
            text,
        }));
    }

    get periodText() {
        const { date_from, date_to, previous_from, previous_to } =
            this.data.period || this.state.filters;
        const text = _t("%(from)s to %(to)s", this.days(date_from, date_to));
        if (!previous_from) {
            return text;
        }
        return _t("%(period)s, compared with %(from)s to %(to)s", {
            period: text,
            ...this.days(previous_from, previous_to),
        });
    }

    /** What is chosen in the filters, for paper. */
    get filterText() {
        const { filters } = this.state;
        const { companies, departments, employees, models, kinds } = this.choices;
        const chosen = [
            [companies, filters.company_ids[0]],
            [departments, filters.department_id],
            [employees, filters.employee_id],
            [models, filters.res_model],
            [kinds, filters.kind],
        ];
        return chosen
            .map(([rows, value]) => (rows || []).find((row) => value && (row.id ?? row.key) === value))
            .filter(Boolean)
            .map((row) => row.label)
            .join(", ");
    }

    days(from, to) {
        const [first, last] = [from, to].map((day) => formatDate(deserializeDate(day)));
        return { from: first, to: last };
    }

    // ---------------------------------------------------------------------
    // Handlers
    // ---------------------------------------------------------------------

    /**
     * @param {string} figure
     * @param {Object} [detail] which part of the figure: employee_id, kind, date, ...
     */
    async openRecords(figure, { employee_id = false, ...detail } = {}) {
        const action = await this.orm.call(
            MODEL,
            "get_records_action",
            [this.serverFilters, figure, employee_id],
            detail
        );
        return this.action.doAction(action);
    }

    openFeedback() {
        return this.action.doAction("service_quality.service_feedback_analysis_action");
    }

    async exportXlsx() {
        this.state.isExporting = true;
        try {
            await this.action.doAction({
                type: "ir.actions.client",
                tag: "service_quality.export",
                params: { options: { filters: this.serverFilters } },
            });
        } finally {
            this.state.isExporting = false;
        }
    }

    openExportWizard() {
        return this.action.doAction("service_quality.service_export_wizard_action", {
            additionalContext: { filters: this.serverFilters },
        });
    }
}

registry
    .category("lazy_components")
    .add("service_quality.Dashboard", ServiceDashboard);
