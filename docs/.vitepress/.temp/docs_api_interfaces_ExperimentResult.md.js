import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: ExperimentResult","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/ExperimentResult.md","filePath":"docs/api/interfaces/ExperimentResult.md"}');
const _sfc_main = { name: "docs/api/interfaces/ExperimentResult.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-experimentresult" tabindex="-1">Interface: ExperimentResult <a class="header-anchor" href="#interface-experimentresult" aria-label="Permalink to &quot;Interface: ExperimentResult&quot;">​</a></h1><p>What a run ends with; its <code>metrics.json</code> holds the figures.</p><h2 id="extends" tabindex="-1">Extends <a class="header-anchor" href="#extends" aria-label="Permalink to &quot;Extends&quot;">​</a></h2><ul><li><code>ExperimentResult</code></li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th><th>Inherited from</th></tr></thead><tbody><tr><td><a id="property-bestepoch"></a> <code>bestEpoch</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>RunResult.bestEpoch</code></td></tr><tr><td><a id="property-cost"></a> <code>cost</code></td><td><code>readonly</code></td><td><code>StepCost</code> | <code>null</code></td><td>What a training step costs; null where that is not known: op by op.</td><td><code>RunResult.cost</code></td></tr><tr><td><a id="property-dev"></a> <code>dev</code></td><td><code>readonly</code></td><td><a href="./Metrics.html"><code>Metrics</code></a></td><td>-</td><td><code>RunResult.dev</code></td></tr><tr><td><a id="property-directory"></a> <code>directory</code></td><td><code>readonly</code></td><td><code>string</code></td><td>The run folder: a checkpoint.</td><td>-</td></tr><tr><td><a id="property-eval"></a> <code>eval</code></td><td><code>readonly</code></td><td><a href="./Metrics.html"><code>Metrics</code></a> | <code>null</code></td><td>Null where the data has no eval set.</td><td><code>RunResult.eval</code></td></tr><tr><td><a id="property-name"></a> <code>name</code></td><td><code>readonly</code></td><td><code>string</code></td><td>-</td><td>-</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/ExperimentResult.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const ExperimentResult = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  ExperimentResult as default
};
