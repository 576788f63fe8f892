import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

/** Shown where there is nothing to show: never a 0 that nobody counted. */
export const NOTHING = "–";

const isNothing = (value) => value === null || value === undefined;

/**
 * @param {number|null} value
 * @param {number} [decimals]
 * @returns {string} number in the user's format
 */
export function formatNumber(value, decimals = 0) {
    if (isNothing(value)) {
        return NOTHING;
    }
    return formatFloat(value, {
        digits: [16, decimals],
        thousandsSep: localization.thousandsSep,
    });
}

/**
 * @param {number|null} share fraction 0-1
 * @returns {string} percentage in the user's format
 */
export function formatPercent(share) {
    return isNothing(share) ? NOTHING : `${formatNumber(100 * share, 1)} %`;
}

/**
 * @param {number|null} hours working hours
 * @returns {string}
 */
export function formatHours(hours) {
    return isNothing(hours) ? NOTHING : _t("%s h", formatNumber(hours, 1));
}

/**
 * @param {number} part
 * @param {number} whole
 * @returns {number|null} fraction 0-1, or null of nothing
 */
export function share(part, whole) {
    return whole ? (part || 0) / whole : null;
}

/**
 * @param {number|null} low fraction 0-1
 * @param {number|null} high fraction 0-1
 * @returns {string}
 */
export function formatInterval(low, high) {
    return _t("likely between %(low)s and %(high)s", {
        low: formatPercent(low),
        high: formatPercent(high),
    });
}

/** Outcomes that count, in the order in which they are shown. */
export function countedOutcomes() {
    return [
        { key: "kept", label: _t("Kept") },
        { key: "late", label: _t("Late") },
        { key: "missed", label: _t("Missed") },
        { key: "overdue", label: _t("Overdue") },
    ];
}

/** @returns {number} counted promises of a row that were not kept in time */
export function broken(row) {
    return (row.late || 0) + (row.missed || 0) + (row.overdue || 0);
}
