import { Component, xml } from "@odoo/owl";
import { LazyComponent } from "@web/core/assets";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/**
 * Register a page whose code is loaded when it is opened, and not before.
 *
 * @param {string} tag of the client action
 * @param {Object} page
 * @param {string} page.bundle where the code is
 * @param {string} page.component name in the registry of lazy components
 * @param {string} page.path in the address bar
 * @param {string} page.displayName
 */
export function addLazyAction(tag, { bundle, component, path, displayName }) {
    class LazyAction extends Component {
        // The client lets a page scroll inside what bears this class, and nowhere else
        static template = xml`
            <div class="o_action">
                <LazyComponent bundle="bundle" Component="component" props="props" />
            </div>`;
        static components = { LazyComponent };
        static props = { ...standardActionServiceProps };
        static path = path;
        static displayName = displayName;

        setup() {
            this.bundle = bundle;
            this.component = component;
        }
    }
    registry.category("actions").add(tag, LazyAction);
}
