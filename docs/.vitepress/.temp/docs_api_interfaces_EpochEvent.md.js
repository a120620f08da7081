import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: EpochEvent","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/EpochEvent.md","filePath":"docs/api/interfaces/EpochEvent.md"}');
const _sfc_main = { name: "docs/api/interfaces/EpochEvent.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-epochevent" tabindex="-1">Interface: EpochEvent <a class="header-anchor" href="#interface-epochevent" aria-label="Permalink to &quot;Interface: EpochEvent&quot;">​</a></h1><p>An epoch is done, measured and saved.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-nepochs"></a> <code>nEpochs</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td></tr><tr><td><a id="property-record"></a> <code>record</code></td><td><code>readonly</code></td><td><a href="./EpochRecord.html"><code>EpochRecord</code></a></td><td>What <code>history.jsonl</code> holds of it.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/EpochEvent.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const EpochEvent = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  EpochEvent as default
};
