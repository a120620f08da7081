import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: ScoredFile","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/ScoredFile.md","filePath":"docs/api/interfaces/ScoredFile.md"}');
const _sfc_main = { name: "docs/api/interfaces/ScoredFile.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-scoredfile" tabindex="-1">Interface: ScoredFile <a class="header-anchor" href="#interface-scoredfile" aria-label="Permalink to &quot;Interface: ScoredFile&quot;">​</a></h1><p>A file that was scored, or that could not be, with what a protocol says of it.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th></tr></thead><tbody><tr><td><a id="property-input"></a> <code>input</code></td><td><code>readonly</code></td><td><code>ScoreInput</code></td></tr><tr><td><a id="property-result"></a> <code>result</code></td><td><code>readonly</code></td><td><code>ScoredInput</code></td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/ScoredFile.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const ScoredFile = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  ScoredFile as default
};
