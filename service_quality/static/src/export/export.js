import { Component, reactive, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { configureBlobDownloadXHR } from "@web/core/network/download";
import { registry } from "@web/core/registry";

/** After so many milliseconds whoever waits sees how far it is. */
const PATIENCE = 2000;

/** How far an export is, and a way out. */
export class ExportProgress extends Component {
    static template = "service_quality.ExportProgress";
    static components = { Dialog };
    static props = { job: Object, cancel: Function, close: Function };

    setup() {
        this.job = useState(this.props.job);
    }

    get percent() {
        return Math.round(this.job.progress || 0);
    }

    get rows() {
        const { row_done, row_count } = this.job;
        return row_count
            ? _t("%(done)s of %(total)s rows", {
                  done: row_done.toLocaleString(),
                  total: row_count.toLocaleString(),
              })
            : _t("Counting …");
    }
}

/** Download a file and wait until it is here. */
function downloadFile(url) {
    const xhr = new XMLHttpRequest();
    xhr.open("GET", url);
    return new Promise((resolve, reject) => {
        configureBlobDownloadXHR(xhr, { onSuccess: resolve, onFailure: reject, url });
        xhr.send();
    });
}

/**
 * Make a workbook step by step and download it; large ones are left to the server.
 * `action.params.options` are those of `service.export.start`.
 */
export async function runExport(env, action) {
    const { orm, dialog, notification } = env.services;
    if (action.params?.is_wizard) {
        // Now, and not when it is done: another window may be open by then.
        await env.services.action.doAction({ type: "ir.actions.act_window_close" });
    }
    const job = reactive({ progress: 0, row_done: 0, row_count: 0 });
    let isCancelled = false;
    let close = null;
    const cancel = () => {
        isCancelled = true;
    };
    const timer = browser.setTimeout(() => {
        close = dialog.add(ExportProgress, { job, cancel }, { onClose: cancel });
    }, PATIENCE);
    try {
        const options = action.params?.options || {};
        Object.assign(job, await orm.call("service.export", "start", [options]));
        while (job.state === "running" && !isCancelled) {
            const state = await orm.silent.call("service.export", "advance", [[job.id]]);
            Object.assign(job, state);
        }
        if (isCancelled) {
            await orm.silent.call("service.export", "action_cancel", [[job.id]]);
            notification.add(_t("The export was cancelled."), { type: "info" });
        } else if (job.state === "done") {
            await downloadFile(job.url);
            if (job.note) {
                notification.add(job.note, { type: "warning", sticky: true });
            }
        } else if (job.state === "waiting") {
            notification.add(
                _t(
                    "%s rows are exported in the background. You will be told when the workbook is ready; see My Exports.",
                    job.row_count.toLocaleString()
                ),
                { type: "info", sticky: true }
            );
        } else {
            notification.add(job.error || _t("The export failed."), { type: "danger" });
        }
    } finally {
        browser.clearTimeout(timer);
        close?.();
    }
}

registry.category("actions").add("service_quality.export", runExport);
