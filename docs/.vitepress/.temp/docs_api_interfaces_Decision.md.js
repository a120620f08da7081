import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: Decision","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/Decision.md","filePath":"docs/api/interfaces/Decision.md"}');
const _sfc_main = { name: "docs/api/interfaces/Decision.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-decision" tabindex="-1">Interface: Decision <a class="header-anchor" href="#interface-decision" aria-label="Permalink to &quot;Interface: Decision&quot;">​</a></h1><p>What a score means.</p><h2 id="extended-by" tabindex="-1">Extended by <a class="header-anchor" href="#extended-by" aria-label="Permalink to &quot;Extended by&quot;">​</a></h2><ul><li><a href="./WindowScore.html"><code>WindowScore</code></a></li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-label"></a> <code>label</code></td><td><code>readonly</code></td><td><a href="./../type-aliases/Verdict.html"><code>Verdict</code></a></td><td>-</td></tr><tr><td><a id="property-llr"></a> <code>llr</code></td><td><code>readonly</code></td><td><code>number</code> | <code>null</code></td><td>Calibrated natural-log likelihood ratio of bona fide against spoof; null without a calibration.</td></tr><tr><td><a id="property-probability"></a> <code>probability</code></td><td><code>readonly</code></td><td><code>number</code> | <code>null</code></td><td>Probability of bona fide at the prior; null without a calibration.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/Decision.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const Decision = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  Decision as default
};
