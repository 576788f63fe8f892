import { useRef } from "@odoo/owl";
import { useFileUploader } from "@web/core/utils/files";
import { useService } from "@web/core/utils/hooks";

const UPLOAD_ROUTE = "/web/binary/upload_attachment";

/**
 * Files as proof of the answers of a board.
 *
 * @param {Object} board with ``model`` and ``run``; its template has the input ``file``
 */
export function useProofs(board) {
    const upload = useFileUploader();
    const notification = useService("notification");
    const file = useRef("file");
    let lineId = null;

    return {
        choose(line) {
            lineId = line.id;
            file.el.click();
        },

        async onChange(ev) {
            const files = [...ev.target.files];
            const found = board.model.find(lineId);
            if (!files.length || !found) {
                return;
            }
            const uploaded = await upload(UPLOAD_ROUTE, {
                csrf_token: odoo.csrf_token,
                ufile: files,
                model: "service.checklist.line",
                id: 0,
            });
            ev.target.value = null;
            const failed = (uploaded || []).find((row) => row.error);
            if (failed) {
                notification.add(failed.error, { type: "danger" });
            }
            const ids = (uploaded || []).filter((row) => row.id).map((row) => row.id);
            if (ids.length) {
                await board.run(board.model.attach(found.line, ids));
            }
        },

        remove(line, proof) {
            return board.run(board.model.detach(line, proof.id));
        },
    };
}
