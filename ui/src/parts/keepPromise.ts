/** A promise ticked off: said, and open again when it is taken back. */
import type { PromiseRow } from "../api/bindings";
import { call } from "../api/call";
import { t } from "../words";
import { undoably } from "./undo";

export async function keepPromise(promise: PromiseRow): Promise<void> {
  await undoably(
    () => call("keep_promise", { visit: promise.visit, text: promise.text }),
    () => t("promise.kept", { what: promise.text }),
  );
}
