import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** In pixels, as in the style sheet. */
const LINE_WIDTH = 84;
const MARK_WIDTH = 18;

/** Where self, reviewer and customer stand on one line from 0 to 100 %. */
export class GapField extends Component {
    static template = "service_quality.GapField";
    static props = { ...standardFieldProps };

    get text() {
        return this.props.record.data[this.props.name] || "";
    }

    get marks() {
        const data = this.props.record.data;
        // A single letter is no term of a translation: take it from the word
        const all = [
            ["self", _t("Self"), data.has_self, data.self_points],
            ["reviewer", _t("Reviewer"), data.is_scored, data.points],
            ["customer", _t("Customer"), data.has_customer, data.customer_points],
        ];
        const marks = all
            .filter(([, , isThere]) => isThere)
            .map(([key, word, , points]) => ({
                key,
                letter: String(word).charAt(0),
                x: points * LINE_WIDTH,
            }))
            .sort((one, other) => one.x - other.x);
        // Close answers stand beside each other, and nothing leaves the line
        let lowest = 0;
        for (const mark of marks) {
            mark.x = Math.max(mark.x, lowest);
            lowest = mark.x + MARK_WIDTH;
        }
        let highest = LINE_WIDTH;
        for (const mark of marks.toReversed()) {
            mark.x = Math.round(Math.min(mark.x, highest));
            highest = mark.x - MARK_WIDTH;
        }
        return marks;
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
