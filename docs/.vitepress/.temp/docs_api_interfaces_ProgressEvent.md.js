import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: ProgressEvent","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/ProgressEvent.md","filePath":"docs/api/interfaces/ProgressEvent.md"}');
const _sfc_main = { name: "docs/api/interfaces/ProgressEvent.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-progressevent" tabindex="-1">Interface: ProgressEvent <a class="header-anchor" href="#interface-progressevent" aria-label="Permalink to &quot;Interface: ProgressEvent&quot;">​</a></h1><p>How far something that takes long has come.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-done"></a> <code>done</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td></tr><tr><td><a id="property-label"></a> <code>label</code></td><td><code>readonly</code></td><td><code>string</code></td><td>What is being done, such as <code>epoch 3/40</code> or <code>score</code>.</td></tr><tr><td><a id="property-note"></a> <code>note</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Such as <code>loss 0.31</code>; empty where there is nothing to add.</td></tr><tr><td><a id="property-total"></a> <code>total</code></td><td><code>readonly</code></td><td><code>number</code></td><td>0 where it is not known.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/ProgressEvent.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const ProgressEvent = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  ProgressEvent as default
};
