import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** Label of each state of a promise, in the user's language. */
export function stateLabel(state) {
    return {
        open: _t("Open"),
        due_soon: _t("Due soon"),
        overdue: _t("Overdue"),
        kept: _t("Kept"),
        late: _t("Late"),
        missed: _t("Missed"),
        moved: _t("Moved"),
        excused: _t("Excused"),
        withdrawn: _t("Withdrawn"),
    }[state];
}

/** Bootstrap classes of each state: never colour alone, the label stands in it. */
export function stateClass(state) {
    return {
        open: "text-bg-info",
        due_soon: "text-bg-warning",
        overdue: "text-bg-danger",
        kept: "text-bg-success",
        late: "text-bg-danger",
        missed: "text-bg-danger",
    }[state] || "text-bg-secondary";
}

/**
 * Distance to the due moment in words, in the user's language.
 *
 * @param {DateTime} due
 * @param {DateTime} now
 * @returns {string} e.g. "in 2 hours", "3 hours ago"
 */
export function countdown(due, now) {
    return due.toRelative({ base: now, style: "long" }) || "";
}

/**
 * Difference between the server's clock and this computer's, so that a wrong
 * clock here shows no wrong countdown.
 *
 * @param {DateTime} serverNow
 * @returns {number} milliseconds to add to the local clock
 */
export function clockOffset(serverNow) {
    return serverNow.toMillis() - DateTime.now().toMillis();
}
