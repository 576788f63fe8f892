import { Component } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { FigureButton } from "./figure_button";
import { broken, formatNumber, formatPercent, share } from "./figures";
import { moveFocus } from "./roving";

const { Info } = luxon;
/** The darkest cell is mixed by this part with the colour, so that its number stays readable. */
const DARKEST = 35;

/** The lines of checklists that were answered with no most often. */
export class FailedLines extends Component {
    static template = "service_quality.FailedLines";
    static components = { FigureButton };
    static props = { lines: { type: Array, element: Object }, onOpen: Function };

    percent(value) {
        return formatPercent(value);
    }
}

/** The kinds of promises by the part that was broken, the worst first. */
export class FailedKinds extends Component {
    static template = "service_quality.FailedKinds";
    static components = { FigureButton };
    static props = { kinds: { type: Array, element: Object }, onOpen: Function };

    get rows() {
        return this.props.kinds
            .map((row) => ({
                key: row.kind,
                label: row.label,
                counted: row.counted,
                broken: broken(row),
                share: share(broken(row), row.counted),
            }))
            .filter((row) => row.broken)
            .sort((first, second) => second.share - first.share);
    }

    percent(value) {
        return formatPercent(value);
    }
}

/** When broken promises had been due: weekday by hour. */
export class FailureHeatmap extends Component {
    static template = "service_quality.FailureHeatmap";
    static props = { cells: { type: Array, element: Object }, onOpen: Function };

    setup() {
        this.title = _t("Broken promises by weekday and hour");
    }

    /** The hours between the first and the last with a counted promise. */
    get hours() {
        const used = this.props.cells.filter((cell) => cell.counted);
        const hours = used.map((cell) => cell.hour);
        const first = Math.min(...hours);
        return hours.length
            ? Array.from({ length: Math.max(...hours) - first + 1 }, (_, step) => first + step)
            : [];
    }

    /** Weekdays (0 is Monday) in the order of the reader's calendar. */
    get rows() {
        const { hours } = this;
        const cells = new Map(
            this.props.cells.map((cell) => [`${cell.weekday}-${cell.hour}`, cell])
        );
        const start = (localization.weekStart || 1) - 1;
        const names = Info.weekdays("short");
        let isFirst = true;
        return [0, 1, 2, 3, 4, 5, 6].map((step) => {
            const weekday = (start + step) % 7;
            const row = hours.map((hour) => {
                const cell = cells.get(`${weekday}-${hour}`) || { counted: 0, broken: 0 };
                const isStop = isFirst && cell.broken > 0;
                isFirst = isFirst && !isStop;
                return { ...cell, weekday, hour, isStop };
            });
            return { weekday, name: names[weekday], cells: row };
        });
    }

    hourLabel(hour) {
        return String(hour).padStart(2, "0");
    }

    describe(row, cell) {
        return _t("%(day)s %(hour)s:00: %(broken)s of %(counted)s broken", {
            day: row.name,
            hour: this.hourLabel(cell.hour),
            broken: formatNumber(cell.broken),
            counted: formatNumber(cell.counted),
        });
    }

    style(cell) {
        const part = Math.round(DARKEST * (share(cell.broken, cell.counted) || 0));
        return `--service-heat: ${part}%`;
    }

    onKeydown(ev) {
        moveFocus(ev);
    }
}
