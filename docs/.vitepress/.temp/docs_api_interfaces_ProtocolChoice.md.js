import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: ProtocolChoice","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/ProtocolChoice.md","filePath":"docs/api/interfaces/ProtocolChoice.md"}');
const _sfc_main = { name: "docs/api/interfaces/ProtocolChoice.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-protocolchoice" tabindex="-1">Interface: ProtocolChoice <a class="header-anchor" href="#interface-protocolchoice" aria-label="Permalink to &quot;Interface: ProtocolChoice&quot;">​</a></h1><p>Which clips, with what is known of them.</p><h2 id="extended-by" tabindex="-1">Extended by <a class="header-anchor" href="#extended-by" aria-label="Permalink to &quot;Extended by&quot;">​</a></h2><ul><li><a href="./ScoreFilesOptions.html"><code>ScoreFilesOptions</code></a></li><li><a href="./CalibrateOptions.html"><code>CalibrateOptions</code></a></li><li><a href="./EvaluateOptions.html"><code>EvaluateOptions</code></a></li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-audio"></a> <code>audio?</code></td><td><code>readonly</code></td><td><code>string</code> | readonly <code>string</code>[]</td><td>Folder or folders of its clips. Default: its own.</td></tr><tr><td><a id="property-protocol"></a> <code>protocol?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>The file that lists them: of ASVspoof 2017, 2019, 2021 or 5, or CSV.</td></tr><tr><td><a id="property-protocolformat"></a> <code>protocolFormat?</code></td><td><code>readonly</code></td><td>| <code>&quot;auto&quot;</code> | <code>&quot;asvspoof2017&quot;</code> | <code>&quot;asvspoof2019&quot;</code> | <code>&quot;asvspoof2021&quot;</code> | <code>&quot;asvspoof5&quot;</code> | <code>&quot;csv&quot;</code></td><td>How it is written. Default <code>auto</code>: told by its content.</td></tr><tr><td><a id="property-subset"></a> <code>subset?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Part of it, such as <code>dev</code> or <code>progress</code>; or <code>all</code>.</td></tr><tr><td><a id="property-trials"></a> <code>trials?</code></td><td><code>readonly</code></td><td>readonly <a href="./Trial.html"><code>Trial</code></a>[]</td><td>Instead of a protocol: the clips themselves.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/ProtocolChoice.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const ProtocolChoice = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  ProtocolChoice as default
};
