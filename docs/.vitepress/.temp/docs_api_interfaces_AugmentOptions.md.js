import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: AugmentOptions","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/AugmentOptions.md","filePath":"docs/api/interfaces/AugmentOptions.md"}');
const _sfc_main = { name: "docs/api/interfaces/AugmentOptions.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-augmentoptions" tabindex="-1">Interface: AugmentOptions <a class="header-anchor" href="#interface-augmentoptions" aria-label="Permalink to &quot;Interface: AugmentOptions&quot;">​</a></h1><p>How a clip is augmented.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-epoch"></a> <code>epoch?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Epoch of the draws. Default 1.</td></tr><tr><td><a id="property-format"></a> <code>format?</code></td><td><code>readonly</code></td><td><code>&quot;float32&quot;</code> | <code>&quot;pcm16&quot;</code></td><td>Samples of the file; <code>float32</code> clips nothing. Default <code>pcm16</code>.</td></tr><tr><td><a id="property-logger"></a> <code>logger?</code></td><td><code>readonly</code></td><td><a href="./Logger.html"><code>Logger</code></a></td><td>-</td></tr><tr><td><a id="property-output"></a> <code>output?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>The WAV file to write. Default: nothing is written.</td></tr><tr><td><a id="property-plot"></a> <code>plot?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Picture of the spectrogram before and after, of the feature where that is changed: <code>.svg</code> with axes, or <code>.png</code>.</td></tr><tr><td><a id="property-seed"></a> <code>seed?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Of the draws. Default: that of the experiment, or 42.</td></tr><tr><td><a id="property-utterance"></a> <code>utterance?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Names the draws. Default: the name of the file, without its ending.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/AugmentOptions.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const AugmentOptions = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  AugmentOptions as default
};
