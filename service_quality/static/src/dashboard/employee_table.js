import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { definitionId } from "./use_definitions";
import { formatHours, formatInterval, formatNumber, formatPercent, share } from "./figures";

/** Rows that are drawn at first; the others on demand. */
const FIRST_ROWS = 30;

/** Promise keeping per employee, sortable, with the interval of each rate. */
export class EmployeeTable extends Component {
    static template = "service_quality.EmployeeTable";
    static props = {
        employees: { type: Array, element: Object },
        definitions: Object,
        minCounted: Number,
        // Teams instead of people, where names are hidden
        isTeams: { type: Boolean, optional: true },
        onOpen: Function,
    };

    setup() {
        this.state = useState({ sortKey: "rate", isAscending: false, isWhole: false });
    }

    get columns() {
        return [
            { key: "name", label: this.props.isTeams ? _t("Team") : _t("Employee"), isText: true },
            { key: "rate", label: _t("Kept rate"), definition: "kept_rate" },
            { key: "counted", label: _t("Counted"), isFigure: true },
            { key: "kept", label: _t("Kept"), isFigure: true },
            { key: "late", label: _t("Late"), isFigure: true },
            { key: "missed", label: _t("Missed"), isFigure: true },
            { key: "overdue", label: _t("Overdue"), isFigure: true },
            { key: "delay_median", label: _t("Lateness, median"), isHours: true, definition: "delay" },
            { key: "delay_p90", label: _t("Lateness, 9 of 10"), isHours: true, definition: "delay" },
            { key: "neutral", label: _t("Neutral"), isFigure: true, isShare: true },
            { key: "cancelled", label: _t("Of these cancelled"), isFigure: true },
        ].map((column) => ({ definition: column.key, ...column }));
    }

    isFew(row) {
        return row.is_few ?? row.counted < this.props.minCounted;
    }

    /** Rank by kept rate of those who can be compared; equal rates, equal rank. */
    get ranks() {
        const rates = this.props.employees
            .filter((row) => !this.isFew(row))
            .map((row) => row.rate);
        return new Map(
            this.props.employees
                .filter((row) => !this.isFew(row))
                .map((row) => [row.id, 1 + rates.filter((rate) => rate > row.rate).length])
        );
    }

    /** Who has too few promises stands below the others, however they are sorted. */
    get sortedRows() {
        const { sortKey, isAscending } = this.state;
        const direction = isAscending ? 1 : -1;
        return [...this.props.employees].sort((first, second) => {
            if (this.isFew(first) !== this.isFew(second)) {
                return this.isFew(first) ? 1 : -1;
            }
            if (sortKey === "name") {
                return direction * first.name.localeCompare(second.name);
            }
            const [a, b] = [first, second].map((row) => this.value(row, sortKey) ?? -1);
            return direction * (a - b) || first.name.localeCompare(second.name);
        });
    }

    get rows() {
        const { ranks } = this;
        const rows = this.sortedRows.map((row) => ({
            ...row,
            key: row.id || "nobody",
            rank: ranks.get(row.id),
            isFew: this.isFew(row),
        }));
        return this.state.isWhole ? rows : rows.slice(0, FIRST_ROWS);
    }

    get title() {
        return this.props.isTeams ? _t("Teams") : _t("Employees");
    }

    detail(row) {
        return { [this.props.isTeams ? "department_id" : "employee_id"]: row.id || 0 };
    }

    get hasMore() {
        return !this.state.isWhole && this.props.employees.length > FIRST_ROWS;
    }

    get showAllText() {
        return _t("Show all (%s)", this.props.employees.length);
    }

    get fewHint() {
        return _t(
            "Nobody is compared under this many counted promises: %s.",
            this.props.minCounted
        );
    }

    showAll() {
        this.state.isWhole = true;
    }

    value(row, key) {
        return key === "neutral" ? share(row.neutral, row.total) : row[key];
    }

    sort(key) {
        const isSame = this.state.sortKey === key;
        this.state.isAscending = isSame ? !this.state.isAscending : key === "name";
        this.state.sortKey = key;
    }

    ariaSort(key) {
        if (this.state.sortKey !== key) {
            return "none";
        }
        return this.state.isAscending ? "ascending" : "descending";
    }

    describedBy(column) {
        return this.props.definitions[column.definition]
            ? definitionId(column.definition)
            : undefined;
    }

    text(row, column) {
        return column.isHours
            ? formatHours(row[column.key])
            : formatNumber(row[column.key]);
    }

    neutralShare(row) {
        return formatPercent(share(row.neutral, row.total));
    }

    percent(value) {
        return formatPercent(value);
    }

    interval(row) {
        return formatInterval(row.low, row.high);
    }

    intervalStyle(row) {
        const low = 100 * row.low;
        return `left: ${low}%; width: ${100 * row.high - low}%`;
    }
}
