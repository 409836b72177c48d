import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

/** Nothing is fetched from elsewhere: the one style of the kit that names a foreign font is taken out. */
function noForeignFonts(): Plugin {
  return {
    name: "no-foreign-fonts",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("vant") || !id.endsWith(".css")) return null;
      return code.replace(/@font-face\{[^}]*\}/g, "");
    },
  };
}

/** While the screens are worked on: `LIANHU=http://127.0.0.1:PORT npm run dev` asks a running `lianhu serve`. */
const asked = process.env.LIANHU ? { target: process.env.LIANHU, changeOrigin: true } : undefined;
const proxy = asked && { "/call": asked, "/events": asked, "/file": asked };

export default defineConfig({
  server: { proxy },
  preview: { proxy },
  plugins: [noForeignFonts(), vue()],
  base: "/",
  // No screen is written in the older style of Vue, and what would read it stays out.
  define: { __VUE_OPTIONS_API__: "false" },
  build: {
    target: ["chrome90", "safari14"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
});
