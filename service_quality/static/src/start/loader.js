import { Component, xml } from "@odoo/owl";
import { LazyComponent } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Loads the code of the guided start when it is opened, which is rarely. */
export class GuidedStartLoader extends Component {
    static template = xml`
        <LazyComponent
            bundle="'service_quality.start'"
            Component="'service_quality.GuidedStart'"
            props="props"
        />`;
    static components = { LazyComponent };
    static props = { ...standardActionServiceProps };
    static path = "service-start";
    static displayName = _t("Guided Start");
}

registry.category("actions").add("service_quality.start", GuidedStartLoader);
