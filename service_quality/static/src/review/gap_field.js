import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const MARK_WIDTH = 16;

/** Where self, reviewer and customer stand on one line from 0 to 100 %. */
export class GapField extends Component {
    static template = "service_quality.GapField";
    static props = { ...standardFieldProps };

    get text() {
        return this.props.record.data[this.props.name] || "";
    }

    get marks() {
        const data = this.props.record.data;
        const all = [
            ["self", _t("S"), data.has_self, data.self_points],
            ["reviewer", _t("R"), data.is_scored, data.points],
            ["customer", _t("C"), data.has_customer, data.customer_points],
        ];
        const counts = {};
        return all
            .filter(([, , isThere]) => isThere)
            .map(([key, letter, , points]) => {
                const percent = Math.round(points * 100);
                // Equal answers stand beside each other, towards the middle
                const before = counts[percent] || 0;
                counts[percent] = before + 1;
                const shift = before * (percent > 50 ? -MARK_WIDTH : MARK_WIDTH);
                return { key, letter, percent, shift };
            });
    }
}

export const gapField = {
    component: GapField,
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "points", type: "float" },
        { name: "is_scored", type: "boolean" },
        { name: "self_points", type: "float" },
        { name: "has_self", type: "boolean" },
        { name: "customer_points", type: "float" },
        { name: "has_customer", type: "boolean" },
    ],
};
registry.category("fields").add("service_gap", gapField);
