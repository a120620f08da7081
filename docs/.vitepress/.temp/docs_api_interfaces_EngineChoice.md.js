import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: EngineChoice","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/EngineChoice.md","filePath":"docs/api/interfaces/EngineChoice.md"}');
const _sfc_main = { name: "docs/api/interfaces/EngineChoice.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-enginechoice" tabindex="-1">Interface: EngineChoice <a class="header-anchor" href="#interface-enginechoice" aria-label="Permalink to &quot;Interface: EngineChoice&quot;">​</a></h1><p>Which engine computes, and how. Everything has a default.</p><h2 id="extended-by" tabindex="-1">Extended by <a class="header-anchor" href="#extended-by" aria-label="Permalink to &quot;Extended by&quot;">​</a></h2><ul><li><a href="./DetectorChoice.html"><code>DetectorChoice</code></a></li><li><a href="./JobOptions.html"><code>JobOptions</code></a></li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-cachedirectory"></a> <code>cacheDirectory?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Folder of what is kept between calls: engine, features, downloads. Default: the user&#39;s own cache.</td></tr><tr><td><a id="property-device"></a> <code>device?</code></td><td><code>readonly</code></td><td><code>&quot;auto&quot;</code> | <code>&quot;cpu&quot;</code> | <code>&quot;cuda&quot;</code></td><td><code>auto</code>: an NVIDIA GPU where there is one, else the CPU. Default <code>auto</code>.</td></tr><tr><td><a id="property-engine"></a> <code>engine?</code></td><td><code>readonly</code></td><td><code>&quot;auto&quot;</code> | <code>EngineKind</code></td><td><code>auto</code>: TensorFlow&#39;s C library (<code>native</code>), or else a slower stand-in, with a warning. Default <code>auto</code>.</td></tr><tr><td><a id="property-librarypath"></a> <code>libraryPath?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>The folder of TensorFlow&#39;s C library, for those who have one of their own.</td></tr><tr><td><a id="property-logger"></a> <code>logger?</code></td><td><code>readonly</code></td><td><a href="./Logger.html"><code>Logger</code></a></td><td>Gets what is worth saying. Default: nobody.</td></tr><tr><td><a id="property-memorygrowth"></a> <code>memoryGrowth?</code></td><td><code>readonly</code></td><td><code>boolean</code></td><td>Whether memory of a GPU is taken as needed, or all at once. Default true.</td></tr><tr><td><a id="property-threads"></a> <code>threads?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>CPU threads. Default: all cores.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/EngineChoice.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const EngineChoice = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  EngineChoice as default
};
