import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: RunConfig","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/RunConfig.md","filePath":"docs/api/interfaces/RunConfig.md"}');
const _sfc_main = { name: "docs/api/interfaces/RunConfig.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-runconfig" tabindex="-1">Interface: RunConfig <a class="header-anchor" href="#interface-runconfig" aria-label="Permalink to &quot;Interface: RunConfig&quot;">​</a></h1><p>What <code>config.json</code> holds.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th></tr></thead><tbody><tr><td><a id="property-config"></a> <code>config</code></td><td><code>readonly</code></td><td><a href="./ExperimentConfig.html"><code>ExperimentConfig</code></a></td></tr><tr><td><a id="property-environment"></a> <code>environment</code></td><td><code>readonly</code></td><td><code>RunEnvironment</code></td></tr><tr><td><a id="property-name"></a> <code>name</code></td><td><code>readonly</code></td><td><code>string</code></td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/RunConfig.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const RunConfig = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  RunConfig as default
};
