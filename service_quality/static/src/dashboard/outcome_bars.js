import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { FigureButton } from "./figure_button";
import { countedOutcomes, formatNumber, formatPercent, share } from "./figures";

/** Counted outcomes per kind as stacked bars, their numbers below, the rate beside. */
export class OutcomeBars extends Component {
    static template = "service_quality.OutcomeBars";
    static components = { FigureButton };
    static props = {
        title: String,
        rows: { type: Array, element: Object },
        onOpen: Function,
    };

    get outcomes() {
        return countedOutcomes();
    }

    /** What does not count stands beside it, never hidden. */
    get others() {
        return [
            { key: "neutral", label: _t("Neutral") },
            { key: "open", label: _t("Running") },
            { key: "uncounted", label: _t("Not counted") },
        ];
    }

    get rows() {
        return this.props.rows.filter((row) => row.total);
    }

    numbers(row) {
        return [...this.outcomes, ...this.others].filter(({ key }) => row[key]);
    }

    width(row, outcome) {
        return 100 * (share(row[outcome.key], row.counted) || 0);
    }

    rate(row) {
        return formatPercent(row.rate);
    }

    summary(row) {
        return this.numbers(row)
            .map(({ key, label }) => `${label}: ${formatNumber(row[key])}`)
            .join(", ");
    }
}
