import { localization } from "@web/core/l10n/localization";
import { formatFloat } from "@web/core/utils/numbers";

/** Shown where there is nothing to show: never a 0 that nobody counted. */
export const NOTHING = "–";

/**
 * @param {number|null} value
 * @param {number} [decimals]
 * @returns {string} number in the user's format
 */
export function formatNumber(value, decimals = 0) {
    if (value === null || value === undefined) {
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
    return share === null || share === undefined
        ? NOTHING
        : `${formatNumber(100 * share, 1)} %`;
}
