import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: ProgramSummary","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/ProgramSummary.md","filePath":"docs/api/interfaces/ProgramSummary.md"}');
const _sfc_main = { name: "docs/api/interfaces/ProgramSummary.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-programsummary" tabindex="-1">Interface: ProgramSummary <a class="header-anchor" href="#interface-programsummary" aria-label="Permalink to &quot;Interface: ProgramSummary&quot;">​</a></h1><p>Figures of one run of a program.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-flops"></a> <code>flops</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Floating-point operations: two for each multiplication with addition, one for each element of other ops.</td></tr><tr><td><a id="property-operations"></a> <code>operations</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td></tr><tr><td><a id="property-parameters"></a> <code>parameters</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Elements of the trained variables that it reads.</td></tr><tr><td><a id="property-peakactivationbytes"></a> <code>peakActivationBytes</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Bytes of intermediate results that are alive at once at most, if ops run in the program&#39;s order. Inputs, captures and constants are not counted.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/ProgramSummary.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const ProgramSummary = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  ProgramSummary as default
};
