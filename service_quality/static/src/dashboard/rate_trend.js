import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { bandPath, heightOf, linePath, positionOf } from "./chart_math";
import { FigureButton } from "./figure_button";
import { countedOutcomes, formatInterval, formatPercent } from "./figures";
import { moveFocus } from "./roving";

const RANGE = [0, 1];

/** The kept rate over time with the interval of each point, and the same as a table. */
export class RateTrend extends Component {
    static template = "service_quality.RateTrend";
    static components = { FigureButton };
    static props = {
        trend: { type: Array, element: Object },
        step: { type: String, optional: true },
        onOpen: Function,
    };

    get title() {
        return {
            day: _t("Kept rate by day"),
            month: _t("Kept rate by month"),
        }[this.props.step] || _t("Kept rate by week");
    }

    get ticks() {
        return [1, 0.75, 0.5, 0.25, 0].map((value) => ({
            value,
            label: `${Math.round(100 * value)} %`,
            top: heightOf(value, RANGE),
        }));
    }

    get line() {
        return linePath(
            this.props.trend.map(({ rate }) => rate),
            RANGE
        );
    }

    get band() {
        return bandPath(this.props.trend, RANGE);
    }

    get points() {
        return this.props.trend.map((point, index) => ({
            ...point,
            key: point.date,
            label: this.label(point),
            start: this.start(point),
            left: positionOf(index, this.props.trend.length),
            top: point.counted ? heightOf(point.rate, RANGE) : 100,
        }));
    }

    /** The points that the pointer and the keyboard reach. */
    get stops() {
        return this.points.filter((point) => point.counted);
    }

    /** Dates under the drawing: the first, the middle and the last. */
    get dates() {
        const { points } = this;
        const places = [0, Math.floor((points.length - 1) / 2), points.length - 1];
        return [...new Set(places)].map((place) => points[place]).filter(Boolean);
    }

    get outcomes() {
        return countedOutcomes();
    }

    start({ date }) {
        const day = deserializeDate(date);
        return this.props.step === "month" ? day.toFormat("LLLL yyyy") : formatDate(day);
    }

    label({ date, date_to }) {
        const start = this.start({ date });
        if (this.props.step === "month") {
            return start;
        }
        if (this.props.step === "day" || !date_to || date_to === date) {
            return start;
        }
        return _t("%(from)s to %(to)s", {
            from: start,
            to: formatDate(deserializeDate(date_to)),
        });
    }

    describe(point) {
        return _t("%(when)s: %(rate)s kept of %(counted)s counted, %(interval)s", {
            when: point.label,
            rate: formatPercent(point.rate),
            counted: point.counted,
            interval: formatInterval(point.low, point.high),
        });
    }

    percent(value) {
        return formatPercent(value);
    }

    interval(point) {
        return `${formatPercent(point.low)} – ${formatPercent(point.high)}`;
    }

    detail({ date, date_to }) {
        return date_to ? { date, date_to } : { date };
    }

    onKeydown(ev) {
        moveFocus(ev);
    }
}
