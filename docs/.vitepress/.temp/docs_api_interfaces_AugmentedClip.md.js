import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: AugmentedClip","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/AugmentedClip.md","filePath":"docs/api/interfaces/AugmentedClip.md"}');
const _sfc_main = { name: "docs/api/interfaces/AugmentedClip.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-augmentedclip" tabindex="-1">Interface: AugmentedClip <a class="header-anchor" href="#interface-augmentedclip" aria-label="Permalink to &quot;Interface: AugmentedClip&quot;">​</a></h1><p>A clip that was augmented.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-samplerate"></a> <code>sampleRate</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Hz.</td></tr><tr><td><a id="property-warnings"></a> <code>warnings</code></td><td><code>readonly</code></td><td>readonly <code>string</code>[]</td><td>What does nothing to a single clip, or would be clipped in the file.</td></tr><tr><td><a id="property-waveform"></a> <code>waveform</code></td><td><code>readonly</code></td><td><code>Float32Array</code></td><td>-</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/AugmentedClip.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const AugmentedClip = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  AugmentedClip as default
};
