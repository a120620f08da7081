import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: Trial","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/Trial.md","filePath":"docs/api/interfaces/Trial.md"}');
const _sfc_main = { name: "docs/api/interfaces/Trial.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-trial" tabindex="-1">Interface: Trial <a class="header-anchor" href="#interface-trial" aria-label="Permalink to &quot;Interface: Trial&quot;">​</a></h1><p>One clip of a protocol, with where its audio lies.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-attackid"></a> <code>attackId?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>The attack, such as <code>A07</code>; <code>undefined</code> for bona fide clips and where the protocol does not say.</td></tr><tr><td><a id="property-label"></a> <code>label</code></td><td><code>readonly</code></td><td><code>&quot;bonafide&quot;</code> | <code>&quot;spoof&quot;</code></td><td>-</td></tr><tr><td><a id="property-path"></a> <code>path</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Absolute path of the audio file.</td></tr><tr><td><a id="property-speaker"></a> <code>speaker?</code></td><td><code>readonly</code></td><td><code>string</code></td><td><code>undefined</code> where the protocol does not say.</td></tr><tr><td><a id="property-utterance"></a> <code>utterance</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Name without extension, and with folders only where the protocol or a folder of clips has them; unique in a set.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/Trial.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const Trial = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  Trial as default
};
