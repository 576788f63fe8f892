import { _t } from "@web/core/l10n/translation";
import { formatHours, formatInterval, formatNumber, formatPercent, share } from "./figures";

/**
 * The change of a figure against the period that it is compared with.
 *
 * @param {number|null} now
 * @param {number|null|undefined} before
 * @param {Object} options
 * @param {(value: number) => string} options.format of the difference's amount
 * @param {number} [options.better] 1 if more is better, -1 if less is
 * @param {string} options.shownBefore the figure before, as it is shown
 * @param {string} options.figure what opens the records of the period before
 * @param {number} options.count how many these are
 * @returns {Object|null} null without a figure to compare with
 */
export function changeOf(now, before, { format, better = 0, shownBefore, figure, count }) {
    if ([now, before].some((value) => value === null || value === undefined)) {
        return null;
    }
    const difference = now - before;
    const direction = Math.sign(Math.round(difference * 1e6));
    const sign = { 1: "+", "-1": "−" }[direction] || "±";
    return {
        direction,
        isGood: direction && better ? direction === better : null,
        text: sign + format(Math.abs(difference)),
        shownBefore,
        figure,
        count,
    };
}

const points = (value) => _t("%s points", formatNumber(100 * value, 1));


function rateTile({ totals, trend }, before) {
    return {
        key: "rate",
        label: _t("Kept rate"),
        value: formatPercent(totals.rate),
        detail: totals.counted
            ? formatInterval(totals.low, totals.high)
            : _t("no counted promise in this period"),
        definition: "kept_rate",
        figure: "counted",
        change: changeOf(totals.rate, before.rate, {
            format: points,
            better: 1,
            shownBefore: formatPercent(before.rate),
            figure: "previous_counted",
            count: before.counted,
        }),
        course: { values: trend.map(({ rate }) => rate), range: [0, 1] },
    };
}

function countedTile({ totals, trend }, before) {
    return {
        key: "counted",
        label: _t("Counted promises"),
        value: formatNumber(totals.counted),
        definition: "counted",
        figure: "counted",
        change: changeOf(totals.counted, before.counted, {
            format: formatNumber,
            shownBefore: formatNumber(before.counted),
            figure: "previous_counted",
            count: before.counted,
        }),
        parts: [
            { figure: "kept", label: _t("kept"), count: totals.kept, definition: "kept" },
            { figure: "late", label: _t("late"), count: totals.late, definition: "late" },
            { figure: "missed", label: _t("missed"), count: totals.missed, definition: "missed" },
            {
                figure: "overdue",
                label: _t("overdue"),
                count: totals.overdue,
                definition: "overdue",
            },
        ],
        course: { values: trend.map(({ counted }) => counted) },
    };
}

function delayTile({ totals }, before) {
    return {
        key: "delay",
        label: _t("Lateness, median"),
        value: formatHours(totals.delay_median),
        detail:
            totals.delay_p90 === null || totals.delay_p90 === undefined
                ? ""
                : _t("nine of ten at most %s, in working hours", formatHours(totals.delay_p90)),
        definition: "delay",
        figure: "late",
        change: changeOf(totals.delay_median, before.delay_median, {
            format: formatHours,
            better: -1,
            shownBefore: formatHours(before.delay_median),
            figure: "previous_late",
            count: before.late,
        }),
    };
}

function neutralTile({ totals, trend }, before) {
    return {
        key: "neutral",
        label: _t("Neutral"),
        value: formatPercent(share(totals.neutral, totals.total)),
        definition: "neutral",
        figure: "neutral",
        change: changeOf(
            share(totals.neutral, totals.total),
            share(before.neutral, before.total),
            {
                format: points,
                shownBefore: formatPercent(share(before.neutral, before.total)),
                figure: "previous_neutral",
                count: before.neutral,
            }
        ),
        parts: [
            { figure: "moved", label: _t("moved"), count: totals.moved, definition: "moved" },
            {
                figure: "excused",
                label: _t("excused"),
                count: totals.excused,
                definition: "excused",
            },
            {
                figure: "withdrawn",
                label: _t("withdrawn"),
                count: totals.withdrawn,
                definition: "withdrawn",
            },
            {
                figure: "uncounted",
                label: _t("not counted"),
                count: totals.uncounted,
                definition: "uncounted",
            },
        ],
        course: { values: trend.map(({ neutral }) => neutral) },
    };
}

function todayTile({ totals }) {
    return {
        key: "due_today",
        label: _t("Due today"),
        value: formatNumber(totals.due_today),
        definition: "due_today",
        figure: "due_today",
        parts: [
            {
                figure: "open_now",
                label: _t("running and not due yet"),
                count: totals.open_now,
                definition: "open_now",
            },
        ],
    };
}

function overdueTile({ totals }) {
    return {
        key: "overdue_now",
        label: _t("Overdue now"),
        value: formatNumber(totals.overdue_now),
        definition: "overdue_now",
        figure: "overdue_now",
        detail: totals.overdue_now ? _t("each one is a customer who waits") : "",
        isAlarming: totals.overdue_now > 0,
    };
}

function satisfactionTile({ feedback }) {
    return {
        key: "satisfaction",
        label: _t("Satisfaction"),
        value: formatNumber(feedback.satisfaction),
        definition: "satisfaction",
        figure: "feedback",
        parts: [
            { figure: "feedback", label: _t("answers"), count: feedback.count },
        ],
    };
}

function checklistTile({ checklists }) {
    return {
        key: "checklists",
        label: _t("Checklists"),
        value: formatPercent(checklists.score),
        definition: "checklist_score",
        figure: "checklists",
        parts: [
            { figure: "checklists", label: _t("done"), count: checklists.count },
        ],
    };
}

/**
 * @param {Object} data answer of `service.dashboard.get_data`
 * @returns {Object[]} the tiles of the dashboard, see `KpiTile`
 */
export function dashboardTiles(data) {
    // Nothing to compare with where nothing was promised before
    const before = data.totals.previous?.total ? data.totals.previous : {};
    return [
        rateTile(data, before),
        countedTile(data, before),
        delayTile(data, before),
        neutralTile(data, before),
        todayTile(data),
        overdueTile(data),
        satisfactionTile(data),
        checklistTile(data),
    ];
}
