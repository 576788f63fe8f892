import { Component, xml } from "@odoo/owl";
import { LazyComponent } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Loads the code of the dashboard when it is opened, and not before. */
export class ServiceDashboardLoader extends Component {
    static template = xml`
        <LazyComponent
            bundle="'service_quality.dashboard'"
            Component="'service_quality.Dashboard'"
            props="props"
        />`;
    static components = { LazyComponent };
    static props = { ...standardActionServiceProps };
    static path = "service-quality";
    static displayName = _t("Service Quality");
}

registry.category("actions").add("service_quality.dashboard", ServiceDashboardLoader);
