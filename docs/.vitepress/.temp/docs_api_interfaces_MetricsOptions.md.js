import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: MetricsOptions","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/MetricsOptions.md","filePath":"docs/api/interfaces/MetricsOptions.md"}');
const _sfc_main = { name: "docs/api/interfaces/MetricsOptions.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-metricsoptions" tabindex="-1">Interface: MetricsOptions <a class="header-anchor" href="#interface-metricsoptions" aria-label="Permalink to &quot;Interface: MetricsOptions&quot;">​</a></h1><p>How scores are measured.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-asvprotocol"></a> <code>asvProtocol?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Key file of the ASV scores, where they hold no keys. Default <code>trial_metadata.txt</code> beside them.</td></tr><tr><td><a id="property-asvscores"></a> <code>asvScores?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Score file of a speaker verification system, for min t-DCF and t-EER.</td></tr><tr><td><a id="property-knownattacks"></a> <code>knownAttacks?</code></td><td><code>readonly</code></td><td>readonly <code>string</code>[]</td><td>Attacks the detector was trained on, to measure known and unseen ones apart.</td></tr><tr><td><a id="property-protocol"></a> <code>protocol?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Protocol or key file; needed where a score file has no labels.</td></tr><tr><td><a id="property-resamples"></a> <code>resamples?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Bootstrap resamples behind the 95 % confidence intervals of EER; 0 leaves the intervals out. Default 1000.</td></tr><tr><td><a id="property-seed"></a> <code>seed?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Of the resamples. Default 0.</td></tr><tr><td><a id="property-subset"></a> <code>subset?</code></td><td><code>readonly</code></td><td><code>string</code></td><td>Subset of the protocol: <code>eval</code>, <code>progress</code>, <code>hidden</code>, ... or <code>all</code>. Default <code>eval</code>, where it has one.</td></tr><tr><td><a id="property-threshold"></a> <code>threshold?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Score from which a trial counts as bona fide. Default: the EER threshold of these scores.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/MetricsOptions.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const MetricsOptions = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  MetricsOptions as default
};
