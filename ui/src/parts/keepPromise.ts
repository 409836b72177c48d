/** A promise ticked off: said, and taken back by writing the visit as it stood before. */
import type { PromiseRow, VisitRow } from "../api/bindings";
import { call } from "../api/call";
import { t } from "../words";
import { offerBack, sayDone } from "./undo";

/** As many visits as a household can have. */
const MOST = 5000;
/** What stands for words that are not shown while the lease is over. */
const COVERED = "••";

async function before(promise: PromiseRow): Promise<VisitRow | undefined> {
  const visits = await call("visits", { household: promise.household, most: MOST }).catch(() => []);
  return visits.find((one) => one.root === promise.visit && one.visit.note !== COVERED);
}

export async function keepPromise(promise: PromiseRow): Promise<void> {
  const was = await before(promise);
  await call("keep_promise", { visit: promise.visit, text: promise.text });
  const words = t("promise.kept", { what: promise.text });
  if (!was) return sayDone(words);
  offerBack(words, async () => {
    await call("amend_visit", { visit: was.root, correct: was.visit, source: was.source });
    sayDone(t("promise.open_again", { what: promise.text }));
  });
}
