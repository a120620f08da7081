import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"5. Spectra in a program assembled at run time","description":"","frontmatter":{},"headers":[],"relativePath":"docs/adr/0005-spectrum-kernel.md","filePath":"docs/adr/0005-spectrum-kernel.md"}');
const _sfc_main = { name: "docs/adr/0005-spectrum-kernel.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="_5-spectra-in-a-program-assembled-at-run-time" tabindex="-1">5. Spectra in a program assembled at run time <a class="header-anchor" href="#_5-spectra-in-a-program-assembled-at-run-time" aria-label="Permalink to &quot;5. Spectra in a program assembled at run time&quot;">​</a></h1><h2 id="context" tabindex="-1">Context <a class="header-anchor" href="#context" aria-label="Permalink to &quot;Context&quot;">​</a></h2><p>Features are to be computed at 1.5 times librosa&#39;s rate on one core. With <code>fft.js</code> (real frames packed into half as many complex numbers, banks that touch each bin once, logarithms from the bits of floats) log-mel came to 1.7 times, but LFCC, whose peer is little more than librosa&#39;s vectorised STFT, to 1.1. Of its 1.35 ms for a clip of four seconds the transform and the loops beside it took 1.0: JavaScript can&#39;t use the processor&#39;s vector unit, and becomes slower when a second extractor shares the code.</p><h2 id="choice" tabindex="-1">Choice <a class="header-anchor" href="#choice" aria-label="Permalink to &quot;Choice&quot;">​</a></h2><p>For powers of two from 8 on, <code>src/dsp/spectrum-kernel.ts</code> writes a WebAssembly program for exactly that size, window and hop: high-pass, window, radix-4 transform and power, two frames at a time, one in each half of every 128-bit vector. It works in doubles, so nothing is lost against the references. <code>src/dsp/wasm-assembler.ts</code> turns a dozen operations into bytes; there is no compiler, no binary in the repository and no dependency. All other sizes go through <code>fft.js</code>, with Bluestein&#39;s algorithm around it where it needs a power of two; the tests hold both ways against the definition.</p><h2 id="price" tabindex="-1">Price <a class="header-anchor" href="#price" aria-label="Permalink to &quot;Price&quot;">​</a></h2><p>Two implementations of one thing, one of them in a notation that few read daily. Making an extractor takes some milliseconds for the assembly. Measured after: log-mel 0.74 ms and LFCC 0.65 ms, in <code>npm run bench -- features</code> 3 and 2 times librosa&#39;s rate.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/adr/0005-spectrum-kernel.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0005SpectrumKernel = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  _0005SpectrumKernel as default
};
