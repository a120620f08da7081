import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: CompileOptions<Outputs extends NamedTensors = NamedTensors>","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/CompileOptions.md","filePath":"docs/api/interfaces/CompileOptions.md"}');
const _sfc_main = { name: "docs/api/interfaces/CompileOptions.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-compileoptions-outputs-extends-namedtensors-namedtensors" tabindex="-1">Interface: CompileOptions&lt;Outputs <em>extends</em> <code>NamedTensors</code> = <code>NamedTensors</code>&gt; <a class="header-anchor" href="#interface-compileoptions-outputs-extends-namedtensors-namedtensors" aria-label="Permalink to &quot;Interface: CompileOptions\\&lt;Outputs *extends* \`NamedTensors\` = \`NamedTensors\`\\&gt;&quot;">​</a></h1><p>How to compile.</p><h2 id="type-parameters" tabindex="-1">Type Parameters <a class="header-anchor" href="#type-parameters" aria-label="Permalink to &quot;Type Parameters&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Type Parameter</th><th>Default type</th></tr></thead><tbody><tr><td><a id="type-parameter-outputs"></a> <code>Outputs</code> <em>extends</em> <code>NamedTensors</code></td><td><code>NamedTensors</code></td></tr></tbody></table><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-check"></a> <code>check?</code></td><td><code>readonly</code></td><td>(<code>outputs</code>: <code>Outputs</code>) =&gt; <code>void</code></td><td>Sees the outputs before variables are assigned. Where it throws, none is assigned.</td></tr><tr><td><a id="property-maxprograms"></a> <code>maxPrograms?</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Programs kept, one for each combination of input shapes; beyond them the one unused for longest goes. Default 8.</td></tr><tr><td><a id="property-precision"></a> <code>precision?</code></td><td><code>readonly</code></td><td><code>LowPrecision</code></td><td>What matrix products and convolutions are computed in; float32, like the rest, by default. See <code>autocast</code>.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/CompileOptions.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const CompileOptions = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  CompileOptions as default
};
