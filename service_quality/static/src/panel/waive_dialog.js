import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

/** Ask a manager why a document may be closed without a checklist. */
export class WaiveDialog extends Component {
    static template = "service_quality.WaiveDialog";
    static components = { Dialog };
    static props = { close: Function, name: String, waive: Function };

    setup() {
        this.state = useState({ reason: "" });
        useAutofocus({ refName: "reason" });
    }

    async confirm() {
        await this.props.waive(this.state.reason);
        this.props.close();
    }
}
