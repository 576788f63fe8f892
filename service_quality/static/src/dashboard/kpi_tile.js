import { Component } from "@odoo/owl";

/** One figure: value, what it is made of, its definition on hover. */
export class KpiTile extends Component {
    static template = "service_quality.KpiTile";
    static props = {
        tile: {
            type: Object,
            shape: {
                key: String,
                label: String,
                value: String,
                detail: String,
                help: String,
                figure: String,
                change: { type: [Object, { value: null }], optional: true },
                isAlarming: { type: Boolean, optional: true },
            },
        },
        onOpen: Function,
    };
}
