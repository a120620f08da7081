import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: Ensemble","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/Ensemble.md","filePath":"docs/api/interfaces/Ensemble.md"}');
const _sfc_main = { name: "docs/api/interfaces/Ensemble.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-ensemble" tabindex="-1">Interface: Ensemble <a class="header-anchor" href="#interface-ensemble" aria-label="Permalink to &quot;Interface: Ensemble&quot;">​</a></h1><p>An ensemble that was made.</p><h2 id="extends" tabindex="-1">Extends <a class="header-anchor" href="#extends" aria-label="Permalink to &quot;Extends&quot;">​</a></h2><ul><li><code>FusedEnsemble</code></li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th><th>Inherited from</th></tr></thead><tbody><tr><td><a id="property-eer"></a> <code>eer</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>FusedEnsemble.eer</code></td></tr><tr><td><a id="property-membereers"></a> <code>memberEers</code></td><td><code>readonly</code></td><td>readonly <code>number</code>[]</td><td>EER of each member alone.</td><td><code>FusedEnsemble.memberEers</code></td></tr><tr><td><a id="property-nclips"></a> <code>nClips</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Clips that it was fitted on.</td><td>-</td></tr><tr><td><a id="property-weights"></a> <code>weights</code></td><td><code>readonly</code></td><td>readonly <code>number</code>[]</td><td>-</td><td><code>FusedEnsemble.weights</code></td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/Ensemble.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const Ensemble = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  Ensemble as default
};
