import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** Period of a dashboard that was opened without any filter. */
export const DEFAULT_PERIOD = "days_90";
const DEFAULT_COMPARE = "previous";
const OWN_DATES = "own";
const DAY = /^\d{4}-\d\d-\d\d$/;
const WORD = /^[a-z_.]{1,64}$/;

/** Filter -> its key in the URL. */
const URL_KEYS = {
    period: "period",
    date_from: "date_from",
    date_to: "date_to",
    compare: "compare",
    company_ids: "company",
    department_id: "department",
    employee_id: "employee",
    res_model: "document",
    kind: "kind",
};

/** Ready periods, the shorter first. */
export function periods() {
    return [
        { key: "day", label: _t("Today") },
        { key: "week", label: _t("This week") },
        { key: "month", label: _t("This month") },
        { key: "quarter", label: _t("This quarter") },
        { key: "year", label: _t("This year") },
        { key: "days_7", label: _t("Last 7 days") },
        { key: "days_30", label: _t("Last 30 days") },
        { key: "days_90", label: _t("Last 90 days") },
        { key: "days_365", label: _t("Last 365 days") },
        { key: "last_week", label: _t("Last week") },
        { key: "last_month", label: _t("Last month") },
        { key: "last_quarter", label: _t("Last quarter") },
        { key: OWN_DATES, label: _t("Own dates") },
    ];
}

/** What a period can be compared with. */
export function comparisons() {
    return [
        { key: "previous", label: _t("Period before") },
        { key: "year", label: _t("Same days a year before") },
        { key: "none", label: _t("Nothing") },
    ];
}

/**
 * @param {string} period key of a ready period
 * @param {DateTime} [today]
 * @returns {{date_from: string, date_to: string}} first and last day
 */
export function periodDates(period, today = DateTime.now()) {
    let start;
    let end = today;
    if (period.startsWith("days_")) {
        start = today.minus({ days: parseInt(period.slice(5)) - 1 });
    } else if (period.startsWith("last_")) {
        const unit = period.slice(5);
        start = today.minus({ [`${unit}s`]: 1 }).startOf(unit);
        end = start.endOf(unit);
    } else {
        start = today.startOf(period);
    }
    return { date_from: serializeDate(start), date_to: serializeDate(end) };
}

/** Filters of a dashboard that was opened without any. */
export function defaultFilters() {
    return {
        period: DEFAULT_PERIOD,
        ...periodDates(DEFAULT_PERIOD),
        compare: DEFAULT_COMPARE,
        company_ids: [],
        department_id: false,
        employee_id: false,
        res_model: "",
        kind: "",
    };
}

const isDay = (value) => DAY.test(value) && deserializeDate(value).isValid;

function toId(value) {
    const id = Number(value);
    return Number.isSafeInteger(id) && id > 0 ? id : false;
}

function toWord(value) {
    return typeof value === "string" && WORD.test(value) ? value : "";
}

/** The period of the URL: a ready one, or two days in their order. */
function periodFromUrl(params) {
    if (isDay(params.date_from) && isDay(params.date_to)) {
        if (params.date_from <= params.date_to) {
            const { date_from, date_to } = params;
            return { period: OWN_DATES, date_from, date_to };
        }
    }
    const isReady = periods().some(
        ({ key }) => key === params.period && key !== OWN_DATES
    );
    const period = isReady ? params.period : DEFAULT_PERIOD;
    return { period, ...periodDates(period) };
}

/**
 * Read the filters of a URL. Whoever wrote it may have written anything: what is no
 * filter is left out.
 *
 * @param {Object} params parameters of the URL
 * @returns {Object} filters
 */
export function filtersFromUrl(params) {
    const ids = String(params[URL_KEYS.company_ids] || "").split(",");
    const isComparison = comparisons().some(({ key }) => key === params.compare);
    return {
        ...defaultFilters(),
        ...periodFromUrl(params),
        compare: isComparison ? params.compare : DEFAULT_COMPARE,
        company_ids: ids.map(toId).filter(Boolean),
        department_id: toId(params[URL_KEYS.department_id]),
        employee_id: toId(params[URL_KEYS.employee_id]),
        res_model: toWord(params[URL_KEYS.res_model]),
        kind: toWord(params[URL_KEYS.kind]),
    };
}

/**
 * @param {Object} filters
 * @returns {Object} parameters for the URL; what is as by default is undefined, so that
 *  it leaves the URL
 */
export function filtersToUrl(filters) {
    const isOwn = filters.period === OWN_DATES;
    const values = {
        ...filters,
        period: isOwn || filters.period === DEFAULT_PERIOD ? "" : filters.period,
        date_from: isOwn ? filters.date_from : "",
        date_to: isOwn ? filters.date_to : "",
        compare: filters.compare === DEFAULT_COMPARE ? "" : filters.compare,
        company_ids: filters.company_ids.join(","),
    };
    return Object.fromEntries(
        Object.entries(URL_KEYS).map(([name, key]) => [key, values[name] || undefined])
    );
}

/**
 * @param {Object} filters
 * @returns {Object} filters as the server knows them
 */
export function serverFilters(filters) {
    const { period, ...values } = filters;
    return values;
}

/**
 * @param {Object} filters
 * @param {Object} change
 * @returns {Object} the filters after a change, with the days of a ready period
 */
export function changeFilters(filters, change) {
    const result = { ...filters, ...change };
    if (change.date_from || change.date_to) {
        result.period = OWN_DATES;
        // A period that would end before it begins becomes one day.
        if (result.date_from > result.date_to) {
            const day = change.date_from || change.date_to;
            Object.assign(result, { date_from: day, date_to: day });
        }
    } else if (change.period && change.period !== OWN_DATES) {
        Object.assign(result, periodDates(change.period));
    }
    return result;
}

/** @returns {number} filters in use beside the period and what it is compared with */
export function countFilters(filters) {
    return ["department_id", "employee_id", "res_model", "kind"].filter(
        (name) => filters[name]
    ).length + (filters.company_ids.length ? 1 : 0);
}
