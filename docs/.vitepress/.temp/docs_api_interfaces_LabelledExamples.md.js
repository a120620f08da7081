import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: LabelledExamples","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/LabelledExamples.md","filePath":"docs/api/interfaces/LabelledExamples.md"}');
const _sfc_main = { name: "docs/api/interfaces/LabelledExamples.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-labelledexamples" tabindex="-1">Interface: LabelledExamples <a class="header-anchor" href="#interface-labelledexamples" aria-label="Permalink to &quot;Interface: LabelledExamples&quot;">​</a></h1><p>Examples with soft labels.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-inputs"></a> <code>inputs</code></td><td><code>readonly</code></td><td><code>Float32Array</code>&lt;<code>ArrayBuffer</code>&gt;</td><td>The examples one after the other.</td></tr><tr><td><a id="property-labels"></a> <code>labels</code></td><td><code>readonly</code></td><td><code>Float32Array</code></td><td><code>[batch, 2]</code>: how much of each example is spoof and how much bona fide; every row sums to 1.</td></tr><tr><td><a id="property-shape"></a> <code>shape</code></td><td><code>readonly</code></td><td>readonly <code>number</code>[]</td><td><code>[batch, frames, bins]</code> or <code>[batch, samples]</code>.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/LabelledExamples.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const LabelledExamples = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  LabelledExamples as default
};
