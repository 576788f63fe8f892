import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("service_quality_word_agent", {
    steps: () => [
        { content: "Open the panel", trigger: ".nav-link[name=service_quality]", run: "click" },
        { trigger: ".o_service_ask", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=name] :is(input, textarea)",
            run: "edit A brass tap",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit The plastic one would not last",
        },
        {
            trigger: ".modal .o_field_widget[name=amount_delta] input",
            run: "edit 25",
        },
        { trigger: ".modal button[name=action_send]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "It waits for the customer",
            trigger: ".o_service_change[data-state=sent]:contains(A brass tap)",
        },
        {
            content: "The chatter says what was asked, without the link",
            trigger: ".o-mail-Message:contains(A brass tap):not(:contains(confirm/))",
        },
    ],
});

registry.category("web_tour.tours").add("service_quality_word_manager", {
    steps: () => [
        ...stepUtils.goToAppSteps(
            "service_quality.service_quality_menu_root",
            "Open Service Quality"
        ),
        {
            trigger: "[data-menu-xmlid='service_quality.service_promise_menu']",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(Scope Changes)",
            run: "click",
        },
        {
            content: "The customer's word",
            trigger: ".o_data_row:contains(A brass tap):contains(Confirmed) [name=name]",
            run: "click",
        },
        { trigger: ".o_field_widget[name=decided_by]:contains(Carla C.)" },
        { trigger: ".o_field_widget[name=event_ids]:contains(Confirmed by the customer)" },
    ],
});
