import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: AggregationOptions","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/AggregationOptions.md","filePath":"docs/api/interfaces/AggregationOptions.md"}');
const _sfc_main = { name: "docs/api/interfaces/AggregationOptions.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-aggregationoptions" tabindex="-1">Interface: AggregationOptions <a class="header-anchor" href="#interface-aggregationoptions" aria-label="Permalink to &quot;Interface: AggregationOptions&quot;">​</a></h1><p>How the windows of a recording are read together.</p><h2 id="extended-by" tabindex="-1">Extended by <a class="header-anchor" href="#extended-by" aria-label="Permalink to &quot;Extended by&quot;">​</a></h2><ul><li><a href="./ScoreFilesOptions.html"><code>ScoreFilesOptions</code></a></li><li><a href="./RecordingOptions.html"><code>RecordingOptions</code></a></li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-aggregation"></a> <code>aggregation?</code></td><td><code>readonly</code></td><td><code>&quot;mean&quot;</code> | <code>&quot;max&quot;</code> | <code>&quot;top-k&quot;</code> | <code>&quot;vote&quot;</code></td><td><code>mean</code>; <code>max</code>: the most suspicious window&#39;s, which has the lowest score; <code>top-k</code>: the mean of the k most suspicious; <code>vote</code>: the median, which is on the side of the threshold where more windows are. Default <code>mean</code>.</td></tr><tr><td><a id="property-smoothing"></a> <code>smoothing?</code></td><td><code>readonly</code></td><td><code>&quot;none&quot;</code> | <code>&quot;median&quot;</code> | <code>&quot;mean&quot;</code></td><td>Over neighbouring windows. Default <code>none</code>.</td></tr><tr><td><a id="property-smoothingwindows"></a> <code>smoothingWindows?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Windows that are smoothed over: odd. Default 3.</td></tr><tr><td><a id="property-topk"></a> <code>topK?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Windows of <code>top-k</code>; fewer where there are fewer. Default 3.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/AggregationOptions.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const AggregationOptions = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  AggregationOptions as default
};
