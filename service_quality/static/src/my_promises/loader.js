import { Component, xml } from "@odoo/owl";
import { LazyComponent } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Loads the code of *My promises* when it is opened, and not before. */
export class MyPromisesLoader extends Component {
    static template = xml`
        <LazyComponent
            bundle="'service_quality.my_promises'"
            Component="'service_quality.MyPromises'"
            props="props"
        />`;
    static components = { LazyComponent };
    static props = { ...standardActionServiceProps };
    static path = "my-promises";
    static displayName = _t("My Promises");
}

registry.category("actions").add("service_quality.my_promises", MyPromisesLoader);
