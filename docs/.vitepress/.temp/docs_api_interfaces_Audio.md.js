import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: Audio","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/Audio.md","filePath":"docs/api/interfaces/Audio.md"}');
const _sfc_main = { name: "docs/api/interfaces/Audio.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-audio" tabindex="-1">Interface: Audio <a class="header-anchor" href="#interface-audio" aria-label="Permalink to &quot;Interface: Audio&quot;">​</a></h1><p>A clip, ready for features or a model.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-durationseconds"></a> <code>durationSeconds</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Of the source, as far as it could be read.</td></tr><tr><td><a id="property-format"></a> <code>format</code></td><td><code>readonly</code></td><td><code>string</code></td><td>For people, such as <code>WAV (16-bit PCM)</code>.</td></tr><tr><td><a id="property-nchannels"></a> <code>nChannels</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Of the source.</td></tr><tr><td><a id="property-samplerate"></a> <code>sampleRate</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Hz, as asked for.</td></tr><tr><td><a id="property-sourcesamplerate"></a> <code>sourceSampleRate</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Hz, as recorded.</td></tr><tr><td><a id="property-warnings"></a> <code>warnings</code></td><td><code>readonly</code></td><td>readonly <code>string</code>[]</td><td>What may make a score less sure, each a word and its detail: <code>truncated</code>, <code>damaged</code>, <code>clipped</code>, <code>silent</code>, <code>short</code>, <code>loud</code>, <code>narrowband</code>, <code>channels</code>. Empty for a clip without fault.</td></tr><tr><td><a id="property-waveform"></a> <code>waveform</code></td><td><code>readonly</code></td><td><code>Float32Array</code></td><td>The average of all channels, about -1 to 1, at <code>sampleRate</code>.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/Audio.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const Audio = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  Audio as default
};
