import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: ComparisonResult","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/ComparisonResult.md","filePath":"docs/api/interfaces/ComparisonResult.md"}');
const _sfc_main = { name: "docs/api/interfaces/ComparisonResult.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-comparisonresult" tabindex="-1">Interface: ComparisonResult <a class="header-anchor" href="#interface-comparisonresult" aria-label="Permalink to &quot;Interface: ComparisonResult&quot;">​</a></h1><p>What a comparison ends with.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-input"></a> <code>input</code></td><td><code>readonly</code></td><td><code>ComparisonInput</code></td><td>All that it shows.</td></tr><tr><td><a id="property-report"></a> <code>report</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Path of the page.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/ComparisonResult.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const ComparisonResult = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  ComparisonResult as default
};
