import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"The small detector that comes with the project","description":"","frontmatter":{},"headers":[],"relativePath":"checkpoints/lcnn-bundled/README.md","filePath":"checkpoints/lcnn-bundled/README.md"}');
const _sfc_main = { name: "checkpoints/lcnn-bundled/README.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="the-small-detector-that-comes-with-the-project" tabindex="-1">The small detector that comes with the project <a class="header-anchor" href="#the-small-detector-that-comes-with-the-project" aria-label="Permalink to &quot;The small detector that comes with the project&quot;">​</a></h1><p><code>voiceproof score clip.wav</code> uses it where no <code>--checkpoint</code> is named. It is <code>npm run experiment -- lcnn --seed 1</code>: the LFCC-LCNN of the ASVspoof 2021 LA baseline (269,826 weights), trained on the 170 clips of the bundled corpus&#39;s training set. Input: 2.5 s of mono speech at 16 kHz; longer clips are cut, shorter ones repeated. Output: a score, higher for bona fide speech.</p><p>Equal error rates: dev 16.7 % (on which its epoch was chosen), eval 25.8 %, of which attacks that it has seen 17.2 %, unseen ones 34.1 %. It knows a handful of speakers and no neural synthesis: it shows that scoring works, and decides nothing about anybody&#39;s voice. Licence: that of the project.</p></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("checkpoints/lcnn-bundled/README.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const README = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  README as default
};
