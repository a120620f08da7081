import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: EpochRecord","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/EpochRecord.md","filePath":"docs/api/interfaces/EpochRecord.md"}');
const _sfc_main = { name: "docs/api/interfaces/EpochRecord.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-epochrecord" tabindex="-1">Interface: EpochRecord <a class="header-anchor" href="#interface-epochrecord" aria-label="Permalink to &quot;Interface: EpochRecord&quot;">​</a></h1><p>One epoch: what the report shows of it, and the state of the optimizer.</p><h2 id="extends" tabindex="-1">Extends <a class="header-anchor" href="#extends" aria-label="Permalink to &quot;Extends&quot;">​</a></h2><ul><li><code>HistoryRow</code></li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th><th>Inherited from</th></tr></thead><tbody><tr><td><a id="property-devaccuracy"></a> <code>devAccuracy</code></td><td><code>readonly</code></td><td><code>number</code></td><td>At the score where the loss finds both classes equally likely: 0 for most.</td><td><code>HistoryRow.devAccuracy</code></td></tr><tr><td><a id="property-devauc"></a> <code>devAuc</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>HistoryRow.devAuc</code></td></tr><tr><td><a id="property-deveer"></a> <code>devEer</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>HistoryRow.devEer</code></td></tr><tr><td><a id="property-devloss"></a> <code>devLoss</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>HistoryRow.devLoss</code></td></tr><tr><td><a id="property-epoch"></a> <code>epoch</code></td><td><code>readonly</code></td><td><code>number</code></td><td>From 1.</td><td><code>HistoryRow.epoch</code></td></tr><tr><td><a id="property-learningrate"></a> <code>learningRate</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Learning rate of the last update.</td><td><code>HistoryRow.learningRate</code></td></tr><tr><td><a id="property-seconds"></a> <code>seconds</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>HistoryRow.seconds</code></td></tr><tr><td><a id="property-step"></a> <code>step</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Optimizer updates so far.</td><td>-</td></tr><tr><td><a id="property-trainattackloss"></a> <code>trainAttackLoss?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Mean loss of the attack logits over the training batches, before its weight; in a model of two tasks.</td><td>-</td></tr><tr><td><a id="property-trainloss"></a> <code>trainLoss</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Mean of the batch losses.</td><td><code>HistoryRow.trainLoss</code></td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/EpochRecord.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const EpochRecord = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  EpochRecord as default
};
