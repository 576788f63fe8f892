import { registry } from "@web/core/registry";

const line = (question) => `.o_service_line:contains(${question})`;
const active = (question) => `${line(question)}.o_service_active:focus`;

/** Put the focus where Tab would bring somebody without a mouse. */
const focus = (selector) => ({
    content: `Focus ${selector}`,
    trigger: selector,
    run() {
        const element = document.querySelector(selector);
        if (element.tabIndex !== 0) {
            throw new Error(`${selector} cannot be reached with Tab`);
        }
        element.focus();
    },
});
/** Press a key while a line has the focus. */
const press = (question, key) => ({
    content: `${question}: ${key}`,
    trigger: active(question),
    run: `press ${key}`,
});
/** Type into the box of a line, which must have the focus by itself. */
const type = (question, text) => ({
    content: `${question}: type`,
    trigger: `${line(question)} textarea:focus`,
    async run(helpers) {
        for (const letter of text) {
            await helpers.press(letter);
        }
        await helpers.press("Enter");
    },
});
const said = (question, choice) => ({
    trigger: `${line(question)}.o_service_answered button[data-choice='${choice}'][aria-pressed=true]`,
});

/** A whole checklist, every kind of line, and no hand on the mouse. */
registry.category("web_tour.tours").add("service_quality_checklist_keys", {
    steps: () => [
        focus(".nav-link[name=service_quality]"),
        {
            content: "Open the panel",
            trigger: ".nav-link[name=service_quality]:focus",
            run: "press Enter",
        },
        focus(".o_service_checklists"),
        press("Cause found", "?"),
        { trigger: ".o_service_keys" },
        press("Cause found", "?"),
        { trigger: ".o_service_checklists:not(:has(.o_service_keys))" },
        press("Cause found", "j"),
        press("Is it safe", "k"),
        press("Cause found", "y"),
        said("Cause found", "yes"),
        press("Is it safe", "n"),
        { trigger: `${line("Is it safe")}:not(.o_service_answered) .o_service_why` },
        type("Is it safe", "loose wire"),
        said("Is it safe", "no"),
        press("Is the stair free", "a"),
        said("Is the stair free", "na"),
        press("How clear were we", "0"),
        said("How clear were we", "10"),
        press("How quick were we", "4"),
        type("How quick were we", "late"),
        said("How quick were we", "4"),
        press("How much detail", "3"),
        said("How much detail", "0"),
        press("What did we learn", "Enter"),
        type("What did we learn", "ask earlier"),
        {
            trigger: ".o_service_checklists:not(:has(.o_service_saving)) .o_service_progress:contains('7 / 7')",
        },
        { trigger: ".o_service_checklist [role=progressbar][aria-valuenow='100']" },
    ],
});
