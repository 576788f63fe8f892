import { addLazyAction } from "@service_quality/core/lazy_action";
import { _t } from "@web/core/l10n/translation";

addLazyAction("service_quality.start", {
    bundle: "service_quality.start",
    component: "service_quality.GuidedStart",
    path: "service-start",
    displayName: _t("Guided Start"),
});
