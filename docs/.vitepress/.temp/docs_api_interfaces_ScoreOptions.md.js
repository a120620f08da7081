import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: ScoreOptions","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/ScoreOptions.md","filePath":"docs/api/interfaces/ScoreOptions.md"}');
const _sfc_main = { name: "docs/api/interfaces/ScoreOptions.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-scoreoptions" tabindex="-1">Interface: ScoreOptions <a class="header-anchor" href="#interface-scoreoptions" aria-label="Permalink to &quot;Interface: ScoreOptions&quot;">​</a></h1><p>How clips are read, and when to stop.</p><h2 id="extends" tabindex="-1">Extends <a class="header-anchor" href="#extends" aria-label="Permalink to &quot;Extends&quot;">​</a></h2><ul><li><a href="./DecisionOptions.html"><code>DecisionOptions</code></a></li></ul><h2 id="extended-by" tabindex="-1">Extended by <a class="header-anchor" href="#extended-by" aria-label="Permalink to &quot;Extended by&quot;">​</a></h2><ul><li><a href="./StreamOptions.html"><code>StreamOptions</code></a></li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th><th>Inherited from</th></tr></thead><tbody><tr><td><a id="property-operatingpoint"></a> <code>operatingPoint?</code></td><td><code>readonly</code></td><td><code>number</code> | <code>&quot;eer&quot;</code> | <code>&quot;min-dcf&quot;</code> | <code>&quot;far-1-percent&quot;</code> | <code>&quot;frr-1-percent&quot;</code></td><td>Threshold: a score, or the name of an operating point. Default the one that travels with the model.</td><td><a href="./DecisionOptions.html"><code>DecisionOptions</code></a>.<a href="./DecisionOptions.html#property-operatingpoint"><code>operatingPoint</code></a></td></tr><tr><td><a id="property-prior"></a> <code>prior?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Probability of bona fide before anything is heard, above 0 and below 1. Default 0.5.</td><td><a href="./DecisionOptions.html"><code>DecisionOptions</code></a>.<a href="./DecisionOptions.html#property-prior"><code>prior</code></a></td></tr><tr><td><a id="property-signal"></a> <code>signal?</code></td><td><code>readonly</code></td><td><code>AbortSignal</code></td><td>-</td><td>-</td></tr><tr><td><a id="property-uncertain"></a> <code>uncertain?</code></td><td><code>readonly</code></td><td>readonly [<code>number</code> | <code>&quot;eer&quot;</code> | <code>&quot;min-dcf&quot;</code> | <code>&quot;far-1-percent&quot;</code> | <code>&quot;frr-1-percent&quot;</code>, <code>number</code> | <code>&quot;eer&quot;</code> | <code>&quot;min-dcf&quot;</code> | <code>&quot;far-1-percent&quot;</code> | <code>&quot;frr-1-percent&quot;</code>]</td><td>Between these two, in the same terms, a clip is <code>uncertain</code>.</td><td><a href="./DecisionOptions.html"><code>DecisionOptions</code></a>.<a href="./DecisionOptions.html#property-uncertain"><code>uncertain</code></a></td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/ScoreOptions.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const ScoreOptions = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  ScoreOptions as default
};
