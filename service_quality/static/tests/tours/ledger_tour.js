import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Record a callback on a document, by the window of the panel. */
const record = (name) => [
    { content: "Open the panel", trigger: ".nav-link[name=service_quality]", run: "click" },
    { trigger: ".o_service_record", run: "click" },
    { trigger: ".modal .o_field_widget[name=name] input", run: `edit ${name}` },
    {
        trigger: ".modal .o_field_widget[name=kind] label:contains(Progress update)",
        run: "click",
    },
    { trigger: ".modal .o_field_widget[name=quick] input", run: "click" },
    { trigger: ".o_select_menu_item:contains(In 5 working days)", run: "click" },
    { trigger: ".modal .o_field_widget[name=due_hint]:contains(:)" },
    { trigger: ".modal button[name=action_record]", run: "click" },
    { trigger: "body:not(:has(.modal))" },
    { trigger: `.o_service_promise[data-state=open]:contains(${name})` },
    {
        content: "The customer was told",
        trigger: ".o-mail-Message:contains(We promise you)",
    },
];

/** Record on one document and see it in My promises. */
const recordAndFind = (name) => [
    ...record(name),
    {
        content: "The badge leads to everything that is promised",
        trigger: ".o_service_systray",
        run: "click",
    },
    { trigger: ".o-dropdown-item:contains(My promises)", run: "click" },
    {
        content: "It stands in its column, with a countdown",
        trigger: `.o_service_column[data-column=later] .o_service_card:contains(${name})`,
    },
    {
        content: "Back to the document from the card",
        trigger: `.o_service_card:contains(${name}) .o_service_document`,
        run: "click",
    },
];

/** Write to the customer: that keeps the promise. */
const keepByMessage = (name) => [
    { trigger: ".o-mail-Chatter-sendMessage:enabled", run: "click" },
    {
        trigger: ".o-mail-Composer-input",
        run: "edit The part has arrived and works.",
    },
    { trigger: ".o-mail-Composer-send:enabled", run: "click" },
    { trigger: ".o-mail-Message:contains(The part has arrived and works.)" },
    ...stepUtils.goToAppSteps(
        "service_quality.service_quality_menu_root",
        "Open Service Quality"
    ),
    {
        trigger: "[data-menu-xmlid='service_quality.service_promise_mine_menu']",
        run: "click",
    },
    {
        content: "It no longer runs",
        trigger: `.o_service_my_promises:not(:contains(${name}))`,
    },
];

for (const name of ["ticket", "order"]) {
    registry.category("web_tour.tours").add(`service_quality_ledger_${name}`, {
        steps: () => [
            ...recordAndFind(`News about the ${name}`),
            { trigger: ".o_form_view .nav-link[name=service_quality]" },
            ...keepByMessage(`News about the ${name}`),
        ],
    });
}

/** The manager reads the scorecard of the employee. */
registry.category("web_tour.tours").add("service_quality_ledger_scorecard", {
    steps: () => [
        { trigger: ".nav-link[name=service_scorecard]", run: "click" },
        { trigger: ".o_service_scorecard [data-figure=kept]:contains('2')" },
        { trigger: ".o_service_scorecard [data-figure=rate]:contains('100.0 %')" },
    ],
});
