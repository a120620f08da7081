import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: FeatureOptions","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/FeatureOptions.md","filePath":"docs/api/interfaces/FeatureOptions.md"}');
const _sfc_main = { name: "docs/api/interfaces/FeatureOptions.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-featureoptions" tabindex="-1">Interface: FeatureOptions <a class="header-anchor" href="#interface-featureoptions" aria-label="Permalink to &quot;Interface: FeatureOptions&quot;">​</a></h1><p>Where a feature goes.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-logger"></a> <code>logger?</code></td><td><code>readonly</code></td><td><a href="./Logger.html"><code>Logger</code></a></td><td>-</td></tr><tr><td><a id="property-output"></a> <code>output?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>The <code>.npy</code> file to write, frames x bins in float32. Default: nothing is written.</td></tr><tr><td><a id="property-plot"></a> <code>plot?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Picture to draw: <code>.svg</code> with axes, or <code>.png</code> with a pixel for each value.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/FeatureOptions.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const FeatureOptions = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  FeatureOptions as default
};
