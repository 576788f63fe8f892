import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { changeFilters, comparisons, countFilters, defaultFilters, periods } from "./dashboard_filters";

/** Period, comparison and what the figures are about. */
export class FilterBar extends Component {
    static template = "service_quality.FilterBar";
    static props = {
        filters: Object,
        // What can be chosen, from the server
        choices: Object,
        onChange: Function,
    };

    setup() {
        this.state = useState({ isOpen: !this.env.isSmall });
    }

    get periods() {
        return periods();
    }

    get comparisons() {
        return comparisons();
    }

    get count() {
        return countFilters(this.props.filters);
    }

    get toggleText() {
        return this.count ? _t("Filters (%s)", this.count) : _t("Filters");
    }

    /** Selections with something to choose, or with something chosen. */
    get selections() {
        const { choices, filters } = this.props;
        return [
            this.selection("company_ids", _t("Company"), choices.companies, filters.company_ids[0]),
            this.selection("department_id", _t("Team"), choices.departments, filters.department_id),
            this.selection("employee_id", _t("Employee"), choices.employees, filters.employee_id),
            this.selection("res_model", _t("Document"), choices.models, filters.res_model),
            this.selection("kind", _t("Kind of promise"), choices.kinds, filters.kind),
        ].filter(({ options, value }) => options.length > 1 || value);
    }

    selection(name, label, choices, value) {
        const options = (choices || []).map((choice) => ({
            value: String(choice.id ?? choice.key),
            label: choice.label ?? choice.name,
        }));
        const chosen = value ? String(value) : "";
        // Something from the URL that is not among the choices is shown all the same.
        if (chosen && !options.some((option) => option.value === chosen)) {
            options.push({ value: chosen, label: chosen });
        }
        return { name, label, options, value: chosen };
    }

    change(values) {
        this.props.onChange(changeFilters(this.props.filters, values));
    }

    onPeriod(ev) {
        this.change({ period: ev.target.value });
    }

    onDay(name, ev) {
        if (ev.target.value) {
            this.change({ [name]: ev.target.value });
        }
    }

    onCompare(ev) {
        this.change({ compare: ev.target.value });
    }

    onSelect(name, ev) {
        const { value } = ev.target;
        if (name === "company_ids") {
            this.change({ company_ids: value ? [parseInt(value)] : [] });
        } else if (name.endsWith("_id")) {
            this.change({ [name]: value ? parseInt(value) : false });
        } else {
            this.change({ [name]: value });
        }
    }

    clear() {
        const { period, date_from, date_to, compare } = this.props.filters;
        this.props.onChange({ ...defaultFilters(), period, date_from, date_to, compare });
    }

    toggle() {
        this.state.isOpen = !this.state.isOpen;
    }
}
