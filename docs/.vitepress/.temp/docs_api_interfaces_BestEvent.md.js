import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: BestEvent","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/BestEvent.md","filePath":"docs/api/interfaces/BestEvent.md"}');
const _sfc_main = { name: "docs/api/interfaces/BestEvent.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-bestevent" tabindex="-1">Interface: BestEvent <a class="header-anchor" href="#interface-bestevent" aria-label="Permalink to &quot;Interface: BestEvent&quot;">​</a></h1><p>An epoch&#39;s weights are the best so far, and were written.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th></tr></thead><tbody><tr><td><a id="property-directory"></a> <code>directory</code></td><td><code>readonly</code></td><td><code>string</code></td></tr><tr><td><a id="property-epoch"></a> <code>epoch</code></td><td><code>readonly</code></td><td><code>number</code></td></tr><tr><td><a id="property-measurement"></a> <code>measurement</code></td><td><code>readonly</code></td><td><code>DevMeasurement</code></td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/BestEvent.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const BestEvent = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  BestEvent as default
};
