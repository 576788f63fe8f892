import { addLazyAction } from "@service_quality/core/lazy_action";
import { _t } from "@web/core/l10n/translation";

addLazyAction("service_quality.feedback_analysis", {
    bundle: "service_quality.dashboard",
    component: "service_quality.FeedbackAnalysis",
    path: "service-feedback",
    displayName: _t("Feedback Analysis"),
});
