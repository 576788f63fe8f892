import { serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

const RANGES = { score: [1, 10], balance: [-2, 2] };
const LOW_SCORE = 6;

/**
 * What can be answered to a line: label, key of the keyboard, and the answer itself.
 */
export function choicesOf(line) {
    const choices = [];
    if (line.kind === "check") {
        choices.push(
            { id: "yes", hotkey: "y", label: _t("Yes"), answer: "yes", style: "success" },
            { id: "no", hotkey: "n", label: _t("No"), answer: "no", style: "danger" }
        );
    }
    const [low, high] = RANGES[line.kind] || [1, 0];
    for (let value = low; value <= high; value++) {
        choices.push({
            id: line.kind === "balance" && value > 0 ? `+${value}` : `${value}`,
            hotkey: line.kind === "score" ? `${value % 10}` : `${value - low + 1}`,
            label: line.kind === "balance" && value > 0 ? `+${value}` : `${value}`,
            title: balanceTitle(line, value),
            value,
            style: "primary",
        });
    }
    if (line.is_na_allowed) {
        choices.push({
            id: "na",
            hotkey: "a",
            label: _t("N/A"),
            title: _t("Not applicable"),
            answer: "na",
            style: "secondary",
        });
    }
    return choices;
}

function balanceTitle(line, value) {
    if (line.kind !== "balance") {
        return "";
    }
    return [
        _t("Much too little"),
        _t("Too little"),
        _t("Right"),
        _t("Too much"),
        _t("Much too much"),
    ][value + 2];
}

export function isChosen(line, choice) {
    if (!line.is_answered) {
        return false;
    }
    return choice.answer
        ? line.answer === choice.answer
        : !line.answer && line.value === choice.value;
}

/** Whether the server refuses an answer without a why; the same rules as there. */
export function asksWhy(line, choice) {
    if (line.comment_rule === "always" || (line.is_critical && isFailing(line, choice))) {
        return true;
    }
    if (line.comment_rule !== "low" || choice.answer === "na") {
        return false;
    }
    return (
        choice.answer === "no" ||
        (line.kind === "score" && choice.value < LOW_SCORE) ||
        (line.kind === "balance" && choice.value !== 0)
    );
}

/** Whether an answer to a critical line fails the whole checklist. */
function isFailing(line, choice) {
    if (choice.answer) {
        return choice.answer === "no";
    }
    const isFar = line.kind === "balance" && Math.abs(choice.value) === 2;
    return isFar || (line.kind === "score" && choice.value < LOW_SCORE);
}

/** The choice that stands on a line. */
export function choiceOf(line) {
    return choicesOf(line).find((choice) => isChosen(line, choice)) || {};
}

/** The arguments of the server's action for a choice and its why. */
export function valuesOf(choice, comment) {
    return {
        answer: choice.answer || null,
        value: choice.answer ? null : choice.value ?? null,
        comment: comment || null,
    };
}

/** The arguments that say again what a line says now, with another comment. */
export function valuesOfLine(line, comment) {
    const hasValue = line.kind in RANGES && !line.answer;
    return valuesOf({ answer: line.answer, value: hasValue ? line.value : null }, comment);
}

/** The line as it will be when the server agrees. */
export function foresee(line, values, userName) {
    const isAnswered = Boolean(
        values.answer || values.comment || (values.value ?? null) !== null
    );
    return {
        ...line,
        answer: values.answer || "",
        value: values.value ?? null,
        comment: values.comment || "",
        is_answered: isAnswered,
        answered_by: isAnswered ? userName : "",
        date_answered: isAnswered ? serializeDateTime(DateTime.now()) : "",
    };
}

/**
 * The key a person meant: Latin letters as printed, other alphabets by the place of
 * the key on the keyboard.
 */
export function keyOf(ev) {
    const key = ev.key || "";
    if (key.length === 1 && key.codePointAt(0) > 127 && /^Key[A-Z]$/.test(ev.code || "")) {
        return ev.code.slice(3).toLowerCase();
    }
    return key.length === 1 ? key.toLowerCase() : key;
}
