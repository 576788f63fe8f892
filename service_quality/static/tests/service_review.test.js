import { expect, test } from "@odoo/hoot";
import { click, press, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Review extends models.Model {
    _name = "service.checklist";
    name = fields.Char();
    line_ids = fields.One2many({ relation: "service.checklist.line" });

    _records = [
        { id: 7, name: "Review", line_ids: [1, 2] },
        { id: 8, name: "Other", line_ids: [] },
    ];
}

class ReviewLine extends models.Model {
    _name = "service.checklist.line";
    points = fields.Float();
    is_scored = fields.Boolean();
    self_points = fields.Float();
    has_self = fields.Boolean();
    customer_points = fields.Float();
    has_customer = fields.Boolean();
    gap_text = fields.Char();

    _records = [
        {
            id: 1,
            points: 0.25,
            is_scored: true,
            self_points: 1,
            has_self: true,
            customer_points: 0,
            has_customer: true,
            gap_text: "self 100%, reviewer 25%, customer 0%",
        },
        {
            id: 2,
            points: 1,
            is_scored: true,
            self_points: 1,
            has_self: true,
            customer_points: 0,
            has_customer: false,
            gap_text: "self 100%, reviewer 100%",
        },
        { id: 3, points: 0, is_scored: false, gap_text: false },
    ];
}

defineMailModels();
defineModels([Review, ReviewLine]);

const makeLine = (values) => ({
    id: 1,
    name: "Understood?",
    section: "",
    kind: "check",
    is_required: true,
    is_critical: false,
    is_automatic: false,
    is_na_allowed: true,
    comment_rule: "never",
    script: "",
    answer: "",
    value: null,
    comment: "",
    is_answered: false,
    answered_by: "",
    date_answered: "",
    proofs: [],
    evidence: [],
    ...values,
});

const makeReview = (lines, values) => ({
    id: 7,
    name: "Review",
    state: "todo",
    score: 0,
    version: 1,
    purpose: "review",
    can_answer: true,
    can_waive: false,
    waive_reason: "",
    lines,
    ...values,
});

/** The server that gives one assessment, and takes answers. */
const serve = (lines, values) => {
    onRpc("service.checklist", "get_service_checklists", ({ args }) => {
        expect.step(["load", ...args[0]]);
        const isKnown = args[0][0] === 7;
        const checklists = isKnown ? [makeReview(lines, values)] : [];
        return { checklists, templates: [], is_done: false };
    });
    onRpc("service.checklist.line", "action_answer", ({ args, kwargs }) => {
        expect.step(["answer", args[0][0], kwargs.answer ?? kwargs.value]);
        return {
            ...lines.find((line) => line.id === args[0][0]),
            answer: kwargs.answer || "",
            value: kwargs.value ?? null,
            is_answered: true,
            answered_by: "Anna",
            date_answered: "2026-01-05 10:00:00",
            checklist: { id: 7, state: "todo", score: 0, version: 2 },
        };
    });
};

const mountForm = (resIds = [7]) =>
    mountView({
        type: "form",
        resModel: "service.checklist",
        resId: 7,
        resIds,
        arch: `<form><field name="name"/><widget name="service_answer_lines"/></form>`,
    });

const choice = (id, name) => `[data-line-id='${id}'] button[data-choice='${name}']`;

test("the lines of a review are answered in its form, each saved at once", async () => {
    serve([makeLine(), makeLine({ id: 2, kind: "score", name: "How clear?" })]);
    await mountForm();
    expect.verifySteps([["load", 7]]);
    await click(choice(1, "yes"));
    await animationFrame();
    await click(choice(2, "7"));
    await animationFrame();
    expect.verifySteps([
        ["answer", 1, "yes"],
        ["answer", 2, 7],
    ]);
    expect(choice(2, "7")).toHaveAttribute("aria-pressed", "true");
    expect(".o_service_progress").toHaveText("2 / 2");
    // The form itself has nothing to save
    expect(".o_form_button_save").not.toBeVisible();
});

test("the keys of the panel answer a review too", async () => {
    serve([makeLine(), makeLine({ id: 2, kind: "balance", name: "Detail?" })]);
    await mountForm();
    queryFirst(".o_service_checklists").focus();
    await animationFrame();
    await press("y");
    await animationFrame();
    await press("3");
    await animationFrame();
    expect.verifySteps([
        ["load", 7],
        ["answer", 1, "yes"],
        ["answer", 2, 0],
    ]);
});

test("zero is an answer of a balance that was given before", async () => {
    const given = { value: 0, is_answered: true, date_answered: "2026-01-05 10:00:00" };
    serve([makeLine({ kind: "balance", ...given })]);
    await mountForm();
    expect(choice(1, "0")).toHaveAttribute("aria-pressed", "true");
    expect.verifySteps([["load", 7]]);
});

test("what was published cannot be answered", async () => {
    serve([makeLine()], { can_answer: false });
    await mountForm();
    expect(choice(1, "yes")).not.toBeEnabled();
    expect.verifySteps([["load", 7]]);
});

test("another record of the pager brings its own lines", async () => {
    serve([makeLine()]);
    await mountForm([7, 8]);
    expect("[data-line-id]").toHaveCount(1);
    await click(".o_pager_next");
    await animationFrame();
    await animationFrame();
    expect("[data-line-id]").toHaveCount(0);
    expect.verifySteps([
        ["load", 7],
        ["load", 8],
    ]);
});

test("marks of self, reviewer and customer stand where they answered", async () => {
    await mountView({
        type: "list",
        resModel: "service.checklist.line",
        arch: `<list><field name="gap_text" widget="service_gap"/></list>`,
    });
    const row = (number) => `.o_data_row:nth-child(${number}) .o_service_gap`;
    expect(row(1)).toHaveAttribute("aria-label", "self 100%, reviewer 25%, customer 0%");
    expect(`${row(1)} .o_service_gap_mark`).toHaveCount(3);
    const mark = (number, name) =>
        queryFirst(`${row(number)} .o_service_gap_${name}`).getAttribute("style");
    expect(mark(1, "reviewer")).toBe("inset-inline-start: 21px");
    // Nought is an answer of the customer
    expect(mark(1, "customer")).toBe("inset-inline-start: 0px");
    expect(mark(1, "self")).toBe("inset-inline-start: 84px");
    // Equal answers stand beside each other; nobody asked the customer
    expect(`${row(2)} .o_service_gap_mark`).toHaveCount(2);
    expect(mark(2, "self")).toBe("inset-inline-start: 66px");
    expect(mark(2, "reviewer")).toBe("inset-inline-start: 84px");
    // Nothing to compare, nothing drawn
    expect(row(3)).toHaveCount(0);
});
