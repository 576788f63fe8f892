import { describe, expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { Deferred, advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

defineMailModels();
describe.current.tags("desktop");

const running = { id: 7, state: "running", progress: 45, row_done: 50, row_count: 100 };

const startExport = async (options = {}) => {
    await mountWithCleanup(WebClient);
    return getService("action").doAction({
        type: "ir.actions.client",
        tag: "service_quality.export",
        params: { options },
    });
};

test("whoever waits for two seconds sees how far it is, and may cancel", async () => {
    const step = new Deferred();
    onRpc("service.export", "start", ({ args }) => {
        expect.step(`start ${JSON.stringify(args[0])}`);
        return running;
    });
    onRpc("service.export", "advance", async () => {
        await step;
        return { ...running, progress: 60, row_done: 70 };
    });
    onRpc("service.export", "action_cancel", ({ args }) => {
        expect.step(`cancel ${args[0]}`);
        return true;
    });
    const done = startExport({ sheets: ["promises"] });
    // The client is there and the clock of the export runs
    await expect.waitForSteps(['start {"sheets":["promises"]}']);
    await advanceTime(1900);
    expect(".o_service_export_progress").toHaveCount(0);
    await advanceTime(200);
    await animationFrame();
    expect(".o_service_export_progress .progress").toHaveAttribute("aria-valuenow", "45");
    expect(".o_service_export_progress p").toHaveText("50 of 100 rows");
    await click(".o_service_export_cancel");
    await animationFrame();
    expect(".o_service_export_progress").toHaveCount(0);
    step.resolve();
    await done;
    await animationFrame();
    expect.verifySteps(["cancel 7"]);
    expect(".o_notification").toHaveText(/cancelled/);
});

test("a large one is left to the server", async () => {
    onRpc("service.export", "start", () => ({
        ...running,
        state: "waiting",
        row_count: 60000,
    }));
    onRpc("service.export", "advance", () => expect.step("advance"));
    await startExport();
    await animationFrame();
    expect(".o_notification").toHaveText(/60,000 rows are exported in the background/);
    expect.verifySteps([]);
});

test("a failure says why", async () => {
    onRpc("service.export", "start", () => running);
    onRpc("service.export", "advance", () => ({
        ...running,
        state: "failed",
        error: "The disk is full or cannot be written to.",
    }));
    await startExport();
    await animationFrame();
    expect(".o_notification").toHaveText(/disk is full/);
});
