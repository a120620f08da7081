import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: StepEvent","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/StepEvent.md","filePath":"docs/api/interfaces/StepEvent.md"}');
const _sfc_main = { name: "docs/api/interfaces/StepEvent.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-stepevent" tabindex="-1">Interface: StepEvent <a class="header-anchor" href="#interface-stepevent" aria-label="Permalink to &quot;Interface: StepEvent&quot;">​</a></h1><p>A batch was trained on.</p><h2 id="extends" tabindex="-1">Extends <a class="header-anchor" href="#extends" aria-label="Permalink to &quot;Extends&quot;">​</a></h2><ul><li><code>TrainedStep</code></li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th><th>Inherited from</th></tr></thead><tbody><tr><td><a id="property-attackloss"></a> <code>attackLoss</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Of this batch&#39;s attack logits, before its weight; 0 in a model of one task.</td><td><code>TrainedStep.attackLoss</code></td></tr><tr><td><a id="property-batch"></a> <code>batch</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Of the epoch, from 1.</td><td><code>TrainedStep.batch</code></td></tr><tr><td><a id="property-epoch"></a> <code>epoch</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Of this batch, from 1.</td><td><code>TrainedStep.epoch</code></td></tr><tr><td><a id="property-isupdate"></a> <code>isUpdate</code></td><td><code>readonly</code></td><td><code>boolean</code></td><td>Whether the weights were updated: not while gradients are gathered, nor where they overflowed.</td><td><code>TrainedStep.isUpdate</code></td></tr><tr><td><a id="property-learningrate"></a> <code>learningRate</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Of the update that the batch belongs to.</td><td><code>TrainedStep.learningRate</code></td></tr><tr><td><a id="property-loss"></a> <code>loss</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Of this batch.</td><td><code>TrainedStep.loss</code></td></tr><tr><td><a id="property-meanloss"></a> <code>meanLoss</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Mean over the epoch so far.</td><td><code>TrainedStep.meanLoss</code></td></tr><tr><td><a id="property-nbatches"></a> <code>nBatches</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>TrainedStep.nBatches</code></td></tr><tr><td><a id="property-nepochs"></a> <code>nEpochs</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td>-</td></tr><tr><td><a id="property-step"></a> <code>step</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Optimizer updates so far.</td><td><code>TrainedStep.step</code></td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/StepEvent.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const StepEvent = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  StepEvent as default
};
