import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: ScoredTrial","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/ScoredTrial.md","filePath":"docs/api/interfaces/ScoredTrial.md"}');
const _sfc_main = { name: "docs/api/interfaces/ScoredTrial.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-scoredtrial" tabindex="-1">Interface: ScoredTrial <a class="header-anchor" href="#interface-scoredtrial" aria-label="Permalink to &quot;Interface: ScoredTrial&quot;">​</a></h1><p>One trial with what a detector made of it.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-attackid"></a> <code>attackId?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>The attack, such as <code>A07</code>; absent for bona fide trials and where nobody said.</td></tr><tr><td><a id="property-label"></a> <code>label</code></td><td><code>readonly</code></td><td><code>&quot;bonafide&quot;</code> | <code>&quot;spoof&quot;</code></td><td>-</td></tr><tr><td><a id="property-score"></a> <code>score</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Finite; higher means more bona fide.</td></tr><tr><td><a id="property-utterance"></a> <code>utterance</code></td><td><code>readonly</code></td><td><code>string</code></td><td>-</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/ScoredTrial.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const ScoredTrial = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  ScoredTrial as default
};
