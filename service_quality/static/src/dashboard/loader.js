import { addLazyAction } from "@service_quality/core/lazy_action";
import { _t } from "@web/core/l10n/translation";

addLazyAction("service_quality.dashboard", {
    bundle: "service_quality.dashboard",
    component: "service_quality.Dashboard",
    path: "service-quality",
    displayName: _t("Service Quality"),
});
