/** What was looked for and how far the list was scrolled, so that Back finds it as it was. In memory only. */
import { ref } from "vue";

export const typed = ref("");
export const query = ref("");
export const place = ref<string>();
/** How far down, in pixels. */
export const offset = { now: 0 };
