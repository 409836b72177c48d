/** Keeping a form on disk with every change: one save at a time, the newest words last, nothing skipped at the end. */
import { call } from "../api/call";

export interface Keeper {
  /** Keeps this text, or from now on nothing; gives back when the disk has it so. */
  keep(body: string | null): Promise<void>;
  /** The draft's id, once there is one. */
  id(): string | null;
  /** Waits until nothing is under way. */
  settled(): Promise<void>;
}

/** Where a form is kept. */
interface Place {
  write(id: string | null, body: string): Promise<string>;
  letGo(id: string): Promise<unknown>;
}

function keeping(known: string | null, place: Place): Keeper {
  let id = known;
  let waiting: { body: string | null } | null = null;
  let running: Promise<void> | null = null;
  async function run(): Promise<void> {
    while (waiting !== null) {
      const { body } = waiting as { body: string | null };
      waiting = null;
      if (body !== null) id = await place.write(id, body);
      else if (id !== null) {
        await place.letGo(id);
        id = null;
      }
    }
  }
  return {
    keep(body) {
      waiting = { body };
      running ??= run().finally(() => (running = null));
      return running;
    },
    id: () => id,
    settled: async () => {
      while (running) await running.catch(() => undefined);
    },
  };
}

/** Keeps a form about a household, as a draft of it. */
export function keeper(household: string, known: string | null): Keeper {
  return keeping(known, {
    write: (id, body) => call("save_draft", { id, household, body }),
    letGo: (id) => call("discard_draft", { id }),
  });
}

/** Keeps a form that is about no household yet. */
export function formKeeper(form: string, known: boolean): Keeper {
  return keeping(known ? form : null, {
    write: async (_, body) => (await call("keep_form", { form, body }), form),
    letGo: () => call("keep_form", { form, body: null }),
  });
}
