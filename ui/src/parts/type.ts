/** Large type, for eyes in bright sun; the system's own size is followed besides. */
import { ref } from "vue";

export const largeType = ref(false);

export function preferType(large: boolean): void {
  largeType.value = large;
  document.documentElement.classList.toggle("large", large);
}
