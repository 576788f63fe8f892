import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatPercent } from "./figures";

/** Stacked bars of counted outcomes, one row per group, with the rate beside. */
export class OutcomeBars extends Component {
    static template = "service_quality.OutcomeBars";
    static props = {
        title: String,
        rows: { type: Array, element: Object },
    };

    get parts() {
        return [
            { key: "kept", label: _t("Kept") },
            { key: "late", label: _t("Late") },
            { key: "missed", label: _t("Missed") },
            { key: "overdue", label: _t("Overdue") },
        ];
    }

    width(row, part) {
        return row.counted ? (100 * row[part.key]) / row.counted : 0;
    }

    rate(row) {
        return formatPercent(row.rate);
    }

    summary(row) {
        return this.parts.map((part) => `${part.label}: ${row[part.key]}`).join(", ");
    }
}
