import { beforeEach, expect, test } from "@odoo/hoot";
import { click, edit, press, queryAll, queryOne } from "@odoo/hoot-dom";
import { EventBus } from "@odoo/owl";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { waitForChannels } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    makeMockEnv,
    makeServerError,
    MockServer,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { keyOf } from "@service_quality/panel/checklist_answers";
import { ChecklistBoard } from "@service_quality/panel/checklist_board";
import { countdown, stateClass, stateLabel } from "@service_quality/core/promise_time";

const { DateTime } = luxon;

const CHANNEL = "service_quality:helpdesk.ticket:5";

defineMailModels();

const makeLine = (values) => ({
    id: 1,
    name: "The customer knows the price",
    section: "",
    kind: "check",
    is_required: true,
    is_critical: false,
    is_automatic: false,
    is_na_allowed: true,
    comment_rule: "never",
    script: "This is the price: ...",
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

const makeChecklist = (lines, values) => ({
    id: 7,
    name: "Visit",
    state: "todo",
    score: 0,
    version: 1,
    purpose: "work",
    can_answer: true,
    can_waive: false,
    waive_reason: "",
    lines,
    ...values,
});

const mountBoard = (lines, values = {}, props = {}) =>
    mountWithCleanup(ChecklistBoard, {
        props: {
            ...props,
            resModel: "helpdesk.ticket",
            resId: 5,
            data: {
                checklists: [makeChecklist(lines)],
                templates: [{ id: 3, name: "Phone call" }],
                can_write: true,
                is_done: false,
                channel: CHANNEL,
                ...values,
            },
        },
    });

const line = (id) => `[data-line-id='${id}']`;
const choice = (id, name) => `${line(id)} button[data-choice='${name}']`;

let version;
/** The server agrees to everything, and tells what it was asked. */
const agree = (lines) =>
    onRpc("service.checklist.line", "action_answer", ({ args, kwargs }) => {
        const id = args[0][0];
        expect.step([id, kwargs.answer ?? kwargs.value ?? null, kwargs.comment ?? null]);
        const isAnswered = Boolean(
            kwargs.answer || kwargs.comment || (kwargs.value ?? null) !== null
        );
        return {
            ...lines.find((row) => row.id === id),
            answer: kwargs.answer || "",
            value: kwargs.value ?? null,
            comment: kwargs.comment || "",
            is_answered: isAnswered,
            answered_by: isAnswered ? "Anna" : "",
            date_answered: isAnswered ? "2026-01-05 10:00:00" : "",
            checklist: { id: 7, state: "todo", score: 0, version: ++version },
        };
    });

beforeEach(() => {
    version = 1;
});

test("a click saves one answer at once and shows who gave it", async () => {
    const lines = [makeLine()];
    agree(lines);
    await mountBoard(lines);
    expect(".o_service_progress").toHaveText("0 / 1");
    await click(choice(1, "yes"));
    await animationFrame();
    expect.verifySteps([[1, "yes", null]]);
    expect(choice(1, "yes")).toHaveAttribute("aria-pressed", "true");
    expect(".o_service_line").toHaveClass("o_service_answered");
    expect(".o_service_line").toHaveText(/Anna/);
});

test("the same click again takes the answer back", async () => {
    const lines = [
        makeLine({ answer: "no", is_answered: true, date_answered: "2026-01-05 10:00:00" }),
    ];
    agree(lines);
    await mountBoard(lines);
    await click(choice(1, "no"));
    await animationFrame();
    expect.verifySteps([[1, null, null]]);
    expect(choice(1, "no")).toHaveAttribute("aria-pressed", "false");
});

test("scores have ten buttons, balances five, automatic lines none", async () => {
    await mountBoard([
        makeLine({ id: 1, kind: "score" }),
        makeLine({ id: 2, kind: "balance", is_na_allowed: false }),
        makeLine({ id: 3, is_automatic: true }),
    ]);
    expect(`${line(1)} button[data-choice]`).toHaveCount(11);
    expect(`${line(2)} button[data-choice]`).toHaveCount(5);
    expect(`${line(3)} button[data-choice]`).toHaveCount(0);
    expect(line(3)).toHaveText(/answered by the ledger/);
});

test("a closed document offers no answer; the wording can still be read", async () => {
    await mountBoard([makeLine()], { is_done: true });
    expect(choice(1, "yes")).not.toBeEnabled();
    expect("blockquote").toHaveCount(0);
    await click("button[aria-label='Suggested wording']");
    await animationFrame();
    expect("blockquote").toHaveText("This is the price: ...");
    queryOne(line(1)).focus();
    await press("y");
    await animationFrame();
    expect(choice(1, "yes")).toHaveAttribute("aria-pressed", "false");
});

test("one key per line answers a whole list", async () => {
    const lines = [
        makeLine({ id: 1 }),
        makeLine({ id: 2, kind: "score" }),
        makeLine({ id: 3, kind: "balance" }),
        makeLine({ id: 4 }),
        makeLine({ id: 5, kind: "text" }),
    ];
    agree(lines);
    await mountBoard(lines);
    queryOne(".o_service_checklists").focus();
    await animationFrame();
    expect(line(1)).toBeFocused();
    for (const key of ["y", "0", "3", "a"]) {
        await press(key);
        await animationFrame();
    }
    expect(line(5)).toBeFocused();
    await press("Enter");
    await animationFrame();
    expect(`${line(5)} textarea`).toBeFocused();
    await edit("Ask earlier: y, n, 3");
    await press("Enter");
    await animationFrame();
    expect.verifySteps([
        [1, "yes", null],
        [2, 10, null],
        [3, 0, null],
        [4, "na", null],
        [5, null, "Ask earlier: y, n, 3"],
    ]);
    expect(".o_service_progress").toHaveText("5 / 5");
});

test("j and k move, u takes back, ? shows the keys", async () => {
    const lines = [
        makeLine({ id: 1, answer: "yes", is_answered: true, date_answered: "2026-01-05 10:00:00" }),
        makeLine({ id: 2 }),
    ];
    agree(lines);
    await mountBoard(lines);
    queryOne(".o_service_checklists").focus();
    await animationFrame();
    expect(line(2)).toBeFocused({ message: "begins where something is open" });
    await press("k");
    await animationFrame();
    expect(line(1)).toBeFocused();
    await press("k"); // nothing above
    await press("u");
    await animationFrame();
    expect.verifySteps([[1, null, null]]);
    await press("j");
    await animationFrame();
    expect(line(2)).toBeFocused();
    await press("?");
    await animationFrame();
    expect(".o_service_keys").toHaveCount(1);
    await press("Escape");
    await animationFrame();
    expect(".o_service_keys").toHaveCount(0);
});

test("keys do nothing while somebody types, or outside of the panel", async () => {
    const lines = [makeLine({ kind: "text" }), makeLine({ id: 2 })];
    agree(lines);
    await mountBoard(lines);
    await click(`${line(1)} textarea`);
    for (const key of ["a", "n", "j", "u"]) {
        await press(key);
    }
    expect(`${line(1)} textarea`).toBeFocused();
    await edit("");
    document.activeElement.blur();
    await press("y");
    await animationFrame();
    expect(".o_service_answered").toHaveCount(0);
    expect.verifySteps([]);
});

test("keys of other alphabets and keyboards", () => {
    expect(keyOf({ key: "о", code: "KeyJ" })).toBe("j"); // Russian layout
    expect(keyOf({ key: "y", code: "KeyZ" })).toBe("y"); // Hungarian layout
    expect(keyOf({ key: "Y", code: "KeyY" })).toBe("y");
    expect(keyOf({ key: "0", code: "Backquote" })).toBe("0");
    expect(keyOf({ key: "Enter", code: "Enter" })).toBe("Enter");
});

test("a low score waits for its why, when the template asks", async () => {
    const lines = [makeLine({ kind: "score", comment_rule: "low" }), makeLine({ id: 2 })];
    agree(lines);
    await mountBoard(lines);
    queryOne(line(1)).focus();
    await press("3");
    await animationFrame();
    expect.verifySteps([]);
    expect(choice(1, "3")).toHaveAttribute("aria-pressed", "true");
    expect(".o_service_why").toHaveCount(1);
    expect(`${line(1)} textarea`).toBeFocused();
    await press("Enter"); // still nothing said
    expect.verifySteps([]);
    await edit("Nobody called");
    await press("Enter");
    await animationFrame();
    expect.verifySteps([[1, 3, "Nobody called"]]);
    expect(line(2)).toBeFocused();
});

test("Escape drops an answer that waits for its why", async () => {
    await mountBoard([makeLine({ kind: "score", comment_rule: "low" })]);
    await click(choice(1, "3"));
    await animationFrame();
    await press("Escape");
    await animationFrame();
    expect(".o_service_why").toHaveCount(0);
    expect(choice(1, "3")).toHaveAttribute("aria-pressed", "false");
});

test("an answer that fails the checklist is asked why first", async () => {
    const lines = [
        makeLine({ is_critical: true }),
        makeLine({ id: 2, is_critical: true, kind: "score" }),
        makeLine({ id: 3, is_critical: true, kind: "balance" }),
    ];
    agree(lines);
    await mountBoard(lines);
    for (const [id, failing] of [
        [1, "no"],
        [2, "5"],
        [3, "-2"],
    ]) {
        await click(choice(id, failing));
        await animationFrame();
        expect.verifySteps([]);
        expect(`${line(id)} .o_service_why`).toHaveText("Please say why; then it is saved.");
        expect(`${line(id)} textarea`).toBeFocused();
    }
    // None of them is lost: each waits on its line
    expect(".o_service_why").toHaveCount(3);
    await click(`${line(1)} textarea`);
    await edit("No fuse was there");
    await press("Enter");
    await animationFrame();
    expect.verifySteps([[1, "no", "No fuse was there"]]);
    await click(choice(2, "6"));
    await click(choice(3, "-1"));
    await animationFrame();
    expect.verifySteps([
        [2, 6, null],
        [3, -1, null],
    ]);
    expect(".o_service_why").toHaveCount(0);
});

test("the why of an answer that fails the checklist cannot be taken away", async () => {
    const lines = [
        makeLine({ is_critical: true, answer: "no", comment: "Wet", is_answered: true }),
    ];
    agree(lines);
    await mountBoard(lines);
    await click(`${line(1)} button[title='Comment (c)']`);
    await animationFrame();
    await edit("");
    await press("Enter");
    await animationFrame();
    expect.verifySteps([]);
    expect(".o_service_why").toHaveCount(1);
    expect(`${line(1)} textarea`).toHaveValue("");
    await press("Escape");
    await animationFrame();
    expect(".o_service_comment").toHaveText("Wet");
});

test("what was typed survives a refusal, and is sent again", async () => {
    expect.errors(1);
    const lines = [makeLine({ is_critical: true }), makeLine({ id: 2, kind: "text" })];
    let isRefused = true;
    onRpc("service.checklist.line", "action_answer", ({ args, kwargs }) => {
        expect.step([args[0][0], kwargs.answer ?? null, kwargs.comment]);
        if (isRefused) {
            throw makeServerError({ message: "The document is closed" });
        }
        return {
            ...lines.find((row) => row.id === args[0][0]),
            answer: kwargs.answer || "",
            comment: kwargs.comment,
            is_answered: true,
            checklist: { id: 7, state: "failed", score: 0, version: ++version },
        };
    });
    await mountBoard(lines);
    await click(choice(1, "no"));
    await animationFrame();
    await edit("It was wet");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect.verifySteps([[1, "no", "It was wet"]]);
    expect.verifyErrors(["The document is closed"]);
    expect(`${line(1)} .o_service_why`).toHaveText(
        "Not saved yet: Enter tries again, Escape drops it."
    );
    expect(`${line(1)} textarea`).toHaveValue("It was wet");
    expect(choice(1, "no")).toHaveAttribute("aria-pressed", "true");
    expect(".o_service_progress").toHaveText("0 / 2");
    // Other lines are answered meanwhile, and it still stands there
    isRefused = false;
    await click(`${line(2)} textarea`);
    await edit("Ask earlier");
    await press("Enter");
    await animationFrame();
    expect.verifySteps([[2, null, "Ask earlier"]]);
    await click(`${line(1)} textarea`);
    await press("Enter");
    await animationFrame();
    expect.verifySteps([[1, "no", "It was wet"]]);
    expect(".o_service_why").toHaveCount(0);
    expect(".o_service_progress").toHaveText("2 / 2");
});

test("a text that was refused stays in its box", async () => {
    expect.errors(1);
    onRpc("service.checklist.line", "action_answer", () => {
        throw makeServerError({ message: "Refused" });
    });
    await mountBoard([makeLine({ kind: "text" }), makeLine({ id: 2 })]);
    await click(`${line(1)} textarea`);
    await edit("A long story");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect.verifyErrors(["Refused"]);
    expect(`${line(1)} textarea`).toHaveValue("A long story");
    expect(".o_service_why").toHaveCount(1);
});

test("the same click again drops an answer that waits for its why", async () => {
    await mountBoard([makeLine({ is_critical: true })]);
    await click(choice(1, "no"));
    await animationFrame();
    expect(".o_service_why").toHaveCount(1);
    await click(choice(1, "no"));
    await animationFrame();
    expect(".o_service_why").toHaveCount(0);
    expect(choice(1, "no")).toHaveAttribute("aria-pressed", "false");
});

test("shown before the server answers, and taken back when it refuses", async () => {
    expect.errors(1);
    const answered = new Deferred();
    onRpc("service.checklist.line", "action_answer", async () => {
        await answered;
        throw makeServerError({ message: "The document is closed" });
    });
    await mountBoard([makeLine()]);
    await click(choice(1, "yes"));
    await animationFrame();
    expect(choice(1, "yes")).toHaveAttribute("aria-pressed", "true");
    expect(".o_service_progress").toHaveText("1 / 1");
    expect(".o_service_saving").toHaveCount(1);
    answered.resolve();
    await animationFrame();
    await animationFrame();
    expect(choice(1, "yes")).toHaveAttribute("aria-pressed", "false");
    expect(".o_service_progress").toHaveText("0 / 1");
    expect(".o_service_saving").toHaveCount(0);
    expect.verifyErrors(["The document is closed"]);
});

test("quick ticks are saved one after the other, a refused one alone goes back", async () => {
    expect.errors(1);
    const lines = [makeLine({ id: 1 }), makeLine({ id: 2 }), makeLine({ id: 3 })];
    let running = 0;
    onRpc("service.checklist.line", "action_answer", async ({ args }) => {
        const id = args[0][0];
        expect(++running).toBe(1);
        await Promise.resolve();
        running--;
        expect.step(id);
        if (id === 2) {
            throw makeServerError({ message: "Refused" });
        }
        return {
            ...lines[id - 1],
            answer: "yes",
            is_answered: true,
            date_answered: "2026-01-05 10:00:00",
            checklist: { id: 7, state: "todo", score: 1, version: ++version },
        };
    });
    await mountBoard(lines);
    queryOne(".o_service_checklists").focus();
    await press("y");
    await press("y");
    await press("y");
    await advanceTime(50);
    await animationFrame();
    expect.verifySteps([1, 2, 3]);
    expect(choice(1, "yes")).toHaveAttribute("aria-pressed", "true");
    expect(choice(2, "yes")).toHaveAttribute("aria-pressed", "false");
    expect(choice(3, "yes")).toHaveAttribute("aria-pressed", "true");
    expect.verifyErrors(["Refused"]);
});

test("the form is saved after the ticks that are on their way", async () => {
    const answered = new Deferred();
    const lines = [makeLine()];
    onRpc("service.checklist.line", "action_answer", async () => {
        await answered;
        return {
            ...lines[0],
            answer: "yes",
            is_answered: true,
            date_answered: "2026-01-05 10:00:00",
            checklist: { id: 7, state: "passed", score: 1, version: 2 },
        };
    });
    const formBus = new EventBus();
    await mountBoard(lines, {}, { formBus });
    await click(choice(1, "yes"));
    const proms = [];
    formBus.trigger("NEED_LOCAL_CHANGES", { proms });
    expect(proms).toHaveLength(1);
    proms[0].then(() => expect.step("saved"));
    await animationFrame();
    expect.verifySteps([]);
    answered.resolve();
    await animationFrame();
    expect.verifySteps(["saved"]);
});

test("a colleague's tick appears by itself, what is being typed stays", async () => {
    onRpc("helpdesk.ticket", "get_service_checklists", ({ args }) => {
        expect.step(args[0][0]);
        return {
            checklists: [
                makeChecklist(
                    [
                        makeLine({
                            answer: "yes",
                            is_answered: true,
                            answered_by: "Boris",
                            date_answered: "2026-01-05 10:00:00",
                        }),
                        makeLine({ id: 2, kind: "text" }),
                    ],
                    { version: 2 }
                ),
            ],
            templates: [],
            is_done: false,
        };
    });
    await mountBoard([makeLine(), makeLine({ id: 2, kind: "text" })]);
    await waitForChannels([CHANNEL]);
    await click(`${line(2)} textarea`);
    await edit("half a sen");
    const told = { res_model: "helpdesk.ticket", res_id: 5, checklist_id: 7, version: 2 };
    MockServer.env["bus.bus"]._sendone(CHANNEL, "service_quality.checklist", told);
    MockServer.env["bus.bus"]._sendone(CHANNEL, "service_quality.checklist", told);
    // Delivered by the worker of the bus: on a busy machine not within a frame
    for (let frame = 0; frame < 10; frame++) {
        await animationFrame();
    }
    await advanceTime(1000);
    await animationFrame();
    expect.verifySteps([5]);
    expect(line(1)).toHaveText(/Boris/);
    expect(`${line(2)} textarea`).toHaveValue("half a sen");
    expect(`${line(2)} textarea`).toBeFocused();
});

test("the echo of an own tick and other documents ask for nothing", async () => {
    onRpc("helpdesk.ticket", "get_service_checklists", () => expect.step("asked"));
    const lines = [makeLine()];
    agree(lines);
    await mountBoard(lines);
    await waitForChannels([CHANNEL]);
    await click(choice(1, "yes"));
    await animationFrame();
    const told = { res_model: "helpdesk.ticket", res_id: 5, checklist_id: 7, version: 2 };
    MockServer.env["bus.bus"]._sendone(CHANNEL, "service_quality.checklist", told);
    MockServer.env["bus.bus"]._sendone(CHANNEL, "service_quality.checklist", {
        ...told,
        res_id: 6,
        version: 9,
    });
    await animationFrame(); // delivered
    await advanceTime(1000);
    expect.verifySteps([[1, "yes", null]]);
});

test("five hundred lines, sections and a title that looks like HTML", async () => {
    const lines = [];
    for (let id = 1; id <= 500; id++) {
        lines.push(makeLine({ id, section: id <= 250 ? "Before" : "After" }));
    }
    lines[0].name = "<b>bold</b>".repeat(900);
    agree(lines);
    await mountBoard(lines);
    expect(".o_service_line").toHaveCount(500);
    expect(queryAll(".o_service_section").map((el) => el.textContent)).toEqual([
        "Before",
        "After",
    ]);
    expect(".o_service_line b").toHaveCount(0);
    queryOne(line(500)).focus();
    await press("y");
    await animationFrame();
    expect.verifySteps([[500, "yes", null]]);
    expect(".o_service_progress").toHaveText("1 / 500");
});

test("empty: nothing started yet, but something can be", async () => {
    onRpc("helpdesk.ticket", "action_service_start_checklist", ({ args }) => {
        expect.step(args);
        return true;
    });
    onRpc("helpdesk.ticket", "get_service_checklists", () => ({
        checklists: [makeChecklist([makeLine()])],
        templates: [],
        is_done: false,
    }));
    await mountBoard([], { checklists: [] });
    expect(".o_service_checklists").toHaveText(/No checklist has been started/);
    await click(".o_service_start");
    queryOne(".o_service_start").value = "3";
    queryOne(".o_service_start").dispatchEvent(new Event("change"));
    await animationFrame();
    await animationFrame();
    expect.verifySteps([[[5], 3]]);
    expect(".o_service_line").toHaveCount(1);
    expect(".o_service_start").toHaveCount(0);
});

test("states and countdown are told in words", async () => {
    await makeMockEnv(); // loads the translations
    const now = DateTime.fromISO("2026-01-05T10:00:00Z");
    expect(countdown(now.plus({ hours: 2 }), now)).toInclude("2");
    expect(stateLabel("overdue").toString()).toBe("Overdue");
    expect(stateClass("kept")).toBe("text-bg-success");
    expect(stateClass("withdrawn")).toBe("text-bg-secondary");
});
