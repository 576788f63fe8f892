import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { chooseStage, isSaved } from "./service_quality_tour";

/** The agent closes the ticket in its form. */
registry.category("web_tour.tours").add("service_quality_feedback_agent", {
    steps: () => [
        { trigger: ".o_form_view .o_statusbar_status" },
        ...chooseStage("Done"),
        {
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Done)",
        },
        isSaved,
    ],
});

const openAnalysis = () => [
    {
        trigger: "[data-menu-xmlid='service_quality.service_feedback_root_menu']",
        run: "click",
    },
    { trigger: ".o-dropdown-item:contains(Analysis)", run: "click" },
];
const satisfied = (rate, count) => [
    {
        content: `${rate} % of ${count} customers are satisfied`,
        trigger: `.o_feedback_analysis .o_service_tile[data-figure=csat] .o_service_value:contains('${rate}')`,
    },
    {
        trigger: `.o_service_tile[data-figure=csat]:contains('${count} answers')`,
    },
];

/** What the manager sees before the customer answers. */
registry.category("web_tour.tours").add("service_quality_feedback_before", {
    steps: () => [
        ...stepUtils.goToAppSteps(
            "service_quality.service_quality_menu_root",
            "Open Service Quality"
        ),
        ...openAnalysis(),
        ...satisfied("100", 4),
        {
            trigger: "[data-menu-xmlid='service_quality.service_recovery_menu']",
            run: "click",
        },
        { trigger: ".o_kanban_view:not(:contains(Tap drips))" },
    ],
});

/** What he sees afterwards: the figure, the recovery and what the customer said. */
registry.category("web_tour.tours").add("service_quality_feedback_after", {
    steps: () => [
        ...stepUtils.goToAppSteps(
            "service_quality.service_quality_menu_root",
            "Open Service Quality"
        ),
        ...openAnalysis(),
        ...satisfied("80", 5),
        {
            trigger: "[data-menu-xmlid='service_quality.service_recovery_menu']",
            run: "click",
        },
        {
            content: "The low score opened a recovery",
            trigger: ".o_kanban_view .o_kanban_record:contains(Tap drips)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=trigger]:contains(Low score)",
        },
    ],
});
