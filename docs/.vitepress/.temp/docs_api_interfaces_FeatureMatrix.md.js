import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: FeatureMatrix","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/FeatureMatrix.md","filePath":"docs/api/interfaces/FeatureMatrix.md"}');
const _sfc_main = { name: "docs/api/interfaces/FeatureMatrix.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-featurematrix" tabindex="-1">Interface: FeatureMatrix <a class="header-anchor" href="#interface-featurematrix" aria-label="Permalink to &quot;Interface: FeatureMatrix&quot;">​</a></h1><p>A row-major <code>[frames, bins]</code> matrix, as a feature makes it.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th></tr></thead><tbody><tr><td><a id="property-nbins"></a> <code>nBins</code></td><td><code>readonly</code></td><td><code>number</code></td></tr><tr><td><a id="property-nframes"></a> <code>nFrames</code></td><td><code>readonly</code></td><td><code>number</code></td></tr><tr><td><a id="property-values"></a> <code>values</code></td><td><code>readonly</code></td><td><code>Float32Array</code></td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/FeatureMatrix.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const FeatureMatrix = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  FeatureMatrix as default
};
