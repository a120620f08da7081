import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"7. The constant-Q transform by its definition","description":"","frontmatter":{},"headers":[],"relativePath":"docs/adr/0007-constant-q.md","filePath":"docs/adr/0007-constant-q.md"}');
const _sfc_main = { name: "docs/adr/0007-constant-q.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="_7-the-constant-q-transform-by-its-definition" tabindex="-1">7. The constant-Q transform by its definition <a class="header-anchor" href="#_7-the-constant-q-transform-by-its-definition" aria-label="Permalink to &quot;7. The constant-Q transform by its definition&quot;">​</a></h1><h2 id="context" tabindex="-1">Context <a class="header-anchor" href="#context" aria-label="Permalink to &quot;Context&quot;">​</a></h2><p><code>librosa.cqt</code> goes down the octaves: it halves the sample rate, transforms short frames, and multiplies them with pruned spectra of the filters. Its resampler and its pruning move strong bins by 1 to 4 percent and weak low ones by far more, and its hop must be divisible by two for each octave, or the lower ones get slow. A feature is to be computed at least as fast. Plain inner products take 150,000 multiplications for each frame of 84 bins.</p><h2 id="choice" tabindex="-1">Choice <a class="header-anchor" href="#choice" aria-label="Permalink to &quot;Choice&quot;">​</a></h2><p><code>src/dsp/constant-q.ts</code> computes the inner products themselves, at the full rate. Short filters are multiplied out. For long ones a block four times as long as the longest is transformed once; its spectrum times a filter&#39;s (which is narrow: it is cut off at 5e-6 of its peak) is that filter&#39;s response at every sample, of which only every P-th is kept, P the largest power of two that divides the hop: the product is folded to a P-th of its length before the transform back. The filter&#39;s spectrum has a closed form, so the tables are made in 20 ms. Which way a filter goes is decided by the number of multiplications. Where P would be below 8, the block is a multiple of the hop instead, transformed by Bluestein&#39;s algorithm, and only the frames come back.</p><h2 id="price" tabindex="-1">Price <a class="header-anchor" href="#price" aria-label="Permalink to &quot;Price&quot;">​</a></h2><p>Values differ from librosa&#39;s where librosa&#39;s differ from the definition; the tests hold ours to 1e-4 against the definition and to 5 percent, 3 in most bins, against librosa from C4 up. A hop that few powers of two divide takes up to four times as long as one of 512. Measured in <code>npm run bench -- features</code>: 3 to 4 times librosa&#39;s rate.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/adr/0007-constant-q.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0007ConstantQ = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  _0007ConstantQ as default
};
