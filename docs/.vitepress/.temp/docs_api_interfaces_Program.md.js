import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: Program","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/Program.md","filePath":"docs/api/interfaces/Program.md"}');
const _sfc_main = { name: "docs/api/interfaces/Program.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-program" tabindex="-1">Interface: Program <a class="header-anchor" href="#interface-program" aria-label="Permalink to &quot;Interface: Program&quot;">​</a></h1><p>Ops in an order in which each finds its inputs made.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th></tr></thead><tbody><tr><td><a id="property-assignments"></a> <code>assignments</code></td><td><code>readonly</code></td><td>readonly <code>Assignment</code>[]</td></tr><tr><td><a id="property-captures"></a> <code>captures</code></td><td><code>readonly</code></td><td>readonly <code>Capture</code>[]</td></tr><tr><td><a id="property-constants"></a> <code>constants</code></td><td><code>readonly</code></td><td>readonly <code>Constant</code>[]</td></tr><tr><td><a id="property-inputs"></a> <code>inputs</code></td><td><code>readonly</code></td><td><code>ReadonlyMap</code>&lt;<code>string</code>, <code>Value</code>&gt;</td></tr><tr><td><a id="property-operations"></a> <code>operations</code></td><td><code>readonly</code></td><td>readonly <code>Operation</code>[]</td></tr><tr><td><a id="property-outputs"></a> <code>outputs</code></td><td><code>readonly</code></td><td><code>ReadonlyMap</code>&lt;<code>string</code>, <code>Value</code>&gt;</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/Program.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const Program = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  Program as default
};
