/** The first walk: find, record, hand in. Shown once, remembered on the device, shown again to whoever asks. */
import { ref } from "vue";
import { call } from "../api/call";

/** Which of the steps is shown; none when the walk is over. */
export const walking = ref<number | null>(null);
const done = ref(true);

/** What the device remembers. */
export function rememberWalk(value: string | undefined): void {
  done.value = value === "done";
}
export function beginWalk(): void {
  walking.value = 0;
}
export function beginFirstWalk(): void {
  if (!done.value) beginWalk();
}
/** Over, and not shown again by itself. A device that cannot keep this shows it once more next time: no harm. */
export async function endWalk(): Promise<void> {
  walking.value = null;
  done.value = true;
  await call("prefer", { key: "walk", value: "done" }).catch(() => undefined);
}
