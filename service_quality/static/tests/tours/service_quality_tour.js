import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const line = (question) => `.o_service_line:contains(${question})`;
const yes = (question) => ({
    content: `Answer: ${question}`,
    trigger: `${line(question)} button[data-choice=yes]`,
    run: "click",
});
const answered = (question) => ({
    trigger: `${line(question)}.o_service_answered button[data-choice=yes][aria-pressed=true]`,
});

/** Choose a stage that may stand in the status bar or behind its dots. */
export const chooseStage = (name) => [
    {
        content: "Unfold the stages",
        trigger: ".o_statusbar_status",
        async run(helpers) {
            const isShown = [...document.querySelectorAll(".o_arrow_button")].some(
                (button) => button.textContent.includes(name) && button.offsetParent
            );
            if (!isShown) {
                const last = ".o_statusbar_status .dropdown-toggle:visible:first";
                await helpers.click(last);
            }
        },
    },
    {
        content: `Choose ${name}`,
        trigger: `.o-dropdown-item:contains(${name}), .o_arrow_button:contains(${name}):visible`,
        run: "click",
    },
];

/** A stage that was clicked is saved at once: there may be no button to click. */
export const isSaved = { trigger: ".o_form_view .o_form_saved" };

/** The agent records a promise, ticks the checklist and closes the ticket. */
registry.category("web_tour.tours").add("service_quality_agent", {
    steps: () => [
        {
            content: "Open the panel",
            trigger: ".nav-link[name=service_quality]",
            run: "click",
        },
        { trigger: ".o_service_promise:contains(Your request is solved)" },
        ...chooseStage("Done"),
        {
            content: "Closing is guarded while required lines are open",
            trigger: ".modal .modal-body:contains(The customer knows)",
        },
        { trigger: ".modal-footer button.btn-primary", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "Whatever the form kept of the refused change goes",
            trigger: "body",
            async run(helpers) {
                const discard = document.querySelector(".o_form_button_cancel");
                if (discard) {
                    await helpers.click(discard);
                }
            },
        },
        { trigger: ".nav-link[name=service_quality]", run: "click" },
        {
            content: "Record a promise",
            trigger: ".o_service_record",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit We call you with the result",
        },
        {
            trigger: ".modal .o_field_widget[name=kind] label:contains(Call back)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=quick] select, .modal .o_field_widget[name=quick] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(In 2 working days)",
            run: "click",
        },
        {
            content: "The moment was worked out",
            trigger: ".modal .o_field_widget[name=due_hint]:contains(:)",
        },
        { trigger: ".modal button[name=action_record]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "It runs, with a countdown",
            trigger: ".o_service_promise:contains(We call you with the result)",
        },
        yes("The customer knows what we are going to do"),
        answered("The customer knows what we are going to do"),
        yes("own words as the task"),
        answered("own words as the task"),
        yes("without jargon"),
        answered("without jargon"),
        yes("We showed interest"),
        answered("We showed interest"),
        {
            trigger: ".o_service_progress:contains('4 / 14')",
        },
        ...chooseStage("Done"),
        {
            trigger:
                ".o_statusbar_status button.o_arrow_button_current:contains(Done)",
        },
        isSaved,
    ],
});

/** The manager reads the figures, opens what is behind one and exports. */
registry.category("web_tour.tours").add("service_quality_manager", {
    steps: () => [
        ...stepUtils.goToAppSteps(
            "service_quality.service_quality_menu_root",
            "Open Service Quality"
        ),
        {
            content: "Two of three counted promises were kept",
            trigger: ".o_service_tile[data-figure=rate] .o_service_value:contains('66.7 %')",
        },
        { trigger: ".o_service_tile[data-figure=counted] .o_service_value:contains('3')" },
        {
            content: "Open what is behind the number",
            trigger:
                "tr[data-employee='Tour Agent'] td[data-figure=kept] button:contains('2')",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:nth-child(2)" },
        { trigger: ".o_list_view:not(:has(.o_data_row:nth-child(3)))" },
        {
            content: "Back to the dashboard",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        { trigger: ".o_service_export:enabled", run: "click" },
        { trigger: ".o_service_export:enabled" },
    ],
});
