import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"8. Less memory and half the bits as rewrites of programs","description":"","frontmatter":{},"headers":[],"relativePath":"docs/adr/0008-rewritten-programs.md","filePath":"docs/adr/0008-rewritten-programs.md"}');
const _sfc_main = { name: "docs/adr/0008-rewritten-programs.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="_8-less-memory-and-half-the-bits-as-rewrites-of-programs" tabindex="-1">8. Less memory and half the bits as rewrites of programs <a class="header-anchor" href="#_8-less-memory-and-half-the-bits-as-rewrites-of-programs" aria-label="Permalink to &quot;8. Less memory and half the bits as rewrites of programs&quot;">​</a></h1><h2 id="context" tabindex="-1">Context <a class="header-anchor" href="#context" aria-label="Permalink to &quot;Context&quot;">​</a></h2><p>Large models need recomputation of activations, mixed precision and a profile by layer. In TensorFlow&#39;s Python these are features of its gradient, its layers and its profiler; none of them is in the C library.</p><h2 id="choice" tabindex="-1">Choice <a class="header-anchor" href="#choice" aria-label="Permalink to &quot;Choice&quot;">​</a></h2><ul><li><strong>Recomputation.</strong> <code>recomputed</code> (<code>src/layers</code>) keeps a block&#39;s inputs and runs it again inside its gradient, op by op and recorded alike. In a program TensorFlow would merge the second run with the first, or run it at once. So the recorder notes which ops wait for the gradient, and <code>graph-def.ts</code> gives them their outside inputs through <code>Identity</code> nodes with a control input. The ops themselves carry none, as TensorFlow fuses no op that waits.</li><li><strong>Mixed precision.</strong> <code>autocast.ts</code> rewrites a recorded program: matrix products and convolutions, of both passes, change their type, casts are shared, and ops that round nothing follow. Layers know nothing of it. The loss scale is an input of the program and a number of the trainer, so that a run resumes exactly.</li><li><strong>Profile.</strong> Functions of the eager context have no times of their ops; sessions have. In a measured step the program is also run in a session, for its times alone: the results there may differ in the last bits. Layers are found by following tfjs&#39;s calls and the gradients on its tape while recording.</li></ul><h2 id="price" tabindex="-1">Price <a class="header-anchor" href="#price" aria-label="Permalink to &quot;Price&quot;">​</a></h2><p>A measured step costs twice its time. What a step needs is told before it starts, from the record of a step on two clips. Steps that are not compiled stay float32.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/adr/0008-rewritten-programs.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0008RewrittenPrograms = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  _0008RewrittenPrograms as default
};
