import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: Check","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/Check.md","filePath":"docs/api/interfaces/Check.md"}');
const _sfc_main = { name: "docs/api/interfaces/Check.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-check" tabindex="-1">Interface: Check <a class="header-anchor" href="#interface-check" aria-label="Permalink to &quot;Interface: Check&quot;">​</a></h1><p>One thing that was looked at. A note is worth knowing; a problem makes the diagnosis not ok.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-detail"></a> <code>detail</code></td><td><code>readonly</code></td><td><code>string</code></td><td>-</td></tr><tr><td><a id="property-fix"></a> <code>fix</code></td><td><code>readonly</code></td><td><code>string</code> | <code>null</code></td><td>What mends it; null where nothing has to be.</td></tr><tr><td><a id="property-name"></a> <code>name</code></td><td><code>readonly</code></td><td><code>string</code></td><td>-</td></tr><tr><td><a id="property-status"></a> <code>status</code></td><td><code>readonly</code></td><td><code>&quot;ok&quot;</code> | <code>&quot;note&quot;</code> | <code>&quot;problem&quot;</code></td><td>-</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/Check.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const Check = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  Check as default
};
