from odoo.tests import tagged

from .common import TourCase
from .common_link import LINK

#: What a phone needs: no sideways scrolling, labels, targets that a finger hits.
CHECK = """
const check = (is_good, text) => { if (!is_good) { throw new Error(text); } };
check(document.documentElement.scrollWidth <= innerWidth, "too wide");
check(innerWidth < 500, "no phone");
check(document.body.innerText.includes("A brass tap"), "no text");
for (const field of document.querySelectorAll("input[type=text], textarea")) {
    check(field.labels.length, "no label: " + field.name);
}
for (const button of document.querySelectorAll("button")) {
    check(button.offsetHeight >= 44, "too small: " + button.value);
}
console.log("test successful");
"""
#: Asked again and again: presses the button once, true when the receipt is there.
DECIDE = """(() => {
    const button = document.querySelector("button[value=confirmed]");
    if (button && !button.dataset.pressed) {
        button.dataset.pressed = "1";
        document.querySelector("#name").value = "Carla C.";
        button.click();
    }
    return Boolean(document.querySelector(".decided.yes"));
})()"""


@tagged("post_install", "-at_install")
class TestScopeTour(TourCase):
    """An agent asks, the customer decides on his phone, the manager sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plans = cls.env["service.plan"].with_context(active_test=False)
        plans.search([]).active = False
        cls.company = cls.env["res.company"].create(
            {"name": "Word Company", "email": "office@word.example"}
        )
        agent = cls._make_user("word_agent", "helpdesk_mgmt.group_helpdesk_user")
        cls._make_user("word_manager", "service_quality.group_manager")
        cls.env["hr.employee"].create(
            {"name": "Anna Agent", "user_id": agent.id, "company_id": cls.company.id}
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Carla Customer", "email": "carla@customer.example"}
        )
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "Tap drips",
                "description": "It leaks.",
                "partner_id": cls.customer.id,
                "partner_email": cls.customer.email,
                "user_id": agent.id,
                "company_id": cls.company.id,
            }
        )

    def test_agent_customer_manager(self):
        self.start_tour(
            f"/odoo/helpdesk.ticket/{self.ticket.id}",
            "service_quality_word_agent",
            login="word_agent",
        )
        change = self.env["service.scope.change"].search(
            [("res_id", "=", self.ticket.id), ("res_model", "=", "helpdesk.ticket")]
        )
        self.assertEqual((change.name, change.state), ("A brass tap", "sent"))
        mail = self.env["mail.mail"].search([("email_to", "=", self.customer.email)])
        (token,) = set(LINK.findall(mail.body_html))
        self.authenticate(None, None)
        self.browser_size = "390x844"
        path = f"/service_quality/confirm/{token}"
        self.browser_js(path, CHECK, timeout=60)
        self.browser_js(
            path, "console.log('test successful')", ready=DECIDE, timeout=60
        )
        self.env.invalidate_all()
        self.assertEqual((change.state, change.decided_by), ("confirmed", "Carla C."))
        self.browser_size = "1366x768"
        self.start_tour("/odoo", "service_quality_word_manager", login="word_manager")
