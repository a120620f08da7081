import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: WindowScore","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/WindowScore.md","filePath":"docs/api/interfaces/WindowScore.md"}');
const _sfc_main = { name: "docs/api/interfaces/WindowScore.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-windowscore" tabindex="-1">Interface: WindowScore <a class="header-anchor" href="#interface-windowscore" aria-label="Permalink to &quot;Interface: WindowScore&quot;">​</a></h1><p>A window of live audio. Seconds count from the start of the stream.</p><h2 id="extends" tabindex="-1">Extends <a class="header-anchor" href="#extends" aria-label="Permalink to &quot;Extends&quot;">​</a></h2><ul><li><a href="./../type-aliases/ScoredWindow.html"><code>ScoredWindow</code></a></li><li><a href="./Decision.html"><code>Decision</code></a></li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th><th>Inherited from</th></tr></thead><tbody><tr><td><a id="property-end"></a> <code>end</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>ScoredWindow.end</code></td></tr><tr><td><a id="property-label"></a> <code>label</code></td><td><code>readonly</code></td><td><a href="./../type-aliases/Verdict.html"><code>Verdict</code></a></td><td>-</td><td><a href="./Decision.html"><code>Decision</code></a>.<a href="./Decision.html#property-label"><code>label</code></a></td></tr><tr><td><a id="property-llr"></a> <code>llr</code></td><td><code>readonly</code></td><td><code>number</code> | <code>null</code></td><td>Calibrated natural-log likelihood ratio of bona fide against spoof; null without a calibration.</td><td><a href="./Decision.html"><code>Decision</code></a>.<a href="./Decision.html#property-llr"><code>llr</code></a></td></tr><tr><td><a id="property-probability"></a> <code>probability</code></td><td><code>readonly</code></td><td><code>number</code> | <code>null</code></td><td>Probability of bona fide at the prior; null without a calibration.</td><td><a href="./Decision.html"><code>Decision</code></a>.<a href="./Decision.html#property-probability"><code>probability</code></a></td></tr><tr><td><a id="property-score"></a> <code>score</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Mean over its windows.</td><td><code>ScoredWindow.score</code></td></tr><tr><td><a id="property-start"></a> <code>start</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Seconds.</td><td><code>ScoredWindow.start</code></td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/WindowScore.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const WindowScore = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  WindowScore as default
};
