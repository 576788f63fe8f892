import { addLazyAction } from "@service_quality/core/lazy_action";
import { _t } from "@web/core/l10n/translation";

addLazyAction("service_quality.my_promises", {
    bundle: "service_quality.my_promises",
    component: "service_quality.MyPromises",
    path: "my-promises",
    displayName: _t("My Promises"),
});
