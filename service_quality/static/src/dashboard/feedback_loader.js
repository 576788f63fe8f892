import { Component, xml } from "@odoo/owl";
import { LazyComponent } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Loads the code of the feedback analysis when it is opened, and not before. */
export class FeedbackAnalysisLoader extends Component {
    static template = xml`
        <LazyComponent
            bundle="'service_quality.dashboard'"
            Component="'service_quality.FeedbackAnalysis'"
            props="props"
        />`;
    static components = { LazyComponent };
    static props = { ...standardActionServiceProps };
    static path = "service-feedback";
    static displayName = _t("Feedback Analysis");
}

registry
    .category("actions")
    .add("service_quality.feedback_analysis", FeedbackAnalysisLoader);
