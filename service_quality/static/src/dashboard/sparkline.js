import { Component } from "@odoo/owl";
import { linePath } from "./chart_math";

/** The course of a figure as a line without scale; the table beside it tells more. */
export class Sparkline extends Component {
    static template = "service_quality.Sparkline";
    static props = {
        values: Array,
        // Lowest and highest value of the drawing; else those of the values
        range: { type: Array, optional: true },
    };

    get known() {
        return this.props.values.filter((value) => value !== null && value !== undefined);
    }

    get path() {
        const range = this.props.range || [
            Math.min(0, ...this.known),
            Math.max(...this.known),
        ];
        return linePath(this.props.values, range);
    }
}
