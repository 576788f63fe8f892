import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatNumber, formatPercent } from "./figures";

/** Promise keeping per employee, sortable, with the interval of each rate. */
export class EmployeeTable extends Component {
    static template = "service_quality.EmployeeTable";
    static props = {
        employees: { type: Array, element: Object },
        definitions: Object,
        minCounted: Number,
        onOpen: Function,
    };

    setup() {
        this.state = useState({ sortKey: "rate", isAscending: false });
    }

    get columns() {
        return [
            { key: "name", label: _t("Employee"), isText: true },
            { key: "counted", label: _t("Counted"), help: "counted", figure: "counted" },
            { key: "kept", label: _t("Kept"), help: "kept", figure: "kept" },
            { key: "late", label: _t("Late"), help: "late", figure: "late" },
            { key: "missed", label: _t("Missed"), help: "missed", figure: "missed" },
            { key: "overdue", label: _t("Overdue"), help: "overdue", figure: "overdue" },
            { key: "neutral", label: _t("Neutral"), help: "neutral", figure: "neutral" },
            { key: "cancelled", label: _t("Of these cancelled"), help: "cancelled" },
            { key: "rate", label: _t("Kept rate"), help: "kept_rate" },
            { key: "delay_hours", label: _t("Hours late"), help: "late" },
        ];
    }

    get rows() {
        const { sortKey, isAscending } = this.state;
        const direction = isAscending ? 1 : -1;
        const isComparable = (row) => row.counted >= this.props.minCounted;
        return [...this.props.employees].sort((first, second) => {
            // Who cannot be compared stands below, whatever the order of a rate.
            if (sortKey === "rate" && isComparable(first) !== isComparable(second)) {
                return isComparable(first) ? -1 : 1;
            }
            const [a, b] = [first[sortKey], second[sortKey]];
            if (sortKey === "name") {
                return direction * a.localeCompare(b);
            }
            return direction * ((a ?? -1) - (b ?? -1)) || first.id - second.id;
        });
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

    isFew(row) {
        return row.counted > 0 && row.counted < this.props.minCounted;
    }

    text(row, column) {
        return formatNumber(row[column.key], column.key === "delay_hours" ? 1 : 0);
    }

    percent(share) {
        return formatPercent(share);
    }

    intervalStyle(row) {
        const low = 100 * row.low;
        return `left: ${low}%; width: ${100 * row.high - low}%`;
    }
}
