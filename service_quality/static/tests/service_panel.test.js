import { expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { makeMockEnv, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { ChecklistCard } from "@service_quality/panel/checklist_card";
import { countdown, stateClass, stateLabel } from "@service_quality/core/promise_time";

const { DateTime } = luxon;

defineMailModels();

const makeLine = (values) => ({
    id: 1,
    name: "The customer knows the price",
    kind: "check",
    is_required: true,
    is_critical: false,
    is_automatic: false,
    script: "This is the price: ...",
    answer: "",
    value: null,
    comment: "",
    is_answered: false,
    answered_by: "",
    date_answered: "",
    ...values,
});

const mountCard = (lines, isEditable = true) =>
    mountWithCleanup(ChecklistCard, {
        props: {
            checklist: { id: 7, name: "Visit", state: "todo", score: 0, lines },
            isEditable,
        },
    });

test("a click saves one answer at once and shows who gave it", async () => {
    onRpc("service.checklist.line", "action_answer", ({ args, kwargs }) => {
        expect.step([args[0], kwargs.answer]);
        return makeLine({
            answer: "yes",
            is_answered: true,
            answered_by: "Anna",
            date_answered: "2026-01-05 10:00:00",
        });
    });
    await mountCard([makeLine()]);
    expect(".o_service_progress").toHaveText("0 / 1");
    await click("button[data-choice=yes]");
    await animationFrame();
    expect.verifySteps([[[1], "yes"]]);
    expect("button[data-choice=yes]").toHaveAttribute("aria-pressed", "true");
    expect(".o_service_line").toHaveClass("o_service_answered");
    expect(".o_service_line").toHaveText(/Anna/);
});

test("the same click again takes the answer back", async () => {
    onRpc("service.checklist.line", "action_answer", ({ kwargs }) => {
        expect.step(kwargs.answer ?? "nothing");
        return makeLine();
    });
    await mountCard([
        makeLine({ answer: "no", is_answered: true, date_answered: "2026-01-05 10:00:00" }),
    ]);
    await click("button[data-choice=no]");
    await animationFrame();
    expect.verifySteps(["nothing"]);
});

test("scores have ten buttons, balances five, automatic lines none", async () => {
    await mountCard([
        makeLine({ id: 1, kind: "score" }),
        makeLine({ id: 2, kind: "balance" }),
        makeLine({ id: 3, is_automatic: true }),
    ]);
    expect("[data-line-id='1'] button[data-choice]").toHaveCount(10);
    expect("[data-line-id='2'] button[data-choice]").toHaveCount(5);
    expect("[data-line-id='3'] button[data-choice]").toHaveCount(0);
});

test("a closed document offers no answer; the wording can still be read", async () => {
    await mountCard([makeLine()], false);
    expect("button[data-choice=yes]").not.toBeEnabled();
    expect("blockquote").toHaveCount(0);
    await click("button[aria-label='Suggested wording']");
    await animationFrame();
    expect("blockquote").toHaveText("This is the price: ...");
});

test("states and countdown are told in words", async () => {
    await makeMockEnv(); // loads the translations
    const now = DateTime.fromISO("2026-01-05T10:00:00Z");
    expect(countdown(now.plus({ hours: 2 }), now)).toInclude("2");
    expect(stateLabel("overdue").toString()).toBe("Overdue");
    expect(stateClass("kept")).toBe("text-bg-success");
    expect(stateClass("withdrawn")).toBe("text-bg-secondary");
});
