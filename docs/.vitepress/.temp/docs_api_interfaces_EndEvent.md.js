import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: EndEvent","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/EndEvent.md","filePath":"docs/api/interfaces/EndEvent.md"}');
const _sfc_main = { name: "docs/api/interfaces/EndEvent.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-endevent" tabindex="-1">Interface: EndEvent <a class="header-anchor" href="#interface-endevent" aria-label="Permalink to &quot;Interface: EndEvent&quot;">​</a></h1><p>A run is over.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-directory"></a> <code>directory</code></td><td><code>readonly</code></td><td><code>string</code></td><td>-</td></tr><tr><td><a id="property-error"></a> <code>error?</code></td><td><code>readonly</code></td><td><code>unknown</code></td><td>Why one is not.</td></tr><tr><td><a id="property-name"></a> <code>name</code></td><td><code>readonly</code></td><td><code>string</code></td><td>-</td></tr><tr><td><a id="property-outcome"></a> <code>outcome</code></td><td><code>readonly</code></td><td><code>&quot;finished&quot;</code> | <code>&quot;interrupted&quot;</code> | <code>&quot;failed&quot;</code></td><td>-</td></tr><tr><td><a id="property-result"></a> <code>result?</code></td><td><code>readonly</code></td><td><code>ExperimentResult</code></td><td>Of a run that is finished.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/EndEvent.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const EndEvent = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  EndEvent as default
};
