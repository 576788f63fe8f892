import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { FigureButton } from "./figure_button";
import { formatNumber } from "./figures";
import { moveFocus } from "./roving";

/** From here on a quality is good: the two best answers of the survey. */
const GOOD = 75;

/** Quality of the work by quality of the service, a point per employee or team. */
export class QualityQuadrant extends Component {
    static template = "service_quality.QualityQuadrant";
    static components = { FigureButton };
    static props = {
        rows: { type: Array, element: Object },
        onOpen: Function,
    };

    setup() {
        this.title = _t("Quality of the work and of the service");
        this.line = 100 - GOOD;
        this.good = GOOD;
    }

    get corners() {
        return [
            { key: "service_only", label: _t("Poor work, good service") },
            { key: "both", label: _t("Good work, good service") },
            { key: "neither", label: _t("Neither") },
            { key: "work_only", label: _t("Good work, poor service") },
        ];
    }

    get rows() {
        return this.props.rows.map((row) => ({
            ...row,
            key: `${row.kind}-${row.id}`,
            isTeam: row.kind === "team",
            style: `left: ${row.technical}%; top: ${100 - row.service}%`,
            isOnRight: row.technical > 70,
        }));
    }

    quadrant({ technical, service }) {
        const isGoodService = service >= GOOD;
        const key = technical >= GOOD
            ? (isGoodService ? "both" : "work_only")
            : (isGoodService ? "service_only" : "neither");
        return this.corners.find((corner) => corner.key === key).label;
    }

    detailOf(row) {
        return row.kind === "team" ? { department_id: row.id } : { employee_id: row.id };
    }

    number(value) {
        return formatNumber(value);
    }

    describe(row) {
        return _t("%(name)s: work %(technical)s, service %(service)s, %(answers)s answers", {
            name: row.name,
            technical: formatNumber(row.technical),
            service: formatNumber(row.service),
            answers: formatNumber(row.answers),
        });
    }

    onKeydown(ev) {
        moveFocus(ev);
    }
}
