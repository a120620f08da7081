import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: ParityRow","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/ParityRow.md","filePath":"docs/api/interfaces/ParityRow.md"}');
const _sfc_main = { name: "docs/api/interfaces/ParityRow.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-parityrow" tabindex="-1">Interface: ParityRow <a class="header-anchor" href="#interface-parityrow" aria-label="Permalink to &quot;Interface: ParityRow&quot;">​</a></h1><p>What a consumer made of the self-test.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-consumer"></a> <code>consumer</code></td><td><code>readonly</code></td><td><code>string</code></td><td>-</td></tr><tr><td><a id="property-largestdifference"></a> <code>largestDifference?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Between its scores and the checkpoint&#39;s, where these are above 1 in proportion to them.</td></tr><tr><td><a id="property-reason"></a> <code>reason?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Why it was skipped, or failed.</td></tr><tr><td><a id="property-status"></a> <code>status</code></td><td><code>readonly</code></td><td><code>&quot;failed&quot;</code> | <code>&quot;ok&quot;</code> | <code>&quot;mismatch&quot;</code> | <code>&quot;skipped&quot;</code></td><td>-</td></tr><tr><td><a id="property-tolerance"></a> <code>tolerance?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td></tr><tr><td><a id="property-version"></a> <code>version?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>-</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/ParityRow.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const ParityRow = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  ParityRow as default
};
