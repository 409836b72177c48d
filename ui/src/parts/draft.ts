/** Keeping a form on disk with every tap: one save at a time, the newest words last, nothing skipped at the end. */
import { call } from "../api/call";

export interface Keeper {
  /** Keeps this text; gives back when it is on disk. */
  keep(body: string): Promise<void>;
  /** The draft's id, once there is one. */
  id(): string | null;
  /** Waits until nothing is under way. */
  settled(): Promise<void>;
}

export function keeper(household: string, known: string | null): Keeper {
  let id = known;
  let waiting: string | null = null;
  let running: Promise<void> | null = null;
  async function run(): Promise<void> {
    while (waiting !== null) {
      const body = waiting;
      waiting = null;
      id = await call("save_draft", { id, household, body });
    }
  }
  return {
    keep(body) {
      waiting = body;
      running ??= run().finally(() => (running = null));
      return running;
    },
    id: () => id,
    settled: async () => {
      while (running) await running.catch(() => undefined);
    },
  };
}
