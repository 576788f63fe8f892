import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("service_quality_portal_promises", {
    steps: () => [
        {
            content: "One card leads to the promises",
            trigger: "a[href='/my/promises']:contains('What we promised you')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Nothing internal is here",
            trigger: "body:has(h2:contains('Kept')):not(:contains('Secret note'))",
        },
        {
            content: "The page is not wider than the phone",
            trigger: ".o_service_portal_promise",
            run() {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("The page is wider than the screen");
                }
            },
        },
        {
            content: "Open the question",
            trigger: ".o_service_portal_promise[data-state='kept'] summary",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".o_service_portal_promise[data-state='kept'] textarea",
            run: "edit Nobody called",
        },
        {
            content: "Say no",
            trigger: ".o_service_portal_promise[data-state='kept'] button[value='not_kept']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It was heard",
            trigger: ".alert-success:contains('Somebody will look into it')",
        },
        {
            content: "A call that was only declared is not kept any more",
            trigger:
                ".o_service_portal_promise[data-state='missed'] .o_service_portal_verdict:contains('not kept')",
        },
    ],
});
