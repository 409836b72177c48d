/** Whether the window has room for a list beside a detail. */
import { ref } from "vue";

const enough = matchMedia("(min-width: 1000px)");
export const wide = ref(enough.matches);
enough.addEventListener("change", (now) => (wide.value = now.matches));
