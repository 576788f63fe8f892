import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { heightOf } from "./chart_math";
import { FigureButton } from "./figure_button";
import { formatNumber } from "./figures";
import { moveFocus } from "./roving";

/** From here on a quality is good: the two best answers of the survey. */
const GOOD = 75;
/** The drawing begins here, or lower where somebody is lower. */
const LOWEST = 50;
/** Room that a name takes, as part of the drawing. */
const NAME = { width: 35, height: 8 };

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
    }

    /** Lowest and highest value of the drawing. */
    get range() {
        const values = this.props.rows.flatMap((row) => [row.technical, row.service]);
        return [Math.floor(Math.min(LOWEST, ...values) / 10) * 10, 100];
    }

    get goodHeight() {
        return heightOf(GOOD, this.range);
    }

    get rangeText() {
        return `${this.range[0]} – ${this.range[1]}`;
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
        const placed = [];
        return this.props.rows.map((row) => {
            const left = 100 - heightOf(row.technical, this.range);
            const top = heightOf(row.service, this.range);
            const isOnRight = left > 60;
            const start = isOnRight ? left - NAME.width : left;
            const isCrowded = placed.some(
                (other) =>
                    Math.abs(other.start - start) < NAME.width &&
                    Math.abs(other.top - top) < NAME.height
            );
            if (!isCrowded) {
                placed.push({ start, top });
            }
            return {
                ...row,
                key: `${row.kind}-${row.id}`,
                isTeam: row.kind === "team",
                style: `left: ${left}%; top: ${top}%`,
                isOnRight,
                isCrowded,
            };
        });
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
