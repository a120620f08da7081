import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: StartEvent","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/StartEvent.md","filePath":"docs/api/interfaces/StartEvent.md"}');
const _sfc_main = { name: "docs/api/interfaces/StartEvent.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-startevent" tabindex="-1">Interface: StartEvent <a class="header-anchor" href="#interface-startevent" aria-label="Permalink to &quot;Interface: StartEvent&quot;">​</a></h1><p>A run begins, or goes on.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-config"></a> <code>config</code></td><td><code>readonly</code></td><td><a href="./ExperimentConfig.html"><code>ExperimentConfig</code></a></td><td>-</td></tr><tr><td><a id="property-corpus"></a> <code>corpus</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Corpus and model in words.</td></tr><tr><td><a id="property-directory"></a> <code>directory</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Run folder.</td></tr><tr><td><a id="property-environment"></a> <code>environment</code></td><td><code>readonly</code></td><td><code>RunEnvironment</code></td><td>-</td></tr><tr><td><a id="property-history"></a> <code>history</code></td><td><code>readonly</code></td><td>readonly <a href="./EpochRecord.html"><code>EpochRecord</code></a>[]</td><td>Epochs done; empty where the run begins.</td></tr><tr><td><a id="property-model"></a> <code>model</code></td><td><code>readonly</code></td><td><code>string</code></td><td>-</td></tr><tr><td><a id="property-name"></a> <code>name</code></td><td><code>readonly</code></td><td><code>string</code></td><td>-</td></tr><tr><td><a id="property-nepochs"></a> <code>nEpochs</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td></tr><tr><td><a id="property-nparameters"></a> <code>nParameters</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td></tr><tr><td><a id="property-resumed"></a> <code>resumed</code></td><td><code>readonly</code></td><td>| { <code>batch</code>: <code>number</code>; <code>epoch</code>: <code>number</code>; <code>step</code>: <code>number</code>; } | <code>null</code></td><td>Where a resumed run goes on: epochs done, batches of the next one, updates; null where it begins.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/StartEvent.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const StartEvent = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  StartEvent as default
};
