import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"4. Compiled TypeScript, and which checks it runs under","description":"","frontmatter":{},"headers":[],"relativePath":"docs/adr/0004-compiled-typescript.md","filePath":"docs/adr/0004-compiled-typescript.md"}');
const _sfc_main = { name: "docs/adr/0004-compiled-typescript.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="_4-compiled-typescript-and-which-checks-it-runs-under" tabindex="-1">4. Compiled TypeScript, and which checks it runs under <a class="header-anchor" href="#_4-compiled-typescript-and-which-checks-it-runs-under" aria-label="Permalink to &quot;4. Compiled TypeScript, and which checks it runs under&quot;">​</a></h1><h2 id="context" tabindex="-1">Context <a class="header-anchor" href="#context" aria-label="Permalink to &quot;Context&quot;">​</a></h2><p>Node 20 can&#39;t run TypeScript. A loader that compiles on the fly costs every command, and every worker thread, a quarter of a second or more; a command that only prints its help should not wait for that.</p><h2 id="choice" tabindex="-1">Choice <a class="header-anchor" href="#choice" aria-label="Permalink to &quot;Choice&quot;">​</a></h2><p><code>tsc</code> (version 7, under a second for the whole project) writes <code>dist/</code>, and that is what runs: commands and worker threads alike. <code>npm run experiment</code> and <code>npm test</code> compile first; <code>bin/voiceproof.js</code> compiles once where <code>dist/</code> is absent, as after <code>npm ci</code>, since install scripts are off (<code>.npmrc</code>). Tests run from the sources, and their worker threads from <code>dist/</code>.</p><p>Flags are <code>strict</code> and what goes with it, except <code>noUncheckedIndexedAccess</code>: this is numeric code, where nearly every line indexes a typed array within bounds that the loop states, and a <code>!</code> or a cast on each would hide the few that matter. Lengths are checked at the doors instead. <code>skipLibCheck</code> is on because tfjs&#39;s own declarations fail these flags.</p><p><code>vite</code> is named among the packages, below its newest version, only because vitest would otherwise take one that npm 10 can&#39;t install; Node 20 and 22 bring npm 10. Biome and, by the lock file alone, rollup stand below theirs for npm 11, which Node 24 brings: it refuses a lock file that lacks a platform&#39;s package, and some of the newest were missing.</p><h2 id="price" tabindex="-1">Price <a class="header-anchor" href="#price" aria-label="Permalink to &quot;Price&quot;">​</a></h2><p>Someone who edits <code>src</code> and calls <code>bin/voiceproof.js</code> directly must run <code>npm run build</code> first.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/adr/0004-compiled-typescript.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0004CompiledTypescript = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  _0004CompiledTypescript as default
};
