import { Component } from "@odoo/owl";
import { FigureButton } from "./figure_button";
import { Sparkline } from "./sparkline";
import { definitionId } from "./use_definitions";

/** One figure: value, the period before, its course, what it is made of. */
export class KpiTile extends Component {
    static template = "service_quality.KpiTile";
    static components = { FigureButton, Sparkline };
    static props = {
        tile: {
            type: Object,
            shape: {
                key: String,
                label: String,
                value: String,
                detail: { type: String, optional: true },
                figure: String,
                // What the figure means: key of a definition, or the text itself
                definition: { type: String, optional: true },
                help: { type: String, optional: true },
                change: { type: [Object, { value: null }], optional: true },
                // Numbers that the figure is made of
                parts: { type: Array, element: Object, optional: true },
                course: { type: [Object, { value: null }], optional: true },
                isAlarming: { type: Boolean, optional: true },
            },
        },
        onOpen: Function,
        onOpenPart: { type: Function, optional: true },
    };

    get describedBy() {
        const { definition } = this.props.tile;
        return definition && definitionId(definition);
    }

    get changeClass() {
        const { isGood } = this.props.tile.change;
        return { "o_service_good": isGood === true, "o_service_bad": isGood === false };
    }

    get changeIcon() {
        const { direction } = this.props.tile.change;
        return { 1: "fa-arrow-up", "-1": "fa-arrow-down" }[direction] || "fa-minus";
    }
}
