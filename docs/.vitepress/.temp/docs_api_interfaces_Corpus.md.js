import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: Corpus","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/Corpus.md","filePath":"docs/api/interfaces/Corpus.md"}');
const _sfc_main = { name: "docs/api/interfaces/Corpus.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-corpus" tabindex="-1">Interface: Corpus <a class="header-anchor" href="#interface-corpus" aria-label="Permalink to &quot;Interface: Corpus&quot;">​</a></h1><p>The clips of an experiment.</p><h2 id="extends" tabindex="-1">Extends <a class="header-anchor" href="#extends" aria-label="Permalink to &quot;Extends&quot;">​</a></h2><ul><li><code>Splits</code></li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th><th>Inherited from</th></tr></thead><tbody><tr><td><a id="property-dev"></a> <code>dev</code></td><td><code>public</code></td><td>readonly <a href="./Trial.html"><code>Trial</code></a>[]</td><td>-</td><td><code>Corpus</code>.<a href="#property-dev"><code>dev</code></a></td></tr><tr><td><a id="property-eval"></a> <code>eval</code></td><td><code>public</code></td><td>readonly <a href="./Trial.html"><code>Trial</code></a>[]</td><td>-</td><td><code>Corpus</code>.<a href="#property-eval"><code>eval</code></a></td></tr><tr><td><a id="property-name"></a> <code>name</code></td><td><code>readonly</code></td><td><code>string</code></td><td>What to call it: the last part of the path that named it, or <code>bundled corpus</code>.</td><td>-</td></tr><tr><td><a id="property-noise"></a> <code>noise</code></td><td><code>readonly</code></td><td>readonly <code>string</code>[]</td><td>Absolute paths of the noise clips, sorted.</td><td>-</td></tr><tr><td><a id="property-train"></a> <code>train</code></td><td><code>public</code></td><td>readonly <a href="./Trial.html"><code>Trial</code></a>[]</td><td>-</td><td><code>Corpus</code>.<a href="#property-train"><code>train</code></a></td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/Corpus.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const Corpus = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  Corpus as default
};
