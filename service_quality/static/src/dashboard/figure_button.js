import { Component } from "@odoo/owl";
import { definitionId } from "./use_definitions";
import { formatNumber } from "./figures";

/** A number that opens the records behind it; nothing to open behind a zero. */
export class FigureButton extends Component {
    static template = "service_quality.FigureButton";
    static props = {
        count: { type: [Number, { value: null }, { value: undefined }], optional: true },
        // What is shown instead of the number, such as a rate
        text: { type: String, optional: true },
        label: String,
        figure: String,
        detail: { type: Object, optional: true },
        definition: { type: String, optional: true },
        onOpen: Function,
    };

    get text() {
        return this.props.text ?? formatNumber(this.props.count);
    }

    get describedBy() {
        return this.props.definition && definitionId(this.props.definition);
    }
}
