import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: EvaluatedEvent","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/EvaluatedEvent.md","filePath":"docs/api/interfaces/EvaluatedEvent.md"}');
const _sfc_main = { name: "docs/api/interfaces/EvaluatedEvent.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-evaluatedevent" tabindex="-1">Interface: EvaluatedEvent <a class="header-anchor" href="#interface-evaluatedevent" aria-label="Permalink to &quot;Interface: EvaluatedEvent&quot;">​</a></h1><p>The trained model was evaluated on a set, with the weights that it saved. Epochs tell their dev set in <code>onEpoch</code>.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th></tr></thead><tbody><tr><td><a id="property-metrics"></a> <code>metrics</code></td><td><code>readonly</code></td><td><a href="./Metrics.html"><code>Metrics</code></a></td></tr><tr><td><a id="property-scored"></a> <code>scored</code></td><td><code>readonly</code></td><td>readonly <a href="./ScoredTrial.html"><code>ScoredTrial</code></a>[]</td></tr><tr><td><a id="property-set"></a> <code>set</code></td><td><code>readonly</code></td><td><code>&quot;dev&quot;</code> | <code>&quot;eval&quot;</code></td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/EvaluatedEvent.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const EvaluatedEvent = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  EvaluatedEvent as default
};
