import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { FigureButton } from "./figure_button";
import { formatNumber, formatPercent } from "./figures";

/** What was done after failures: recoveries and customers who fell silent. */
export class FollowUp extends Component {
    static template = "service_quality.FollowUp";
    static components = { FigureButton };
    static props = {
        recoveries: { type: [Object, { value: null }], optional: true },
        silent: { type: [Object, { value: null }], optional: true },
        onOpen: Function,
    };

    get recoveryFigures() {
        const { opened, running, overdue, in_time, decided } = this.props.recoveries;
        return [
            { figure: "recovery_opened", label: _t("Opened in the period"), count: opened },
            { figure: "recovery_running", label: _t("Running now"), count: running },
            { figure: "recovery_overdue", label: _t("Overdue now"), count: overdue },
            { figure: "recovery_in_time", label: _t("Ended in time"), count: in_time },
            { figure: "recovery_decided", label: _t("Ended, or should have"), count: decided },
        ];
    }

    get recoveryRate() {
        return _t("%s recovered in time", formatPercent(this.props.recoveries.rate));
    }

    /** Only managers are told about silent customers. */
    get hasSilent() {
        return Number.isInteger(this.props.silent?.count);
    }

    get silentText() {
        const { estimate, heard } = this.props.silent;
        return _t(
            "Customers who complained: %(heard)s, so about %(estimate)s are dissatisfied.",
            { heard: formatNumber(heard), estimate: formatNumber(estimate) }
        );
    }
}
